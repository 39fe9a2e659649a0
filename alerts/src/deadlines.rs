//! By when an alert is to be answered in public: its two clocks, what stops or moves them, and what is told of them. Pure.
//!
//! The first clock runs until somebody answers at all; an official account's reply stops it. The final one runs until a person says
//! that the answer settles it, and marks what kind of answer it was; an interim answer moves it. Rules are those that were in force
//! when the alert was raised.

use std::time::Duration;

use config::{Calendar, DeadlineRules, Term};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use model::{Level, Time};
use serde::{Deserialize, Serialize};

use crate::working_time::WorkingTime;

/// A deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// When it runs out.
    pub due: Time,
    /// The act that sets it.
    pub act: String,
    /// Its clause; may be empty.
    pub clause: String,
    /// When it is told of before it runs out, the earliest first.
    pub remind_at: Vec<Time>,
}

/// The two deadlines of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clocks {
    /// Until a first answer.
    pub first: Clock,
    /// Until the final one.
    pub last: Clock,
}

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Which {
    /// Until a first answer.
    First,
    /// Until the final one.
    Last,
}

/// Which clocks stand still.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    /// When the first answer was given.
    pub first: Option<Time>,
    /// The final answer.
    pub last: Option<Settled>,
}

/// A final answer, as a person marked it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// When.
    pub at: Time,
    /// Who marked it.
    pub by: String,
    /// What kind of answer it was.
    pub mark: Mark,
}

/// What kind of answer was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// To the point.
    Substantive,
    /// An answer that answers nothing.
    Runaround,
    /// A mistake in how people were spoken to.
    Misconduct,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "answer")]
pub enum Answer {
    /// A reply from an official account of `recipients.toml`.
    Official,
    /// A person says that an interim answer was given.
    Interim {
        /// Who.
        by: String,
    },
    /// A person says that the final answer was given.
    Final {
        /// Who.
        by: String,
        /// What kind of answer it was.
        mark: Mark,
    },
}

/// The clocks after an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Where the deadlines are now.
    pub clocks: Clocks,
    /// Which of them stand still.
    pub stopped: Stopped,
    /// What the answer did, in Russian.
    pub reason: String,
}

/// What was told of a clock last: a deadline that moved is told of anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminded {
    /// The deadline that it was about.
    pub due: Time,
    /// The moment it was planned for.
    pub moment: Time,
}

/// What was told of each clock last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastReminded {
    /// Of the first.
    pub first: Option<Reminded>,
    /// Of the final one.
    pub last: Option<Reminded>,
}

/// Something to tell of a deadline. Those that come together are one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    /// Which clock.
    pub which: Which,
    /// It has run out.
    pub overdue: bool,
    /// What is to be kept as told.
    pub told: Reminded,
    /// What is told, in Russian.
    pub reason: String,
}

/// What the rules give an alert: those in force when it was raised, whatever came later.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    rules: &'a DeadlineRules,
    level: Level,
    raised_at: Time,
    time: WorkingTime<'a>,
}

impl<'a> Terms<'a> {
    /// The terms of an alert: of the newest rules whose first day is not after it. None where there are no such.
    pub fn of(
        raised_at: Time,
        level: Level,
        rules: &'a [DeadlineRules],
        calendar: &'a Calendar,
        zone: &'a TimeZone,
    ) -> Option<Terms<'a>> {
        let day = raised_at.to_zoned_datetime(zone.clone()).date();
        let rules = rules.iter().filter(|rules| rules.from <= day).max_by_key(|rules| rules.from)?;
        Some(Terms { rules, level, raised_at, time: WorkingTime::new(calendar, zone) })
    }

    /// Both deadlines, counted from when it was raised.
    pub fn clocks(&self) -> Clocks {
        Clocks {
            first: self.clock(self.raised_at, *self.rules.first_answer.of(self.level)),
            last: self.clock(self.raised_at, *self.rules.final_answer.of(self.level)),
        }
    }

    /// The final deadline, counted from an interim answer.
    pub fn after_interim(&self, at: Time) -> Clock {
        self.clock(at, *self.rules.after_interim.of(self.level))
    }

    /// What an answer at a moment does to the clocks.
    pub fn answered(&self, clocks: &Clocks, stopped: &Stopped, answer: &Answer, at: Time) -> Answered {
        let (mut clocks, mut stopped) = (clocks.clone(), stopped.clone());
        let was_first = stopped.first.is_none();
        let reason = match answer {
            _ if at < self.raised_at => "ответ дан раньше, чем возникла тревога, сроки не меняются",
            _ if stopped.last.is_some() => "окончательный ответ уже отмечен, сроки не меняются",
            Answer::Official if was_first => {
                stopped.first = Some(at);
                "официальный ответ: первый срок остановлен, окончательный идёт, пока ответ не отметит человек"
            }
            Answer::Official => "официальный ответ: первый срок уже остановлен, окончательный идёт дальше",
            Answer::Interim { .. } => {
                stopped.first.get_or_insert(at);
                let moved = self.after_interim(at);
                // A short term after it must not take time away.
                if moved.due > clocks.last.due {
                    clocks.last = moved;
                    "промежуточный ответ: окончательный срок перенесён"
                } else {
                    "промежуточный ответ: окончательный срок и так не раньше"
                }
            }
            Answer::Final { by, mark } => {
                stopped.first.get_or_insert(at);
                stopped.last = Some(Settled { at, by: by.clone(), mark: *mark });
                match mark {
                    Mark::Substantive => "окончательный ответ: по существу",
                    Mark::Runaround => "окончательный ответ: отписка",
                    Mark::Misconduct => "окончательный ответ: ошибка общения",
                }
            }
        };
        Answered { clocks, stopped, reason: reason.to_owned() }
    }

    fn clock(&self, from: Time, term: Term) -> Clock {
        let due = match term {
            Term::Clock(duration) => later(from, duration),
            Term::WorkingHours(hours) => self.time.add_working_hours(from, hours),
            Term::WorkingDays(days) => self.time.add_working_days(from, days),
        };
        let mut remind_at: Vec<Time> = self.rules.remind.iter().map(|before| earlier(due, *before)).collect();
        // The rest was over before the clock began.
        remind_at.retain(|moment| *moment > from);
        remind_at.sort_unstable();
        Clock { due, act: self.rules.act.clone(), clause: self.rules.clause.clone(), remind_at }
    }
}

