//! How many messages wait, arrived, or did not.

use serde::{Deserialize, Serialize};

use crate::notify::outbox::next::MAX_RETRY_S;
use crate::store::error::AlertError;
use crate::store::handle::Alerts;

/// Messages by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxCounts {
    /// Waiting for an attempt, the first or another.
    pub pending: u64,
    /// Accepted by their channel.
    pub sent: u64,
    /// Sent, and nobody knows whether they arrived.
    pub unconfirmed: u64,
    /// No address of the person accepted them.
    pub undelivered: u64,
    /// About critical alerts: waiting for longer than ten minutes, unconfirmed or undelivered.
    pub critical_late: u64,
}

/// Of critical alerts (level 3) that nobody acts on yet. Its first conditions are those of the index, which holds few messages.
const CRITICAL_LATE: &str = "
    SELECT count(*) FROM outbox INDEXED BY outbox_late CROSS JOIN alert ON alert.id = outbox.alert
    WHERE outbox.level = 3 AND outbox.state IN ('pending', 'trying', 'unconfirmed', 'undelivered')
        AND (outbox.state IN ('unconfirmed', 'undelivered') OR outbox.created_at < ?1) AND alert.life IN ('raised', 'sent')";

impl Alerts {
    /// Messages by what became of them.
    pub fn outbox(&self) -> Result<OutboxCounts, AlertError> {
        let late = self.now().as_millisecond() - (MAX_RETRY_S * 1000) as i64;
        self.read(|database| {
            let count = |states: &str| {
                let sql = format!("SELECT coalesce(sum(messages), 0) FROM outbox_size WHERE state IN ({states})");
                database.prepare_cached(&sql)?.query_row([], |row| row.get::<_, u64>(0))
            };
            Ok(OutboxCounts {
                pending: count("'pending', 'trying'")?,
                sent: count("'sent'")?,
                unconfirmed: count("'unconfirmed'")?,
                undelivered: count("'undelivered'")?,
                critical_late: database.prepare_cached(CRITICAL_LATE)?.query_row([late], |row| row.get(0))?,
            })
        })
    }
}
