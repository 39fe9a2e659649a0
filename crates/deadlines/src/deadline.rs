//! The two deadlines of something that is to be answered in public.

use model::Time;
use serde::{Deserialize, Serialize};

/// By when an answer is due, and by which act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// When it runs out.
    pub due: Time,
    /// The act that sets it.
    pub act: String,
    /// The clause of the act; may be empty.
    pub clause: String,
    /// When people are reminded of it before it runs out, earliest first.
    pub remind_at: Vec<Time>,
}

/// Both deadlines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadlines {
    /// Of the first answer.
    pub first: Deadline,
    /// Of the final one.
    pub last: Deadline,
}

/// Which of the two deadlines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeadlineKind {
    /// Of the first answer.
    First,
    /// Of the final one.
    Last,
}

impl Deadline {
    /// The act with its clause, as people read it.
    pub fn basis(&self) -> String {
        if self.clause.is_empty() { self.act.clone() } else { format!("{}, {}", self.act, self.clause) }
    }
}

impl DeadlineKind {
    /// The name people see.
    pub fn name_ru(self) -> &'static str {
        match self {
            DeadlineKind::First => "первый ответ",
            DeadlineKind::Last => "окончательный ответ",
        }
    }
}
