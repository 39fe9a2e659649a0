//! What changes the deadlines of an alert: its beginning, a higher level, answers, reminders.

use deadlines::{Answer, Reminder, Terms};
use model::Time;

use super::alert_deadlines::AlertDeadlines;
use crate::store::alert::Alert;
use crate::store::error::AlertError;
use crate::store::handle::Alerts;

impl Alerts {
    /// The deadlines of a new alert. One that is about no post needs no answer in public.
    pub(crate) fn first_deadlines(&self, alert: &Alert) -> Result<Option<String>, AlertError> {
        if alert.story.is_none() && alert.sector.is_none() {
            return Ok(None);
        }
        let terms = self.terms_from(alert, alert.opened_at);
        terms.map(|terms| AlertDeadlines::new(&terms).write()).transpose()
    }

    /// An alert that got worse gets the shorter time of its new level, counted from now, where that ends sooner.
    pub(crate) fn shorten_deadlines(&self, alert: &mut Alert, now: Time) -> Result<(), AlertError> {
        let Some(mut deadlines) = stored(alert)? else { return Ok(()) };
        let Some(terms) = self.terms_from(alert, now) else { return Ok(()) };
        deadlines.shorten(&terms);
        alert.deadlines = Some(deadlines.write()?);
        Ok(())
    }

    /// Applies an answer to the deadlines of an alert; returns in Russian what it did.
    pub(crate) fn answer_alert(
        &self,
        alert: &mut Alert,
        answer: &Answer,
        at: Time,
    ) -> Result<Option<String>, AlertError> {
        let Some(mut deadlines) = stored(alert)? else { return Ok(None) };
        let Some(terms) = self.terms_from(alert, alert.opened_at) else { return Ok(None) };
        let effect = terms.answered(&deadlines.deadlines, &deadlines.given, answer, at);
        (deadlines.deadlines, deadlines.given) = (effect.deadlines, effect.given);
        alert.deadlines = Some(deadlines.write()?);
        Ok(Some(effect.summary))
    }

    /// The reminders of an alert's deadlines that are due now. They are stored as sent with the alert.
    pub(crate) fn take_reminders(&self, alert: &mut Alert, now: Time) -> Result<Vec<Reminder>, AlertError> {
        let Some(mut deadlines) = stored(alert)? else { return Ok(Vec::new()) };
        let due = deadlines.take_reminders(now);
        if !due.is_empty() {
            alert.deadlines = Some(deadlines.write()?);
        }
        Ok(due)
    }

    fn terms_from(&self, alert: &Alert, from: Time) -> Option<Terms<'_>> {
        let config = self.config();
        Terms::of(from, alert.level, &config.deadlines, &config.calendar, config.timezone())
    }
}

fn stored(alert: &Alert) -> Result<Option<AlertDeadlines>, AlertError> {
    alert.deadlines.as_deref().map(AlertDeadlines::read).transpose()
}
