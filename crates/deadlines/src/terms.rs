//! What the rules give one alert: its deadlines, and what an answer does to them.
//!
//! The first deadline runs until anybody answers at all; a reply of an official account meets it. The final one runs until a person
//! says that an answer settles the matter and marks what kind of answer it was; an interim answer postpones it. The rules are those
//! that were in force when the alert was raised.

use std::time::Duration;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use model::{Level, Time};

use crate::{
    Answer, AnswerEffect, AnswerMark, AnswersGiven, Calendar, Deadline, DeadlineRules, Deadlines, FinalAnswer, Term,
    WorkingTime,
};

/// The terms of an alert: the rules in force when it was raised, whatever came later.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    rules: &'a DeadlineRules,
    level: Level,
    raised_at: Time,
    time: WorkingTime<'a>,
}

impl<'a> Terms<'a> {
    /// The terms of an alert, by the newest rules whose first day is not after it. `None`: there are no such rules.
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

    /// Both deadlines, counted from the moment it was raised.
    pub fn deadlines(&self) -> Deadlines {
        Deadlines {
            first: self.deadline(self.raised_at, *self.rules.first_answer.of(self.level)),
            last: self.deadline(self.raised_at, *self.rules.final_answer.of(self.level)),
        }
    }

    /// The final deadline, counted from an interim answer.
    pub fn after_interim(&self, at: Time) -> Deadline {
        self.deadline(at, *self.rules.after_interim.of(self.level))
    }

    /// What an answer at a moment does to the deadlines.
    pub fn answered(&self, deadlines: &Deadlines, given: &AnswersGiven, answer: &Answer, at: Time) -> AnswerEffect {
        let (mut deadlines, mut given) = (deadlines.clone(), given.clone());
        let was_first = given.first.is_none();
        let summary = match answer {
            _ if at < self.raised_at => "ответ дан раньше, чем возникла тревога, сроки не меняются",
            _ if given.last.is_some() => "окончательный ответ уже отмечен, сроки не меняются",
            Answer::Official if was_first => {
                given.first = Some(at);
                "официальный ответ: первый срок остановлен, окончательный идёт, пока ответ не отметит человек"
            }
            Answer::Official => "официальный ответ: первый срок уже остановлен, окончательный идёт дальше",
            Answer::Interim { .. } => {
                given.first.get_or_insert(at);
                let postponed = self.after_interim(at);
                // A short term after it must not take time away.
                if postponed.due > deadlines.last.due {
                    deadlines.last = postponed;
                    "промежуточный ответ: окончательный срок перенесён"
                } else {
                    "промежуточный ответ: окончательный срок и так не раньше"
                }
            }
            Answer::Final { by, mark } => {
                given.first.get_or_insert(at);
                given.last = Some(FinalAnswer { at, by: by.clone(), mark: *mark });
                match mark {
                    AnswerMark::Substantive => "окончательный ответ: по существу",
                    AnswerMark::Runaround => "окончательный ответ: отписка",
                    AnswerMark::Misconduct => "окончательный ответ: ошибка общения",
                }
            }
        };
        AnswerEffect { deadlines, given, summary: summary.to_owned() }
    }

    fn deadline(&self, from: Time, term: Term) -> Deadline {
        let due = match term {
            Term::Clock(duration) => later(from, duration),
            Term::WorkingHours(hours) => self.time.add_working_hours(from, hours),
            Term::WorkingDays(days) => self.time.add_working_days(from, days),
        };
        let mut remind_at: Vec<Time> = self.rules.remind.iter().map(|before| earlier(due, *before)).collect();
        // What lies before the beginning can no longer remind anybody.
        remind_at.retain(|moment| *moment > from);
        remind_at.sort_unstable();
        Deadline { due, act: self.rules.act.clone(), clause: self.rules.clause.clone(), remind_at }
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
