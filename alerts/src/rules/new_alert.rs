//! The alert of a hit that no alert knows of.

use model::{PostId, Time};
use rusqlite::Transaction;

use super::hit::{RuleHit, Subject};
use crate::store::alert::Alert;
use crate::store::audit::{self, OTKLIK, Record};
use crate::store::content_id::content_id;
use crate::store::error::AlertError;
use crate::store::handle::Alerts;
use crate::store::post_table;

/// The id of the alert of a hit: made from what it is about, so that the same posts give the same alert.
pub(super) fn alert_id(hit: &RuleHit<'_>, now: Time) -> String {
    match &hit.subject {
        Subject::Story(story) => story.id.clone(),
        Subject::Key { key, posts, .. } => content_id(&[hit.rule, key, posts.iter().min().map_or("", PostId::as_str)]),
        Subject::Component { name, .. } => content_id(&[hit.rule, name, &now.as_millisecond().to_string()]),
    }
}

impl Alerts {
    /// The alert of a hit that no alert knows of, entered in the audit and not stored yet.
    pub(super) fn begin_alert(
        &self,
        transaction: &Transaction<'_>,
        hit: &RuleHit<'_>,
        now: Time,
    ) -> Result<Alert, AlertError> {
        let id = alert_id(hit, now);
        let mut alert = match &hit.subject {
            Subject::Story(story) => {
                let mut alert = Alert::new(id, hit.rule, &story.id, hit.level, &story.headline, now);
                alert.story = Some(story.id.clone());
                alert.kind = story.kind.clone();
                alert.place = story.place.clone();
                alert.sector = story.sector.clone();
                alert.recipient = story.recipient.clone();
                alert.previous = story.previous.clone();
                alert
            }
            Subject::Key { key, kind, headline, posts } => {
                let mut alert = Alert::new(id, hit.rule, key, hit.level, headline, now);
                alert.kind = (*kind).to_owned();
                let first = posts.first().map(|post| post_table::load(transaction, post)).transpose()?.flatten();
                alert.sector = first.as_ref().map(|post| post.sector.clone());
                alert.place = key.strip_prefix("place:").map(str::to_owned);
                alert.recipient = first.and_then(|post| post.recipient);
                alert
            }
            Subject::Component { name, headline } => {
                let mut alert = Alert::new(id, hit.rule, name, hit.level, headline, now);
                alert.kind = self.rule_code(hit.rule).to_owned();
                alert
            }
        };
        alert.deadlines = self.first_deadlines(&alert)?;
        let record = Record { at: now, who: OTKLIK, what: "raised", subject: &alert.id, detail: hit.rule };
        audit::append(transaction, &record)?;
        Ok(alert)
    }
}
