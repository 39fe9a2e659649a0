//! Working time by the Russian production calendar, and the deadlines by which public bodies answer in public.
//!
//! Pure: calendar, rules and time zone are arguments, and `config` parses its files into the types of this crate.

mod answer;
mod by_level;
mod calendar;
mod deadline;
mod reminders;
mod rules;
mod terms;
mod working_time;

pub use answer::{Answer, AnswerEffect, AnswerMark, AnswersGiven, FinalAnswer};
pub use by_level::ByLevel;
pub use calendar::{Calendar, CalendarYear, DayKind, DayPart, Moved};
pub use deadline::{Deadline, DeadlineKind, Deadlines};
pub use reminders::{LastReminder, LastReminders, Reminder, due_reminders};
pub use rules::{DeadlineRules, Term};
pub use terms::Terms;
pub use working_time::WorkingTime;
