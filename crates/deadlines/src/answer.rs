//! Answers given in public.

use model::Time;
use serde::{Deserialize, Serialize};

use crate::Deadlines;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "answer")]
pub enum Answer {
    /// An official account of `recipients.toml` or `sources.toml` replied.
    Official,
    /// A person reports that an interim answer was given.
    Interim {
        /// Who.
        by: String,
    },
    /// A person reports that the final answer was given.
    Final {
        /// Who.
        by: String,
        /// What kind of answer it was.
        mark: AnswerMark,
    },
}

/// How a person judged the final answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AnswerMark {
    /// To the point.
    Substantive,
    /// An answer that answers nothing.
    Runaround,
    /// People were spoken to in the wrong way.
    Misconduct,
}

/// The answers given so far. A deadline whose answer was given no longer runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswersGiven {
    /// When the first answer was given.
    pub first: Option<Time>,
    /// The final answer.
    pub last: Option<FinalAnswer>,
}

/// A final answer, as a person marked it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinalAnswer {
    /// When.
    pub at: Time,
    /// Who marked it.
    pub by: String,
    /// What kind of answer it was.
    pub mark: AnswerMark,
}

/// What an answer changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerEffect {
    /// The deadlines after it.
    pub deadlines: Deadlines,
    /// The answers given, this one included.
    pub given: AnswersGiven,
    /// What it did, in Russian.
    pub summary: String,
}

impl AnswerMark {
    /// All marks.
    pub const ALL: [AnswerMark; 3] = [AnswerMark::Substantive, AnswerMark::Runaround, AnswerMark::Misconduct];

    /// The code on the command line and on disk.
    pub fn as_str(self) -> &'static str {
        match self {
            AnswerMark::Substantive => "substantive",
            AnswerMark::Runaround => "runaround",
            AnswerMark::Misconduct => "misconduct",
        }
    }

    /// The mark with this code.
    pub fn parse(code: &str) -> Option<AnswerMark> {
        AnswerMark::ALL.into_iter().find(|mark| mark.as_str() == code)
    }

    /// The name people see.
    pub fn name_ru(self) -> &'static str {
        match self {
            AnswerMark::Substantive => "по существу",
            AnswerMark::Runaround => "отписка",
            AnswerMark::Misconduct => "ошибка общения",
        }
    }
}
