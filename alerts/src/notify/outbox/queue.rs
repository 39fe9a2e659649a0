//! The messages whose time has come, and what became of each attempt.

use std::time::Duration;

use config::{ChannelKind, Contact};
use model::Time;
use rusqlite::{Transaction, params};

use crate::notify::channels::DeliveryOutcome;
use crate::notify::outbox::delivery::Delivery;
use crate::notify::outbox::enqueue::{Entry, enqueue};
use crate::notify::outbox::next::{MAX_RETRY_S, Next, next};
use crate::store::alert_table;
use crate::store::columns::{level_of, time};
use crate::store::error::AlertError;
use crate::store::handle::Alerts;

/// Messages read at once: each is tried before the next are read.
const DUE_AT_ONCE: usize = 200;

impl Alerts {
    /// Messages whose time has come, the worst first, then oldest first.
    pub fn due(&self, now: Time) -> Result<Vec<Delivery>, AlertError> {
        self.read(|database| {
            let mut select = database.prepare_cached(
                "SELECT key, alert, purpose, person, channel, address, rank, level, message, attempts, state, message_id, created_at
                 FROM outbox
                 WHERE state IN ('pending', 'trying') AND next_at <= ?1 ORDER BY coalesce(level, 0) DESC, created_at, key LIMIT ?2",
            )?;
            let mut rows = select.query(params![now.as_millisecond(), DUE_AT_ONCE])?;
            let mut due = Vec::new();
            while let Some(row) = rows.next()? {
                let key: String = row.get(0)?;
                let stored = |what: &str| AlertError::Stored(format!("{what} of message {key}"));
                let channel: String = row.get(4)?;
                due.push(Delivery {
                    alert: row.get(1)?,
                    purpose: row.get(2)?,
                    person: row.get(3)?,
                    contact: Contact {
                        channel: ChannelKind::parse(&channel).ok_or_else(|| stored("channel"))?,
                        to: row.get(5)?,
                    },
                    rank: row.get(6)?,
                    level: row.get::<_, Option<i64>>(7)?.map(level_of).transpose()?,
                    letter: serde_json::from_str(&row.get::<_, String>(8)?).map_err(|_| stored("text"))?,
                    attempts: row.get(9)?,
                    // An attempt was noted and its outcome was not: the process was killed in between.
                    unknown: row.get::<_, String>(10)? == "trying",
                    message_id: row.get(11)?,
                    created_at: time(row.get(12)?)?,
                    key,
                });
            }
            Ok(due)
        })
    }

    /// Notes an attempt before it is made: after a crash in the middle its outcome is unknown, and the message goes again under the same
    /// key.
    pub fn note_attempt(&self, key: &str, now: Time) -> Result<(), AlertError> {
        self.database().execute(
            "UPDATE outbox SET attempts = attempts + 1, state = 'trying', next_at = ?2 + min(?3, 1 << min(attempts, 20)) * 1000
             WHERE key = ?1",
            params![key, now.as_millisecond(), MAX_RETRY_S],
        )?;
        Ok(())
    }

    /// Notes the outcome of an attempt, and does what follows: the person's next address, an alert about the channel, or nothing.
    pub fn note_outcome(&self, delivery: &Delivery, outcome: &DeliveryOutcome, now: Time) -> Result<Next, AlertError> {
        let next_address = self.next_address(delivery);
        let next = next_of(delivery, outcome, next_address.is_some());
        let (detail, message_id) = match outcome {
            DeliveryOutcome::Accepted { message_id } => (None, message_id.clone()),
            DeliveryOutcome::Later { reason, .. }
            | DeliveryOutcome::Refused { reason }
            | DeliveryOutcome::Unknown { reason } => (Some(reason.to_string()), None),
        };
        let mut database = self.database();
        let transaction = database.transaction()?;
        let (state, pause) = stored(&next, next_address.is_some());
        transaction.execute(
            "UPDATE outbox SET state = ?2, detail = ?3, next_at = ?4, message_id = coalesce(?5, message_id) WHERE key = ?1",
            params![delivery.key, state, detail, now.as_millisecond() + pause.as_millis() as i64, message_id],
        )?;
        if matches!(next, Next::Failover | Next::RetryAndFailover(_)) {
            if let Some(contact) = &next_address {
                fail_over(&transaction, delivery, contact, now)?;
            }
            let (kind, reason) = (delivery.contact.channel, detail.as_deref().unwrap_or_default());
            self.raise_channel_failure(&transaction, kind, delivery.is_critical(), reason)?;
        }
        if next == Next::Sent {
            self.update_late(&transaction, delivery, now)?;
        }
        transaction.commit()?;
        Ok(next)
    }

    /// An alert that somebody took after the message was written: the message could not be changed before it was accepted.
    fn update_late(&self, transaction: &Transaction<'_>, delivery: &Delivery, now: Time) -> Result<(), AlertError> {
        let Some(id) = delivery.alert.as_deref().filter(|_| !delivery.is_update()) else { return Ok(()) };
        let Some(mut alert) = alert_table::load(transaction, id)? else { return Ok(()) };
        if alert.state.is_taken() && alert.state_since >= delivery.created_at {
            self.update_messages(transaction, &mut alert, now)?;
            alert_table::store(transaction, &alert)?;
        }
        Ok(())
    }

    /// The person's address after the one that was tried.
    fn next_address(&self, delivery: &Delivery) -> Option<Contact> {
        let person = self.config().people.person(delivery.person.as_deref()?)?;
        person.addresses.get(delivery.rank + 1).cloned()
    }
}

fn next_of(delivery: &Delivery, outcome: &DeliveryOutcome, has_next_address: bool) -> Next {
    let (attempts, kind) = (delivery.attempts + 1, delivery.contact.channel);
    match next(outcome, attempts, kind, delivery.is_critical(), has_next_address) {
        next @ (Next::Sent | Next::Retry(_)) => next,
        // What an update says, the next one says too.
        _ if delivery.is_update() => Next::Dropped,
        next => next,
    }
}

/// The state that a message is stored with, and the pause before its next attempt.
fn stored(next: &Next, has_next_address: bool) -> (&'static str, Duration) {
    match next {
        Next::Sent => ("sent", Duration::ZERO),
        Next::Retry(pause) | Next::RetryAndFailover(pause) => ("pending", *pause),
        // It stays marked as tried, so that the next attempt says «повтор».
        Next::Resend(pause) => ("trying", *pause),
        Next::Failover if has_next_address => ("other", Duration::ZERO),
        Next::Failover => ("undelivered", Duration::ZERO),
        Next::Unconfirmed => ("unconfirmed", Duration::ZERO),
        Next::Dropped => ("dropped", Duration::ZERO),
    }
}

/// Sends the same to the person's next address.
fn fail_over(
    transaction: &Transaction<'_>,
    delivery: &Delivery,
    contact: &Contact,
    now: Time,
) -> Result<(), AlertError> {
    let entry = Entry {
        alert: delivery.alert.as_deref(),
        purpose: &delivery.purpose,
        person: delivery.person.as_deref(),
        rank: delivery.rank + 1,
        contact,
        level: delivery.level,
        letter: &delivery.letter,
        not_before: now,
        message_id: None,
    };
    enqueue(transaction, &entry, now)
}
