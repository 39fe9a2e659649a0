//! What time brings: components that fail, causes that end, alerts that people are to be notified of, deadlines, shift reports.
//!
//! Each tick is one transaction over the file, with the clock and the health of the installation as its only other inputs.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::cleanup;
use crate::notify::calls;
use crate::notify::channels::Channels;
use crate::notify::deliver::send_due;
use crate::rules::health::Health;
use crate::store::alert_state::AlertState;
use crate::store::alert_table;
use crate::store::error::AlertError;
use crate::store::handle::Alerts;
use crate::store::own_thread::OwnThread;

/// Time between two ticks: an alert waits no longer than this for its first try.
const TICK: Duration = Duration::from_millis(200);

/// Returns the health of the installation; asked at every tick.
pub type HealthProbe = Arc<dyn Fn() -> Health + Send + Sync>;

/// Ticks, and sends what is due, until `stop` turns true.
pub async fn deliver(own: OwnThread, channels: Arc<Channels>, health: HealthProbe, mut stop: watch::Receiver<bool>) {
    let mut tick = tokio::time::interval(TICK);
    let mut failed = false;
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            _ = stop.changed() => return,
        }
        let mut now = health();
        let troubles = channels.troubles().into_iter();
        now.troubles.extend(troubles.map(|(kind, words)| (format!("channel:{}", kind.as_str()), words)));
        let done = match own.run(move |alerts| alerts.tick(Some(&now))).await {
            Ok(()) => send_due(&own, &channels).await,
            Err(error) => Err(error),
        };
        match done {
            Ok(()) => failed = false,
            Err(error) if !failed => {
                failed = true;
                tracing::error!(%error, "alerts cannot be decided or sent; tried again until they can");
            }
            Err(_) => {}
        }
    }
}

impl Alerts {
    /// Does everything whose time has come. `health` is that of the installation, where it is known.
    pub fn tick(&self, health: Option<&Health>) -> Result<(), AlertError> {
        let now = self.now();
        let mut database = self.database();
        let transaction = database.transaction()?;
        for mut closed in self.evaluate_components(&transaction, health, now)? {
            self.update_messages(&transaction, &mut closed, now)?;
            alert_table::store(&transaction, &closed)?;
        }
        self.end_causes(&transaction, now)?;
        for mut alert in alert_table::with_something_to_do(&transaction, now)? {
            let before = alert.clone();
            if alert.notify_at.is_some_and(|at| at <= now) {
                self.notify_people(&transaction, &mut alert, now)?;
            } else if alert.state == AlertState::Sent {
                self.escalate(&transaction, &mut alert, now)?;
            }
            self.remind_of_deadlines(&transaction, &mut alert, now)?;
            self.update_messages_in_time(&transaction, &mut alert, now)?;
            if alert != before {
                alert_table::store(&transaction, &alert)?;
            }
        }
        calls::drop_needless(&transaction, now)?;
        self.shift_report(&transaction, now)?;
        cleanup::run(&transaction, now)?;
        Ok(transaction.commit()?)
    }
}
