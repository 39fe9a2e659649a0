//! Alerts that announced work explains and that nobody needs to be told of once it is over.

use model::{Level, Time};
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::hold::KNOWN_CAUSE;
use super::known_cause;
use crate::store::alert::Alert;
use crate::store::alert_state::AlertState;
use crate::store::alert_table;
use crate::store::audit::{self, OTKLIK, Record};
use crate::store::columns::time;
use crate::store::error::AlertError;
use crate::store::handle::Alerts;

impl Alerts {
    /// Whether the work that explained an alert ended as announced, and nobody has written since: then there is nothing to tell. Who
    /// writes later begins another alert.
    pub(crate) fn is_over_with_its_cause(
        &self,
        database: &Connection,
        alert: &Alert,
        now: Time,
    ) -> Result<bool, AlertError> {
        let explained = alert.held.as_ref().is_some_and(|held| held.starts_with(KNOWN_CAUSE));
        let (true, Some(until)) = (explained, alert.held_until) else { return Ok(false) };
        if now < until || alert.state != AlertState::Raised {
            return Ok(false);
        }
        Ok(written(database, alert)?.is_some_and(|(_, last)| last <= until))
    }

    /// Whether all that an alert is about was written while announced work went on that is over by now, as the past of a source tells
    /// when it is read for the first time. Nobody was told of it, and nobody needs to be.
    pub(crate) fn was_explained(&self, database: &Connection, alert: &Alert, now: Time) -> Result<bool, AlertError> {
        let told = alert.state != AlertState::Raised || alert.notify_at.is_some();
        if told || alert.level == Level::Critical {
            return Ok(false);
        }
        let Some((first, last)) = written(database, alert)? else { return Ok(false) };
        let mut causes = known_cause::in_force_throughout(database, (first, last))?;
        causes.retain(|cause| cause.until <= now);
        if causes.is_empty() {
            return Ok(false);
        }
        let facts = self.facts_of(database, alert)?;
        Ok(causes.iter().any(|cause| cause.explains(&facts)))
    }

    /// Resolves an alert whose work is over; the caller stores it.
    pub(crate) fn resolve_over(
        &self,
        transaction: &Transaction<'_>,
        alert: &mut Alert,
        now: Time,
    ) -> Result<(), AlertError> {
        (alert.state, alert.state_since, alert.notify_at) = (AlertState::Resolved, now, None);
        alert.note = Some("работы закончились, после них никто не писал".into());
        audit::append(transaction, &Record { at: now, who: OTKLIK, what: "over", subject: &alert.id, detail: "" })
    }

    /// Resolves the open alerts of the past that announced work explains.
    pub(crate) fn resolve_what_work_explained(&self, transaction: &Transaction<'_>) -> Result<(), AlertError> {
        let now = self.now();
        for mut alert in alert_table::open(transaction)? {
            if self.was_explained(transaction, &alert, now)? {
                self.resolve_over(transaction, &mut alert, now)?;
                alert_table::store(transaction, &alert)?;
            }
        }
        Ok(())
    }
}

/// When the first and the last post of an alert's story were published.
fn written(database: &Connection, alert: &Alert) -> Result<Option<(Time, Time)>, AlertError> {
    let Some(story) = &alert.story else { return Ok(None) };
    let mut select = database.prepare_cached("SELECT first, last FROM story WHERE id = ?1")?;
    let found: Option<(i64, i64)> = select.query_row([story], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    found.map(|(first, last)| Ok((time(first)?, time(last)?))).transpose()
}
