//! Evaluates the rules: over a post, over what a story gained, over a correction, and over what time brings.

use config::RuleKind;
use model::{Level, TaggedPost, Time};
use rusqlite::Transaction;

use super::burst::{self, ActiveBurst};
use super::component::Component;
use super::detector::DetectorState;
use super::health::Health;
use super::hit::{Event, RuleHit, Subject};
use super::raise::AlertChanges;
use super::{kinds, silence};
use crate::store::alert::Alert;
use crate::store::alert_state::AlertState;
use crate::store::alert_table;
use crate::store::audit::{self, OTKLIK, Record};
use crate::store::error::AlertError;
use crate::store::handle::Alerts;
use crate::store::post::StoredPost;
use crate::stories::alert_members;
use crate::stories::story::Story;

/// A version of a post that was counted into its story.
pub struct CountedPost<'a> {
    pub tagged: &'a TaggedPost,
    pub post: &'a StoredPost,
    pub story: &'a Story,
}

impl Alerts {
    /// Evaluates every rule that looks at posts, after a version of one was counted into its story. Each alert that they touch is
    /// read once and stored once.
    pub(crate) fn evaluate_post(
        &self,
        transaction: &Transaction<'_>,
        detector: &mut DetectorState,
        counted: &CountedPost<'_>,
    ) -> Result<(), AlertError> {
        let fresh = self.is_fresh(counted.post);
        let mut changes = AlertChanges::new(self, transaction);
        if self.is_beyond_backfill(counted.post) {
            // It counts for what is usual, and in its story.
            changes.follow_story(counted.story, false)?;
            return changes.store();
        }
        let mut raised = self.raise_findings(&mut changes, Event::Post(counted.tagged), counted.story, fresh)?;
        for burst in detector.active_bursts(transaction, counted.post, &self.config().alerts)? {
            raised |= self.raise_burst(&mut changes, detector, &burst, counted, fresh)?;
        }
        if !raised {
            changes.follow_story(counted.story, fresh)?;
        }
        changes.store()
    }

    /// Evaluates the rules that look at what a story gained within an hour.
    pub(crate) fn evaluate_growth(
        &self,
        transaction: &Transaction<'_>,
        story: &Story,
        (views, reposts): (u64, u64),
        fresh: bool,
    ) -> Result<(), AlertError> {
        let mut changes = AlertChanges::new(self, transaction);
        self.raise_findings(&mut changes, Event::Growth { views, reposts }, story, fresh)?;
        changes.store()
    }

    /// Brings the alert of a story that a person changed up to date, and evaluates the rules over it. A correction notifies nobody.
    pub(crate) fn evaluate_correction(&self, transaction: &Transaction<'_>, story: &Story) -> Result<(), AlertError> {
        let mut changes = AlertChanges::new(self, transaction);
        changes.follow_story(story, false)?;
        self.raise_findings(&mut changes, Event::Correction, story, false)?;
        changes.store()
    }

    /// Evaluates the rules that look at no post: raises alerts of components that have a problem, and closes those of components that
    /// have none any more. Returns the closed ones.
    pub(crate) fn evaluate_components(
        &self,
        transaction: &Transaction<'_>,
        health: Option<&Health>,
        now: Time,
    ) -> Result<Vec<Alert>, AlertError> {
        // From the very first look on, whatever rules there are.
        silence::watching_since(transaction, now)?;
        let mut closed = Vec::new();
        for rule in &self.config().alerts.rules {
            let Some((level, components)) = kinds::components(rule, self, transaction, health, now)? else { continue };
            for component in components {
                closed.extend(self.settle_component(transaction, (&rule.id, level), component, now)?);
            }
        }
        Ok(closed)
    }

    fn raise_findings(
        &self,
        changes: &mut AlertChanges<'_>,
        event: Event<'_>,
        story: &Story,
        fresh: bool,
    ) -> Result<bool, AlertError> {
        let config = self.config();
        let mut raised = false;
        for rule in &config.alerts.rules {
            let Some(finding) = kinds::find(&rule.kind, event, story, config) else { continue };
            let subject = Subject::Story(story);
            let hit = RuleHit { rule: &rule.id, subject, level: finding.level, words: finding.words, fresh };
            raised |= changes.raise(&hit)?.is_some();
        }
        Ok(raised)
    }

    /// A burst raises an alert, or adds to the one that knows of it.
    fn raise_burst(
        &self,
        changes: &mut AlertChanges<'_>,
        detector: &mut DetectorState,
        active: &ActiveBurst,
        counted: &CountedPost<'_>,
        fresh: bool,
    ) -> Result<bool, AlertError> {
        let (config, transaction) = (self.config(), changes.transaction());
        let Some(rule) = config.alerts.rules.get(active.rule) else { return Ok(false) };
        let RuleKind::Burst(of) = &rule.kind else { return Ok(false) };
        if let Some(id) = &active.alert
            && let Some(known) = changes.open(id)?
        {
            if known.story.is_none() {
                alert_members::join(transaction, id, &counted.post.id, Some(counted.post))?;
            }
            changes.grow(id, &rule.id, &active.words, fresh)?;
            return Ok(true);
        }
        let posts = || detector.posts(active.rule, &active.key);
        let hit = burst::hit(&rule.id, of, active, counted.story, posts, config, fresh);
        let raised = changes.raise(&hit)?;
        detector.note_alert(transaction, &config.alerts, active, raised.clone())?;
        Ok(raised.is_some())
    }

    /// Raises an alert about a component that has a problem; closes the alert of one that has none, and returns it.
    fn settle_component(
        &self,
        transaction: &Transaction<'_>,
        (rule, level): (&str, Level),
        component: Component,
        now: Time,
    ) -> Result<Option<Alert>, AlertError> {
        let Component { name, headline, problem } = component;
        let open = alert_table::of_subject(transaction, rule, &name)?;
        match (problem, open) {
            (Some(words), None) => {
                let subject = Subject::Component { name: &name, headline };
                let hit = RuleHit { rule, subject, level, words, fresh: true };
                AlertChanges::of_one_hit(self, transaction, &hit)?;
                Ok(None)
            }
            (None, Some(mut alert)) => {
                (alert.state, alert.state_since, alert.notify_at) = (AlertState::Resolved, now, None);
                alert.note = Some("прошло само".into());
                let record = Record { at: now, who: OTKLIK, what: "over", subject: &alert.id, detail: "" };
                audit::append(transaction, &record)?;
                alert_table::store(transaction, &alert)?;
                Ok(Some(alert))
            }
            _ => Ok(None),
        }
    }
}
