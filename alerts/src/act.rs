//! What people do: acknowledge, take on, pass on, close, answer, silence, explain, move a post. Each is one transaction with its entry in
//! the audit.

use model::{PostId, Time};
use rusqlite::params;
use serde::{Deserialize, Serialize};

use crate::alert::{self, Alert};
use crate::audit::{self, Record};
use crate::deadlines::{Answer, Mark};
use crate::life::{self, Life, Refused, Step};
use crate::post;
use crate::quiet::{Cause, Matcher, Silence};
use crate::raise::{Firing, Subject};
use crate::stories;
use crate::story::{content_id, story_id};
use crate::suppression::{end_cause, end_silence, store_cause, store_silence};
use crate::{AlertError, Alerts};

/// What a person did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "act")]
pub enum Act {
    /// A step in the life of an alert.
    Step {
        /// The alert.
        alert: String,
        /// Which.
        step: Step,
        /// Why.
        #[serde(default)]
        reason: String,
        /// To which recipient it is passed on, an id of `recipients.toml`.
        #[serde(default)]
        to: Option<String>,
    },
    /// An answer was given: an interim one, or the final one with its mark.
    Answer {
        /// The alert.
        alert: String,
        /// None: an interim answer.
        mark: Option<Mark>,
    },
    /// Alerts are silenced.
    Silence {
        /// Which.
        matcher: Matcher,
        /// Why.
        reason: String,
        /// Until when.
        until: Time,
    },
    /// Something is known that explains complaints.
    Cause {
        /// Which.
        matcher: Matcher,
        /// What it is.
        reason: String,
        /// When it begins.
        from: Time,
        /// When it is over.
        until: Time,
        /// So many voices it explains.
        expected: u64,
    },
    /// A silence or a cause ends early.
    End {
        /// Its id.
        id: String,
    },
    /// A post belongs to another story, or to one of its own.
    Move {
        /// The post.
        post: PostId,
        /// The alert whose story it belongs to; none: a story of its own.
        to: Option<String>,
    },
    /// A person has looked at an alert.
    Seen {
        /// The alert.
        alert: String,
    },
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// There is no such thing.
    #[error("нет такого: {0}; список тревог: otklik alerts --all, тишин и причин: otklik alerts quiet")]
    Unknown(String),
    /// The step does not follow.
    #[error("{0}")]
    Refused(#[from] Refused),
    /// What was asked is wrong.
    #[error("{0}")]
    Asked(String),
    /// The file failed.
    #[error(transparent)]
    Alerts(#[from] AlertError),
}

impl From<rusqlite::Error> for ActError {
    fn from(error: rusqlite::Error) -> ActError {
        ActError::Alerts(error.into())
    }
}

/// A silence longer than this is a rule that should be changed.
const LONGEST_SILENCE_S: i64 = 31 * 86_400;

impl Alerts {
    /// Does what a person asks; returns in Russian what was done.
    pub fn act(&self, act: &Act, by: &str) -> Result<String, ActError> {
        if by.trim().is_empty() {
            return Err(ActError::Asked("не сказано, кто это делает: --by".into()));
        }
        match act {
            Act::Step { alert, step, reason, to } => self.step(alert, *step, by, reason, to.as_deref()),
            Act::Answer { alert, mark } => self.give_answer(alert, *mark, by),
            Act::Silence { matcher, reason, until } => self.silence(matcher, reason, *until, by),
            Act::Cause { matcher, reason, from, until, expected } => {
                self.explain(matcher, reason, (*from, *until), *expected, by)
            }
            Act::End { id } => self.end(id, by),
            Act::Move { post, to } => self.move_post(post, to.as_deref(), by),
            Act::Seen { alert } => self.with_alert(
                alert,
                |_, _, alert| Ok((("seen", String::new()), format!("тревога № {}: просмотрена", alert.id))),
                by,
            ),
        }
    }

    fn with_alert(
        &self,
        id: &str,
        change: impl FnOnce(
            &rusqlite::Transaction<'_>,
            Time,
            &mut Alert,
        ) -> Result<((&'static str, String), String), ActError>,
        by: &str,
    ) -> Result<String, ActError> {
        let now = self.now();
        let mut database = self.database();
        let transaction = database.transaction()?;
        let mut alert = alert::load(&transaction, id)?.ok_or_else(|| ActError::Unknown(id.to_owned()))?;
        let ((what, detail), done) = change(&transaction, now, &mut alert)?;
        if what != "seen" {
            self.show_now(&transaction, &mut alert, now)?;
        }
        alert::store(&transaction, &alert)?;
        audit::append(&transaction, &Record { at: now, who: by, what, subject: id, detail: &detail })?;
        transaction.commit()?;
        Ok(done)
    }

    fn step(&self, id: &str, step: Step, by: &str, reason: &str, to: Option<&str>) -> Result<String, ActError> {
        if let Some(to) = to
            && !self.config().recipients.iter().any(|recipient| recipient.id == to)
        {
            let known: Vec<&str> = self.config().recipients.iter().map(|recipient| recipient.id.as_str()).collect();
            return Err(ActError::Asked(format!("нет получателя {to}; есть: {}", known.join(", "))));
        }
        self.with_alert(
            id,
            |_, now, alert| {
                let to = to.or(alert.recipient.as_deref()).map(str::to_owned);
                alert.life = life::step(alert.life, step, reason, to.as_deref())?;
                (alert.life_at, alert.life_by) = (now, Some(by.to_owned()));
                if !reason.trim().is_empty() {
                    alert.note = Some(reason.trim().to_owned());
                }
                if step == Step::Assign {
                    alert.passed_to = to.clone();
                }
                if alert.life.is_closed() {
                    alert.notify_at = None;
                }
                let detail = match (step, &to) {
                    (Step::Assign, Some(to)) => format!("{to} {reason}"),
                    _ => reason.to_owned(),
                };
                let what = match step {
                    Step::Assign => format!("передано: {}", alert.passed_to.as_deref().unwrap_or_default()),
                    _ => alert.life.name_ru().to_owned(),
                };
                Ok(((step.as_str(), detail.trim().to_owned()), format!("тревога № {id}: {what}")))
            },
            by,
        )
    }

    fn give_answer(&self, id: &str, mark: Option<Mark>, by: &str) -> Result<String, ActError> {
        self.with_alert(
            id,
            |_, now, alert| {
                let answer = match mark {
                    Some(mark) => Answer::Final { by: by.to_owned(), mark },
                    None => Answer::Interim { by: by.to_owned() },
                };
                let done = self.answered(alert, &answer, now)?;
                let done = done.ok_or_else(|| ActError::Asked("у этой тревоги нет сроков ответа".into()))?;
                let detail = mark.map_or("interim", Mark::as_str).to_owned();
                Ok((("answer", detail), format!("тревога № {id}: {done}")))
            },
            by,
        )
    }

    fn silence(&self, matcher: &Matcher, reason: &str, until: Time, by: &str) -> Result<String, ActError> {
        let now = self.now();
        if matcher.is_empty() {
            return Err(ActError::Asked(
                "тишина обо всём не ставится: назовите правило, вид, тему, сферу или место".into(),
            ));
        }
        if reason.trim().is_empty() {
            return Err(ActError::Refused(Refused::NoReason));
        }
        if until <= now || until.as_second() - now.as_second() > LONGEST_SILENCE_S {
            return Err(ActError::Asked("тишина кончается в будущем, не позже чем через 31 день".into()));
        }
        let mut database = self.database();
        let transaction = database.transaction()?;
        let silence = Silence {
            id: content_id(&["silence", by, reason, &now.as_millisecond().to_string()]),
            matcher: matcher.clone(),
            reason: reason.to_owned(),
            by: by.to_owned(),
            from: now,
            until,
            ended_at: None,
        };
        store_silence(&transaction, &silence)?;
        audit::append(
            &transaction,
            &Record { at: now, who: by, what: "silence", subject: &silence.id, detail: reason },
        )?;
        transaction.commit()?;
        Ok(format!("тишина {} поставлена; критические тревоги она не сдерживает", silence.id))
    }

    fn explain(
        &self,
        matcher: &Matcher,
        reason: &str,
        (from, until): (Time, Time),
        expected: u64,
        by: &str,
    ) -> Result<String, ActError> {
        let now = self.now();
        if matcher.is_empty() {
            return Err(ActError::Asked("причина всего не бывает: назовите тему, вид или место".into()));
        }
        if reason.trim().is_empty() {
            return Err(ActError::Refused(Refused::NoReason));
        }
        if until <= now || until <= from {
            return Err(ActError::Asked("работы кончаются в будущем и после своего начала".into()));
        }
        let mut database = self.database();
        let transaction = database.transaction()?;
        let cause = Cause {
            id: content_id(&["cause", by, reason, &now.as_millisecond().to_string()]),
            matcher: matcher.clone(),
            reason: reason.to_owned(),
            by: by.to_owned(),
            post: None,
            from,
            until,
            expected,
            ended_at: None,
            ended_why: None,
        };
        store_cause(&transaction, &cause)?;
        audit::append(&transaction, &Record { at: now, who: by, what: "cause", subject: &cause.id, detail: reason })?;
        transaction.commit()?;
        Ok(format!("причина {} записана: объясняет жалобы не больше чем {expected} авторов", cause.id))
    }

    fn end(&self, id: &str, by: &str) -> Result<String, ActError> {
        let now = self.now();
        let mut database = self.database();
        let transaction = database.transaction()?;
        let known = |table: &str| {
            transaction.query_row(
                &format!("SELECT count(*) FROM {table} WHERE id = ?1 AND ended_at IS NULL"),
                params![id],
                |row| row.get::<_, i64>(0),
            )
        };
        let (silence, cause) = (known("silence")? > 0, known("cause")? > 0);
        match (silence, cause) {
            (true, _) => end_silence(&transaction, id, by, now)?,
            (_, true) => end_cause(&transaction, id, "закончена вручную", by, now)?,
            _ => return Err(ActError::Unknown(id.to_owned())),
        };
        transaction.commit()?;
        Ok(format!("{id}: закончено; сдержанное будет разослано, если ещё открыто"))
    }

    fn move_post(&self, id: &PostId, to: Option<&str>, by: &str) -> Result<String, ActError> {
        let now = self.now();
        let mut database = self.database();
        let transaction = database.transaction()?;
        let unknown = || ActError::Unknown(id.to_string());
        let post = post::load(&transaction, id)?.filter(|post| post.story.is_some()).ok_or_else(unknown)?;
        let from = post.story.clone().unwrap_or_default();
        let left = stories::load(&transaction, &from)?.ok_or_else(unknown)?;
        let story = match to {
            Some(alert) => {
                let alert = alert::load(&transaction, alert)?.ok_or_else(|| ActError::Unknown(alert.to_owned()))?;
                alert.story.ok_or_else(|| {
                    ActError::Asked("эта тревога не об одном событии: в неё публикацию не перенести".into())
                })?
            }
            None => {
                let story = story_id(&format!("apart {}", left.kind), post.place.as_deref(), &post.id);
                stories::begin_apart(&transaction, &post, &story, &left)?;
                story
            }
        };
        stories::correct(&transaction, &post, &story)?;
        // Either story may tell of more or less than before; a correction notifies nobody.
        for id in [&from, &story] {
            if let Some(story) = stories::load(&transaction, id)? {
                self.touch(&transaction, &story, false)?;
                self.judge_moved(&transaction, &story)?;
            }
        }
        let detail = format!("{from} → {story}");
        audit::append(
            &transaction,
            &Record { at: now, who: by, what: "moved", subject: id.as_str(), detail: &detail },
        )?;
        transaction.commit()?;
        self.note_moved();
        Ok(format!("публикация {id} перенесена; так и останется"))
    }

    /// The rule of risks over a story that a person changed.
    fn judge_moved(&self, transaction: &rusqlite::Transaction<'_>, story: &stories::Story) -> Result<(), AlertError> {
        for rule in &self.config().alerts.rules {
            let config::RuleKind::Risk { level } = rule.kind else { continue };
            let Some(found) = story.level.filter(|found| *found >= level && story.posts > 0) else { continue };
            let words = format!("{}, уровень: {}", post::kind_name(self.config(), &story.kind), found.name_ru());
            let firing = Firing { rule: &rule.id, subject: Subject::Story(story), level: found, words, fresh: false };
            self.raise(transaction, &firing)?;
        }
        Ok(())
    }

    /// Rules by how many of their alerts turned out to be nothing, the noisiest first: rule, false alarms, alerts in all.
    pub fn noisiest(&self, from: Time) -> Result<Vec<(String, u64, u64)>, AlertError> {
        let database = self.database();
        let mut select = database.prepare_cached(
            "SELECT rule, sum(life = ?2), count(*) FROM alert WHERE opened_at >= ?1 GROUP BY rule
             ORDER BY sum(life = ?2) DESC, count(*) DESC, rule",
        )?;
        let rows = select.query_map(params![from.as_millisecond(), Life::FalseAlarm.as_str()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
