//! A rule that fired becomes an alert, or a reason of one that is there.

use std::time::Duration;

use model::Time;
use rusqlite::Transaction;

use super::hit::{RuleHit, Subject};
use super::new_alert::alert_id;
use super::notify_reason::{NotifyReason, notify_reason};
use crate::store::alert::Alert;
use crate::store::alert_state::AlertState;
use crate::store::alert_table;
use crate::store::audit::{self, OTKLIK, Record};
use crate::store::error::AlertError;
use crate::store::handle::Alerts;
use crate::stories::alert_members::{join, size};
use crate::stories::story::{Size, Story};

/// The alerts that one message touches: each is read once, changed in memory, and stored once, however many rules hit.
pub struct AlertChanges<'a> {
    alerts: &'a Alerts,
    transaction: &'a Transaction<'a>,
    now: Time,
    touched: Vec<Touched>,
}

struct Touched {
    alert: Alert,
    is_changed: bool,
}

impl<'a> AlertChanges<'a> {
    /// No changes yet.
    pub fn new(alerts: &'a Alerts, transaction: &'a Transaction<'a>) -> AlertChanges<'a> {
        AlertChanges { alerts, transaction, now: alerts.now(), touched: Vec::new() }
    }

    /// The transaction that they are part of.
    pub fn transaction(&self) -> &'a Transaction<'a> {
        self.transaction
    }

    /// Raises and stores the alert of a single hit.
    pub fn of_one_hit(
        alerts: &'a Alerts,
        transaction: &'a Transaction<'a>,
        hit: &RuleHit<'_>,
    ) -> Result<(), AlertError> {
        let mut changes = AlertChanges::new(alerts, transaction);
        changes.raise(hit)?;
        changes.store()
    }

    /// Raises an alert or adds to one; returns its id. `None`: a person closed it, and what was found belongs to what was closed.
    pub fn raise(&mut self, hit: &RuleHit<'_>) -> Result<Option<String>, AlertError> {
        let found = match &hit.subject {
            Subject::Story(story) => self.of_story(&story.id)?,
            Subject::Key { key, posts, .. } => {
                // The look-ups below read what is stored.
                self.store()?;
                match alert_table::of_subject(self.transaction, hit.rule, key)? {
                    Some(alert) => Some(self.touch(alert)),
                    None => alert_table::of_most(self.transaction, posts)?.map(|alert| self.touch(alert)),
                }
            }
            Subject::Component { name, .. } => {
                alert_table::of_subject(self.transaction, hit.rule, name)?.map(|alert| self.touch(alert))
            }
        };
        // One about the same that was closed stays what it is, with all that people did.
        let known = if found.is_some() { found } else { self.by_id(&alert_id(hit, self.now))? };
        let place = match known {
            Some(place) => place,
            None => {
                let alert = self.alerts.begin_alert(self.transaction, hit, self.now)?;
                self.touch(alert)
            }
        };
        let (alerts, transaction, now) = (self.alerts, self.transaction, self.now);
        let Touched { alert, is_changed } = &mut self.touched[place];
        if matches!(alert.state, AlertState::Resolved | AlertState::FalseAlarm) {
            return Ok(None);
        }
        if alert.state.is_closed() {
            // Its posts were gone and one is back.
            let was_sent = alert.last_notification.is_some();
            alert.state = if was_sent { AlertState::Sent } else { AlertState::Raised };
            alert.state_since = now;
        }
        if let Subject::Story(story) = &hit.subject {
            alert.kind.clone_from(&story.kind);
        }
        if hit.level > alert.level {
            alert.level = hit.level;
            alerts.shorten_deadlines(alert, now)?;
        }
        alert.give_reason(hit.rule, hit.words.clone());
        alert.updated_at = alert.updated_at.max(now);
        // A burst that is mostly one story is a reason for the alert of that story; its other posts do not belong to it.
        if let (Subject::Key { posts, .. }, None) = (&hit.subject, &alert.story) {
            for post in posts {
                join(transaction, &alert.id, post, None)?;
            }
        }
        let size = match &hit.subject {
            Subject::Story(story) => story.size(),
            Subject::Key { .. } | Subject::Component { .. } => size(transaction, alert)?,
        };
        schedule(alerts, alert, size, hit.fresh, now);
        if !hit.fresh && alerts.was_explained(transaction, alert, now)? {
            alerts.resolve_over(transaction, alert, now)?;
        }
        *is_changed = true;
        Ok(Some(alert.id.clone()))
    }

    /// An alert by its id, if it is open.
    pub fn open(&mut self, id: &str) -> Result<Option<&Alert>, AlertError> {
        let place = self.by_id(id)?.filter(|place| !self.touched[*place].alert.state.is_closed());
        Ok(place.map(|place| &self.touched[place].alert))
    }

    /// Adds to the alert that knows of a burst which goes on.
    pub fn grow(&mut self, id: &str, rule: &str, words: &str, fresh: bool) -> Result<(), AlertError> {
        let Some(place) = self.by_id(id)? else { return Ok(()) };
        let Touched { alert, is_changed } = &mut self.touched[place];
        alert.updated_at = alert.updated_at.max(self.now);
        alert.give_reason(rule, words.to_owned());
        let size = size(self.transaction, alert)?;
        schedule(self.alerts, alert, size, fresh, self.now);
        *is_changed = true;
        Ok(())
    }

    /// Brings the open alert of a story up to what the story is now.
    pub fn follow_story(&mut self, story: &Story, fresh: bool) -> Result<(), AlertError> {
        let Some(place) = self.of_story(&story.id)? else { return Ok(()) };
        let Touched { alert, is_changed } = &mut self.touched[place];
        if alert.state.is_closed() {
            return Ok(());
        }
        alert.updated_at = alert.updated_at.max(self.now);
        alert.kind.clone_from(&story.kind);
        alert.place = alert.place.take().or_else(|| story.place.clone());
        alert.recipient = alert.recipient.take().or_else(|| story.recipient.clone());
        if story.posts == 0 {
            close_empty(self.transaction, alert, self.now)?;
        }
        schedule(self.alerts, alert, story.size(), fresh, self.now);
        *is_changed = true;
        Ok(())
    }

    /// Stores what was changed.
    pub fn store(&mut self) -> Result<(), AlertError> {
        for touched in self.touched.iter_mut().filter(|touched| touched.is_changed) {
            alert_table::store(self.transaction, &touched.alert)?;
            touched.is_changed = false;
        }
        Ok(())
    }

    /// The alert of a story: the open one, else the newest closed one.
    fn of_story(&mut self, story: &str) -> Result<Option<usize>, AlertError> {
        let is_it = |alert: &Alert| alert.story.as_deref() == Some(story) && !alert.state.is_closed();
        match self.touched.iter().position(|touched| is_it(&touched.alert)) {
            Some(place) => Ok(Some(place)),
            None => Ok(alert_table::of_story(self.transaction, story)?.map(|alert| self.touch(alert))),
        }
    }

    fn by_id(&mut self, id: &str) -> Result<Option<usize>, AlertError> {
        let known = self.touched.iter().position(|touched| touched.alert.id == id);
        match known {
            Some(place) => Ok(Some(place)),
            None => Ok(alert_table::load(self.transaction, id)?.map(|alert| self.touch(alert))),
        }
    }

    /// The place of an alert among those that were touched.
    fn touch(&mut self, alert: Alert) -> usize {
        let known = self.touched.iter().position(|touched| touched.alert.id == alert.id);
        known.unwrap_or_else(|| {
            self.touched.push(Touched { alert, is_changed: false });
            self.touched.len() - 1
        })
    }
}

/// Plans when people are notified of an alert, if there is a reason to.
fn schedule(alerts: &Alerts, alert: &mut Alert, size: Size, fresh: bool, now: Time) {
    if !fresh || alert.state.is_closed() {
        return;
    }
    let wait = match notify_reason(alert.last_notification, alert.level, size) {
        None => return,
        Some(NotifyReason::First | NotifyReason::Level) => alerts.config().alerts.notify.wait(alert.level),
        Some(NotifyReason::MuchMore) => Duration::ZERO,
    };
    let due = now.checked_add(wait).unwrap_or(now);
    alert.notify_at = Some(alert.notify_at.map_or(due, |at| at.min(due)));
}

/// Closes an alert whose posts are all gone, unless somebody has acted on it: then it is theirs to close.
pub fn close_empty(transaction: &Transaction<'_>, alert: &mut Alert, now: Time) -> Result<(), AlertError> {
    if !alert.state.is_taken() {
        (alert.state, alert.state_since, alert.state_by) = (AlertState::Gone, now, None);
    }
    alert.notify_at = None;
    audit::append(transaction, &Record { at: now, who: OTKLIK, what: "gone", subject: &alert.id, detail: "" })
}
