//! A post that a person puts into another story.

use model::PostId;

use super::request::{ActionError, refuse_merged};
use crate::store::audit::{self, Record};
use crate::store::handle::Alerts;
use crate::store::{alert_table, post_table};
use crate::stories::choice::story_id;
use crate::stories::corrections::{begin_apart, correct};
use crate::stories::story;

impl Alerts {
    pub(super) fn move_post(&self, id: &PostId, to: Option<&str>, by: &str) -> Result<String, ActionError> {
        let now = self.now();
        let mut database = self.database();
        let transaction = database.transaction()?;
        let unknown = || ActionError::Unknown(id.to_string());
        let post = post_table::load(&transaction, id)?.filter(|post| post.story.is_some()).ok_or_else(unknown)?;
        let from = post.story.clone().unwrap_or_default();
        let left = story::load(&transaction, &from)?.ok_or_else(unknown)?;
        let story = match to {
            Some(alert) => {
                let alert =
                    alert_table::load(&transaction, alert)?.ok_or_else(|| ActionError::Unknown(alert.to_owned()))?;
                refuse_merged(&alert)?;
                alert.story.ok_or_else(|| {
                    ActionError::Asked("эта тревога не об одном событии: в неё публикацию не перенести".into())
                })?
            }
            None => {
                let story = story_id(&format!("apart {}", left.kind), post.place.as_deref(), &post.id);
                begin_apart(&transaction, &post, &story, &left)?;
                story
            }
        };
        correct(&transaction, &post, &story)?;
        for id in [&from, &story] {
            if let Some(story) = story::load(&transaction, id)? {
                self.evaluate_correction(&transaction, &story)?;
            }
        }
        let detail = format!("{from} → {story}");
        audit::append(
            &transaction,
            &Record { at: now, who: by, what: "moved", subject: id.as_str(), detail: &detail },
        )?;
        transaction.commit()?;
        self.note_post_moved();
        Ok(format!("публикация {id} перенесена; так и останется"))
    }
}