/// What is to be told of the clocks now: of each that runs, the newest moment that has passed and was not told, so that after a
/// pause nobody gets a row of them. That it has run out is told once.
pub fn due_reminders(clocks: &Clocks, stopped: &Stopped, last: &LastReminded, now: Time) -> Vec<Reminder> {
    let running = running(clocks, stopped);
    running
        .filter_map(|(which, clock)| {
            let told = match which {
                Which::First => last.first,
                Which::Last => last.last,
            };
            let moment = clock.moments().filter(|moment| *moment <= now).max()?;
            let known = told.is_some_and(|told| told.due == clock.due && told.moment >= moment);
            (!known).then(|| Reminder {
                which,
                overdue: moment == clock.due,
                told: Reminded { due: clock.due, moment },
                reason: clock.told(which, now),
            })
        })
        .collect()
}

fn running<'a>(clocks: &'a Clocks, stopped: &Stopped) -> impl Iterator<Item = (Which, &'a Clock)> + use<'a> {
    let first = stopped.first.is_none().then_some((Which::First, &clocks.first));
    let last = stopped.last.is_none().then_some((Which::Last, &clocks.last));
    first.into_iter().chain(last)
}

impl LastReminded {
    /// Keeps what was told.
    pub fn keep(&mut self, reminder: &Reminder) {
        match reminder.which {
            Which::First => self.first = Some(reminder.told),
            Which::Last => self.last = Some(reminder.told),
        }
    }
}

impl Clock {
    /// The act with its clause, as people read it.
    pub fn basis(&self) -> String {
        if self.clause.is_empty() { self.act.clone() } else { format!("{}, {}", self.act, self.clause) }
    }

    /// When something is told of it, in order.
    fn moments(&self) -> impl Iterator<Item = Time> {
        self.remind_at.iter().copied().chain([self.due])
    }

    fn told(&self, which: Which, now: Time) -> String {
        let basis = self.basis();
        if now < self.due {
            format!("{}: осталось {} ({basis})", which.name_ru(), span(now, self.due))
        } else {
            format!("{}: срок истёк {} назад ({basis})", which.name_ru(), span(self.due, now))
        }
    }
}

impl Which {
    /// The name people see.
    pub fn name_ru(self) -> &'static str {
        match self {
            Which::First => "первый ответ",
            Which::Last => "окончательный ответ",
        }
    }
}

impl Mark {
    /// All marks.
    pub const ALL: [Mark; 3] = [Mark::Substantive, Mark::Runaround, Mark::Misconduct];

    /// The code on the command line and on disk.
    pub fn as_str(self) -> &'static str {
        match self {
            Mark::Substantive => "substantive",
            Mark::Runaround => "runaround",
            Mark::Misconduct => "misconduct",
        }
    }

    /// The mark of a code.
    pub fn parse(code: &str) -> Option<Mark> {
        Mark::ALL.into_iter().find(|mark| mark.as_str() == code)
    }

    /// The name people see.
    pub fn name_ru(self) -> &'static str {
        match self {
            Mark::Substantive => "по существу",
            Mark::Runaround => "отписка",
            Mark::Misconduct => "ошибка общения",
        }
    }
}

fn later(at: Time, duration: Duration) -> Time {
    at.saturating_add(signed(duration)).unwrap_or(Time::MAX)
}

fn earlier(at: Time, duration: Duration) -> Time {
    at.saturating_sub(signed(duration)).unwrap_or(Time::MIN)
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

/// Time between two moments as people read it, in whole minutes.
fn span(from: Time, to: Time) -> String {
    let minutes = to.duration_since(from).as_mins();
    match (minutes / (24 * 60), minutes / 60 % 24, minutes % 60) {
        (0, 0, minutes) => format!("{minutes} мин"),
        (0, hours, 0) => format!("{hours} ч"),
        (0, hours, minutes) => format!("{hours} ч {minutes} мин"),
        (days, 0, _) => format!("{days} сут"),
        (days, hours, _) => format!("{days} сут {hours} ч"),
    }
}

#[cfg(test)]
#[path = "deadlines_tests.rs"]
mod tests;
