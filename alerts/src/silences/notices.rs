//! Notices of planned work, which become known causes.

use jiff::SignedDuration;
use model::{Actuality, TaggedPost, Tags};
use rusqlite::Transaction;

use super::known_cause::{self, KnownCause};
use super::matcher::Matcher;
use crate::store::audit::{self, OTKLIK, Record};
use crate::store::content_id::content_id;
use crate::store::error::AlertError;
use crate::store::handle::Alerts;

/// The kind of risk that an operator's own rules may give to announced work.
const PLANNED: &str = "planned_outage";

/// Announced work explains this many voices, unless a person enters another number: a dozen houses write, a town does not.
const EXPLAINED: u64 = 20;

/// Work whose notice names no end is over after so many hours: what lasts longer is no longer as planned.
const UNTIL_HOURS: i64 = 12;

/// Work that is announced for later than in so many days will be announced again.
const AHEAD_DAYS: i64 = 31;

impl Alerts {
    /// A notice of planned work by an official account explains the complaints of its topic in its place.
    pub(crate) fn take_notice(&self, transaction: &Transaction<'_>, tagged: &TaggedPost) -> Result<(), AlertError> {
        let (post, tags) = (&tagged.post, &tagged.tags);
        if !announces_work(tags) || !self.is_official(&post.source) || tags.topics.is_empty() {
            return Ok(());
        }
        let from = tags.since.unwrap_or(post.published_at);
        let hours = SignedDuration::from_hours(UNTIL_HOURS);
        let until = tags.until.unwrap_or_else(|| from.checked_add(hours).unwrap_or(from));
        let latest = self.now().as_second() + AHEAD_DAYS * 86_400;
        if until <= from || from.as_second() > latest {
            return Ok(());
        }
        let is_over = until <= self.now();
        let cause = KnownCause {
            id: content_id(&["cause", post.id.as_str()]),
            matcher: Matcher { topics: tags.topics.clone(), places: tags.places.clone(), ..Matcher::default() },
            reason: tags.subject.clone().unwrap_or_else(|| "плановые работы".into()),
            by: post.source.clone(),
            post: Some(post.id.to_string()),
            from,
            until,
            expected: EXPLAINED,
            ended_at: is_over.then_some(self.now()),
            ended_why: is_over.then(|| known_cause::TIME_IS_UP.to_owned()),
        };
        known_cause::store(transaction, &cause)?;
        let record =
            Record { at: self.now(), who: OTKLIK, what: "cause", subject: &cause.id, detail: post.id.as_str() };
        audit::append(transaction, &record)?;
        // Read late, as at a first reading of a source's past: what was written while the work went on may be here already.
        if is_over { self.resolve_what_work_explained(transaction) } else { Ok(()) }
    }
}

/// Whether a post reports nothing but work to come, on a day that it tells.
fn announces_work(tags: &Tags) -> bool {
    let to_come = tags.events.first().is_some_and(|event| event.actuality == Actuality::Planned);
    match tags.risks.first() {
        Some(risk) => risk.kind == PLANNED,
        None => to_come && tags.since.is_some(),
    }
}
