//! Alerts that end or become one because of what their posts became.

use rusqlite::Transaction;

use super::raise::{AlertChanges, close_empty};
use crate::store::alert_state::AlertState;
use crate::store::alert_table;
use crate::store::audit::{self, OTKLIK, Record};
use crate::store::error::AlertError;
use crate::store::handle::Alerts;
use crate::stories::alert_members;
use crate::stories::story::Story;

impl Alerts {
    /// Closes an alert that is about no single story when its last post went. Every post has a source, so that no sources mean no
    /// posts.
    pub(crate) fn close_if_empty(&self, transaction: &Transaction<'_>, id: &str) -> Result<(), AlertError> {
        let open =
            alert_table::load(transaction, id)?.filter(|alert| !alert.state.is_closed() && alert.story.is_none());
        let Some(mut alert) = open else { return Ok(()) };
        if alert_members::size(transaction, &alert)?.sources == 0 {
            close_empty(transaction, &mut alert, self.now())?;
            alert_table::store(transaction, &alert)?;
        }
        Ok(())
    }

    /// Of the alerts of two stories that became one, one stays.
    pub(crate) fn merge_alerts(&self, transaction: &Transaction<'_>, keep: &str, gone: &str) -> Result<(), AlertError> {
        let now = self.now();
        let Some(mut lost) = alert_table::of_story(transaction, gone)?.filter(|alert| !alert.state.is_closed()) else {
            return Ok(());
        };
        match alert_table::of_story(transaction, keep)?.filter(|alert| !alert.state.is_closed()) {
            None => lost.story = Some(keep.to_owned()),
            Some(mut kept) => {
                if lost.state.is_taken() && lost.state > kept.state {
                    // What a person began on one of them goes on.
                    (kept.state, kept.state_since, kept.state_by) =
                        (lost.state, lost.state_since, lost.state_by.clone());
                    kept.passed_to = lost.passed_to.clone().or(kept.passed_to.take());
                    kept.note = lost.note.clone().or(kept.note.take());
                }
                (lost.state, lost.state_since, lost.notify_at) = (AlertState::Merged, now, None);
                lost.note = Some(format!("№ {}", kept.id));
                kept.level = kept.level.max(lost.level);
                kept.opened_at = kept.opened_at.min(lost.opened_at);
                // People who were notified of either alert know of both.
                kept.last_notification = kept.last_notification.or(lost.last_notification);
                for (rule, words) in &lost.reasons {
                    if !kept.reasons.iter().any(|(of, _)| of == rule) {
                        kept.give_reason(rule, words.clone());
                    }
                }
                alert_table::store(transaction, &kept)?;
                let record = Record { at: now, who: OTKLIK, what: "merged", subject: &lost.id, detail: &kept.id };
                audit::append(transaction, &record)?;
            }
        }
        alert_table::store(transaction, &lost)
    }

    /// Brings the open alert of a story that a version of a post left up to what the story is now. That notifies nobody.
    pub(crate) fn follow_story(&self, transaction: &Transaction<'_>, story: &Story) -> Result<(), AlertError> {
        let mut changes = AlertChanges::new(self, transaction);
        changes.follow_story(story, false)?;
        changes.store()
    }
}
