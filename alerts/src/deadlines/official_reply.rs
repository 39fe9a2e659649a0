//! Replies of official accounts, which are first answers.

use deadlines::Answer;
use model::{PostId, TaggedPost};
use rusqlite::Transaction;

use crate::store::audit::{self, OTKLIK, Record};
use crate::store::error::AlertError;
use crate::store::handle::Alerts;
use crate::store::post::StoredPost;
use crate::store::{alert_table, post_table};

impl Alerts {
    /// A post of an official account that answers a post of an alert, or speaks of its story, is a first answer.
    pub(crate) fn take_official_reply(
        &self,
        transaction: &Transaction<'_>,
        tagged: &TaggedPost,
        story: Option<&str>,
    ) -> Result<(), AlertError> {
        let source = &tagged.post.source;
        if tagged.post.is_deleted() || !self.is_official(source) {
            return Ok(());
        }
        let answered = tagged.post.in_reply_to.as_deref().and_then(|id| PostId::new(id).ok());
        let answered: Option<StoredPost> = answered.map(|id| post_table::load(transaction, &id)).transpose()?.flatten();
        let story = answered.and_then(|post| post.story).or_else(|| story.map(str::to_owned));
        let Some(story) = story else { return Ok(()) };
        let Some(mut alert) = alert_table::of_story(transaction, &story)?.filter(|alert| !alert.state.is_closed())
        else {
            return Ok(());
        };
        // An answer published before the alert was raised answers something else: then nothing changes.
        let before = alert.deadlines.clone();
        let at = tagged.post.published_at;
        if self.answer_alert(&mut alert, &Answer::Official, at)?.is_some() && alert.deadlines != before {
            let detail = tagged.post.id.as_str();
            audit::append(
                transaction,
                &Record { at: self.now(), who: OTKLIK, what: "official_reply", subject: &alert.id, detail },
            )?;
            alert_table::store(transaction, &alert)?;
        }
        Ok(())
    }
}
