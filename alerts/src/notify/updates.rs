//! Keeps the messages that people have up to date with the alert, without a new notification.

use model::Time;
use rusqlite::Transaction;

use crate::notify::outbox::{Entry, editable, enqueue};
use crate::notify::render;
use crate::store::alert::Alert;
use crate::store::alert_posts;
use crate::store::error::AlertError;
use crate::store::handle::Alerts;
use crate::stories::story;
use crate::views::compose::MESSAGE_POST_IDS;

impl Alerts {
    /// Brings the messages that can be changed up to date, no more often than configured.
    pub(crate) fn update_messages_in_time(
        &self,
        transaction: &Transaction<'_>,
        alert: &mut Alert,
        now: Time,
    ) -> Result<(), AlertError> {
        let every = self.config().alerts.notify.update.as_millis() as i64;
        if alert.last_notification.is_none() || now.as_millisecond() - alert.shown_at.as_millisecond() < every {
            return Ok(());
        }
        let posts = match &alert.story {
            Some(story) => story::load(transaction, story)?.map_or(0, |story| story.posts),
            None => alert_posts::count_of_alert(transaction, &alert.id)?,
        };
        if posts != alert.shown_posts || alert.state_since > alert.shown_at {
            self.update_messages(transaction, alert, now)?;
        }
        Ok(())
    }

    /// The same at once, because somebody acted: everybody sees it.
    pub(crate) fn update_messages(
        &self,
        transaction: &Transaction<'_>,
        alert: &mut Alert,
        now: Time,
    ) -> Result<(), AlertError> {
        let view = self.view_of(transaction, alert.clone(), MESSAGE_POST_IDS)?;
        let more = view.posts.saturating_sub(alert.shown_posts);
        let heading = match (more, alert.state.is_taken()) {
            (_, true) => match &alert.state_by {
                Some(by) => format!("{} ({by})", alert.state.name_ru()),
                None => alert.state.name_ru().to_owned(),
            },
            (0, false) => String::new(),
            (more, false) => format!("ещё {more} публикаций, просмотров {}, источников {}", view.views, view.sources),
        };
        for (person, contact, message_id) in editable(transaction, &alert.id)? {
            let letter = render::letter(self, &view, &heading, person.as_deref());
            let purpose = format!("update-{}-{message_id}", now.as_millisecond());
            enqueue(
                transaction,
                &Entry {
                    alert: Some(&alert.id),
                    purpose: &purpose,
                    person: person.as_deref(),
                    rank: 0,
                    contact: &contact,
                    level: Some(alert.level),
                    letter: &letter,
                    not_before: now,
                    message_id: Some(&message_id),
                },
                now,
            )?;
        }
        (alert.shown_posts, alert.shown_at) = (view.posts, now);
        Ok(())
    }
}
