//! The clocks of an alert as they are kept with it.

use model::Time;
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};

use crate::alert::{self, Alert};
use crate::audit::{self, OTKLIK, Record};
use crate::deadlines::{self, Answer, LastReminded, Reminder, Stopped, Terms};
use crate::post::{self, BookPost};
use crate::view::{ClockView, ClocksView};
use crate::{AlertError, Alerts};

/// See the module.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Clocks {
    due: deadlines::Clocks,
    #[serde(default)]
    stopped: Stopped,
    #[serde(default)]
    reminded: LastReminded,
}

impl Clocks {
    /// As stored.
    pub fn read(json: &str) -> Result<Clocks, AlertError> {
        serde_json::from_str(json).map_err(|_| AlertError::Stored("clock of an alert".into()))
    }

    fn write(&self) -> Result<String, AlertError> {
        serde_json::to_string(self).map_err(|error| AlertError::Stored(error.to_string()))
    }

    /// By when the next answer is due; where all were given, when the last was due.
    pub fn next_due(&self) -> Time {
        if self.stopped.first.is_none() { self.due.first.due } else { self.due.last.due }
    }

    /// As people see them.
    pub fn view(&self) -> ClocksView {
        let last = self.stopped.last.as_ref();
        ClocksView {
            first: ClockView {
                due: self.due.first.due,
                act: self.due.first.basis(),
                stopped_at: self.stopped.first,
                answer: self.stopped.first.map(|_| "given".to_owned()),
            },
            last: ClockView {
                due: self.due.last.due,
                act: self.due.last.basis(),
                stopped_at: last.map(|settled| settled.at),
                answer: last.map(|settled| settled.mark.as_str().to_owned()),
            },
        }
    }
}

impl Alerts {
    /// The clocks of a new alert. What is about no post needs no public answer.
    pub(crate) fn start_clocks(&self, alert: &Alert) -> Result<Option<String>, AlertError> {
        if alert.story.is_none() && alert.sector.is_none() {
            return Ok(None);
        }
        let terms = self.terms(alert);
        let clocks = terms.map(|terms| Clocks {
            due: terms.clocks(),
            stopped: Stopped::default(),
            reminded: LastReminded::default(),
        });
        clocks.map(|clocks| clocks.write()).transpose()
    }

    /// An alert that got worse has the shorter time of its new level, counted from now, where that is sooner.
    pub(crate) fn quicken(&self, alert: &mut Alert, now: Time) -> Result<(), AlertError> {
        let Some(mut clocks) = alert.clocks.as_deref().map(Clocks::read).transpose()? else { return Ok(()) };
        let config = self.config();
        let Some(terms) = Terms::of(now, alert.level, &config.deadlines, &config.calendar, config.timezone()) else {
            return Ok(());
        };
        let sooner = terms.clocks();
        if clocks.stopped.first.is_none() && sooner.first.due < clocks.due.first.due {
            clocks.due.first = sooner.first;
        }
        if clocks.stopped.last.is_none() && sooner.last.due < clocks.due.last.due {
            clocks.due.last = sooner.last;
        }
        alert.clocks = Some(clocks.write()?);
        Ok(())
    }

    fn terms(&self, alert: &Alert) -> Option<Terms<'_>> {
        let config = self.config();
        Terms::of(alert.opened_at, alert.level, &config.deadlines, &config.calendar, config.timezone())
    }

    /// Applies an answer to the clocks of an alert; returns what it did, in Russian.
    pub(crate) fn answered(&self, alert: &mut Alert, answer: &Answer, at: Time) -> Result<Option<String>, AlertError> {
        let Some(mut clocks) = alert.clocks.as_deref().map(Clocks::read).transpose()? else { return Ok(None) };
        let Some(terms) = self.terms(alert) else { return Ok(None) };
        let after = terms.answered(&clocks.due, &clocks.stopped, answer, at);
        (clocks.due, clocks.stopped) = (after.clocks, after.stopped);
        alert.clocks = Some(clocks.write()?);
        Ok(Some(after.reason))
    }

    /// What is to be told of an alert's clocks now, and kept as told.
    pub(crate) fn remind(&self, alert: &mut Alert, now: Time) -> Result<Vec<Reminder>, AlertError> {
        let Some(mut clocks) = alert.clocks.as_deref().map(Clocks::read).transpose()? else { return Ok(Vec::new()) };
        let due = deadlines::due_reminders(&clocks.due, &clocks.stopped, &clocks.reminded, now);
        for reminder in &due {
            clocks.reminded.keep(reminder);
        }
        if !due.is_empty() {
            alert.clocks = Some(clocks.write()?);
        }
        Ok(due)
    }

    /// A post of an official account that answers a post of an alert, or speaks of its story, is a first answer.
    pub(crate) fn official_reply(
        &self,
        transaction: &Transaction<'_>,
        tagged: &model::TaggedPost,
        story: Option<&str>,
    ) -> Result<(), AlertError> {
        let source = &tagged.post.source;
        if tagged.post.is_deleted() || !self.is_official(source) {
            return Ok(());
        }
        let answered = tagged.post.in_reply_to.as_deref().and_then(|id| model::PostId::new(id).ok());
        let answered: Option<BookPost> = answered.map(|id| post::load(transaction, &id)).transpose()?.flatten();
        let story = answered.and_then(|post| post.story).or_else(|| story.map(str::to_owned));
        let Some(story) = story else { return Ok(()) };
        let Some(mut alert) = alert::of_story(transaction, &story)?.filter(|alert| !alert.life.is_closed()) else {
            return Ok(());
        };
        let at = tagged.post.published_at;
        // An answer given before anybody asked answers something else.
        let before = alert.clocks.clone();
        if self.answered(&mut alert, &Answer::Official, at)?.is_some() && alert.clocks != before {
            let detail = tagged.post.id.as_str();
            audit::append(
                transaction,
                &Record { at: self.now(), who: OTKLIK, what: "official_reply", subject: &alert.id, detail },
            )?;
            alert::store(transaction, &alert)?;
        }
        Ok(())
    }

    /// Whether a source speaks for who answers: an account of a recipient, or one that `sources.toml` calls official.
    pub(crate) fn is_official(&self, source: &str) -> bool {
        let config = self.config();
        config.recipients.iter().any(|recipient| recipient.sources.iter().any(|own| own == source))
            || config.sources.iter().any(|known| known.official && known.id == source)
    }
}
