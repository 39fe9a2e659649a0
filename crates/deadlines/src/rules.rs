//! The rules that set deadlines: by when something is to be answered in public, and by which act.

use std::fmt;
use std::time::Duration;

use jiff::civil::Date;

use crate::by_level::ByLevel;

/// A `[[rules]]` of `deadlines.toml`. It holds for whatever is raised from its first day on, until later rules take over, so that a
/// change of the rules does not recalculate history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadlineRules {
    /// `from`: its first day.
    pub from: Date,
    /// `act` that sets the deadlines, as people read it (shipped: «условный срок»).
    pub act: String,
    /// `clause` of the act (default none).
    pub clause: String,
    /// `first_answer`: time for a first answer in public (default: 4h for critical, 9 working hours otherwise).
    pub first_answer: ByLevel<Term>,
    /// `final_answer`: time for the answer that settles it (default: the same as for the first).
    pub final_answer: ByLevel<Term>,
    /// `after_interim`: time for the final answer, counted from an interim one (default 7 working days).
    pub after_interim: ByLevel<Term>,
    /// `remind`: how long before a deadline people are reminded of it (default 1h and 15m), longest first.
    pub remind: Vec<Duration>,
}

/// How much time a deadline gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// By the clock, day and night: `"4h"`.
    Clock(Duration),
    /// Working hours of `calendar.toml`: `"9 working hours"`.
    WorkingHours(u32),
    /// Working days of `calendar.toml`, the day itself not counted, until the end of the last one: `"7 working days"`.
    WorkingDays(u32),
}

impl fmt::Display for Term {
    /// As configuration writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Term::Clock(duration) if duration.as_secs().is_multiple_of(3600) => {
                write!(f, "{}h", duration.as_secs() / 3600)
            }
            Term::Clock(duration) => write!(f, "{}m", duration.as_secs() / 60),
            Term::WorkingHours(hours) => write!(f, "{hours} working hours"),
            Term::WorkingDays(days) => write!(f, "{days} working days"),
        }
    }
}
