//! Silences and known causes that people enter and end.

use model::Time;
use rusqlite::params;

use super::request::ActionError;
use crate::silences::known_cause::{self, KnownCause};
use crate::silences::matcher::Matcher;
use crate::silences::silence::{self, Silence};
use crate::store::action::ActionRefused;
use crate::store::audit::{self, Record};
use crate::store::content_id::content_id;
use crate::store::handle::Alerts;

/// Instead of a longer silence a rule should be changed.
const LONGEST_SILENCE_S: i64 = 31 * 86_400;

impl Alerts {
    pub(super) fn add_silence(
        &self,
        matcher: &Matcher,
        reason: &str,
        until: Time,
        by: &str,
    ) -> Result<String, ActionError> {
        let now = self.now();
        if matcher.is_empty() {
            return Err(ActionError::Asked(
                "тишина обо всём не ставится: назовите правило, вид, тему, сферу или место".into(),
            ));
        }
        if reason.trim().is_empty() {
            return Err(ActionError::Refused(ActionRefused::NoReason));
        }
        if until <= now || until.as_second() - now.as_second() > LONGEST_SILENCE_S {
            return Err(ActionError::Asked("тишина кончается в будущем, не позже чем через 31 день".into()));
        }
        let mut database = self.database();
        let transaction = database.transaction()?;
        let silence = Silence {
            id: content_id(&["silence", by, reason, &now.as_millisecond().to_string()]),
            matcher: matcher.clone(),
            reason: reason.to_owned(),
            by: by.to_owned(),
            from: now,
            until,
            ended_at: None,
        };
        silence::store(&transaction, &silence)?;
        audit::append(
            &transaction,
            &Record { at: now, who: by, what: "silence", subject: &silence.id, detail: reason },
        )?;
        transaction.commit()?;
        Ok(format!("тишина {} поставлена; критические тревоги она не сдерживает", silence.id))
    }

    pub(super) fn add_cause(
        &self,
        matcher: &Matcher,
        reason: &str,
        (from, until): (Time, Time),
        expected: u64,
        by: &str,
    ) -> Result<String, ActionError> {
        let now = self.now();
        if matcher.is_empty() {
            return Err(ActionError::Asked("причина всего не бывает: назовите тему, вид или место".into()));
        }
        if reason.trim().is_empty() {
            return Err(ActionError::Refused(ActionRefused::NoReason));
        }
        if until <= now || until <= from {
            return Err(ActionError::Asked("работы кончаются в будущем и после своего начала".into()));
        }
        let mut database = self.database();
        let transaction = database.transaction()?;
        let cause = KnownCause {
            id: content_id(&["cause", by, reason, &now.as_millisecond().to_string()]),
            matcher: matcher.clone(),
            reason: reason.to_owned(),
            by: by.to_owned(),
            post: None,
            from,
            until,
            expected,
            ended_at: None,
            ended_why: None,
        };
        known_cause::store(&transaction, &cause)?;
        audit::append(&transaction, &Record { at: now, who: by, what: "cause", subject: &cause.id, detail: reason })?;
        transaction.commit()?;
        Ok(format!("причина {} записана: объясняет жалобы не больше чем {expected} авторов", cause.id))
    }

    pub(super) fn end_silence_or_cause(&self, id: &str, by: &str) -> Result<String, ActionError> {
        let now = self.now();
        let mut database = self.database();
        let transaction = database.transaction()?;
        let known = |table: &str| {
            transaction.query_row(
                &format!("SELECT count(*) FROM {table} WHERE id = ?1 AND ended_at IS NULL"),
                params![id],
                |row| row.get::<_, i64>(0),
            )
        };
        let (silence, cause) = (known("silence")? > 0, known("cause")? > 0);
        match (silence, cause) {
            (true, _) => silence::end(&transaction, id, by, now)?,
            (_, true) => known_cause::end(&transaction, id, "закончена вручную", by, now)?,
            _ => return Err(ActionError::Unknown(id.to_owned())),
        };
        transaction.commit()?;
        Ok(format!("{id}: закончено; сдержанное будет разослано, если ещё открыто"))
    }
}
