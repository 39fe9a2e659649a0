//! Finds the story of a post, or begins one.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::candidates;
use super::choice::{Decision, IncomingPost, JoinReason, StoryWindows, choose_story};
use super::corrections::{corrected_story, merge};
use super::relation::Relation;
use super::similar::{RecentPosts, Resemblance};
use super::story::{begin, resolve};
use crate::store::columns::time;
use crate::store::error::AlertError;
use crate::store::handle::Alerts;
use crate::store::post::StoredPost;

/// The story that a post was assigned to.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    pub story: String,
    /// Why it joined the story; `None`: it began it, or stays in it.
    pub reason: Option<JoinReason>,
    /// The story that was merged into it.
    pub merged: Option<String>,
}

impl Alerts {
    /// Finds or begins the story of a post. A post stays in its story while what it tells stays.
    pub(crate) fn assign_story(
        &self,
        transaction: &Transaction<'_>,
        recent: &RecentPosts<String>,
        post: &StoredPost,
        kind: &str,
        headline: &str,
        before: Option<&StoredPost>,
    ) -> Result<Assignment, AlertError> {
        let rules = &self.config().alerts;
        if let Some(story) = corrected_story(transaction, &post.id)? {
            return Ok(Assignment { story, reason: Some(JoinReason::Corrected), merged: None });
        }
        let windows =
            StoryWindows { group_s: rules.group_window.as_secs() as i64, wide_s: rules.wide_window.as_secs() as i64 };
        let incoming = IncomingPost {
            id: post.id.clone(),
            kind: kind.to_owned(),
            wide: rules.wide_kinds.iter().any(|wide| wide == kind) && post.level >= Some(rules.risk_level()),
            is_risk: post.risk.is_some(),
            one_event: self.config().risks.iter().any(|known| known.kind == kind && known.one_event),
            events: post.events.clone(),
            place: post.place.clone(),
            is_exact: self.is_exact(post.place.as_deref()),
            around: self.around_post(post),
            published_at: time(post.at)?,
        };
        if let Some(same) = self.same_story(transaction, (post, &incoming), before)? {
            return Ok(Assignment { story: same, reason: None, merged: None });
        }
        let mut candidates = candidates::in_window(transaction, &incoming, windows.group_s, rules.risk_level())?;
        for story in &mut candidates {
            story.around =
                self.config().enclosing(story.place.as_deref().unwrap_or_default()).map(str::to_owned).collect();
        }
        let near = match recent.nearest(incoming.published_at, post.signature, post.sketch.as_ref()) {
            Some((story, resemblance)) => {
                let reason = match resemblance {
                    Resemblance::NearCopy(_) => JoinReason::NearCopy,
                    Resemblance::SameEvent(_) => JoinReason::SameEvent,
                };
                let story = resolve(transaction, story)?;
                candidates::load(transaction, &story, rules.risk_level())?.map(|story| (story, reason))
            }
            None => None,
        };
        let near = near.as_ref().map(|(story, reason)| (story, *reason));
        Ok(match choose_story(&incoming, near, &candidates, windows) {
            Decision::Join { story, reason } => Assignment { story, reason: Some(reason), merged: None },
            Decision::Merge { keep, gone, reason } => {
                merge(transaction, &keep, &gone)?;
                Assignment { story: keep, reason: Some(reason), merged: Some(gone) }
            }
            Decision::Open { story, previous } => {
                let previous = match previous {
                    Some(previous) => Some(previous),
                    None => self.returning_story(transaction, &incoming)?,
                };
                begin(transaction, &story, kind, post, headline, previous.as_deref())?;
                Assignment { story, reason: None, merged: None }
            }
        })
    }

    /// The story that an earlier version of a post is in, where this one belongs to it too.
    fn same_story(
        &self,
        transaction: &Transaction<'_>,
        (post, incoming): (&StoredPost, &IncomingPost),
        before: Option<&StoredPost>,
    ) -> Result<Option<String>, AlertError> {
        let Some(before) = before else { return Ok(None) };
        let Some(id) = before.story.as_deref() else { return Ok(None) };
        let Some(story) = candidates::load(transaction, id, self.config().alerts.risk_level())? else {
            return Ok(None);
        };
        let belongs = match incoming.relation(&story) {
            Relation::Same => true,
            Relation::Possible => story.kind == incoming.kind,
            Relation::Another => false,
        };
        Ok((belongs || tells_the_same(before, post)).then_some(story.id))
    }

    /// Whether a place is a street or an institution.
    fn is_exact(&self, place: Option<&str>) -> bool {
        let kind = self.config().places.iter().find(|known| Some(known.id.as_str()) == place).map(|known| &known.kind);
        kind.is_some_and(|kind| kind == "street" || kind == "institution")
    }

    /// Places around that of a post: those it lies in, and the settlements and districts that the post names beside it.
    fn around_post(&self, post: &StoredPost) -> Vec<String> {
        let Some(place) = post.place.as_deref() else { return Vec::new() };
        let named = post.keys().filter_map(|key| key.strip_prefix("place:")).filter(|named| *named != place);
        let wider = named.filter(|named| self.is_exact(Some(place)) && !self.is_exact(Some(named)));
        self.config().enclosing(place).chain(wider).map(str::to_owned).collect()
    }

    /// A story of the same kind and place whose alert was closed not long before: the event may be back.
    fn returning_story(&self, database: &Connection, post: &IncomingPost) -> Result<Option<String>, AlertError> {
        let within = self.config().alerts.rules.iter().find_map(|rule| match rule.kind {
            config::RuleKind::Recurrence { within, .. } => Some(within.as_millis() as i64),
            _ => None,
        });
        let (Some(within), Some(place)) = (within, &post.place) else { return Ok(None) };
        let at = post.published_at.as_millisecond();
        let mut select = database.prepare_cached(
            "SELECT story.id FROM alert JOIN story ON story.id = alert.story
             WHERE alert.life = 'resolved' AND alert.life_at BETWEEN ?1 AND ?2 AND story.kind = ?3 AND story.place = ?4
             ORDER BY alert.life_at DESC LIMIT 1",
        )?;
        Ok(select.query_row(params![at - within, at, post.kind, place], |row| row.get(0)).optional()?)
    }
}

/// Whether two versions of a post tell the same: then it stays wherever it is, since a copy joins a story whatever was read out of it.
fn tells_the_same(before: &StoredPost, post: &StoredPost) -> bool {
    let topic = |post: &StoredPost| post.keys().find(|key| key.starts_with("topic:")).map(str::to_owned);
    (&before.risk, &before.events) == (&post.risk, &post.events) && topic(before) == topic(post)
}
