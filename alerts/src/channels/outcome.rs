//! What became of a try, and the name of each way it can end.

use std::fmt;
use std::time::Duration;

/// What became of a try. Each says what it means for the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The channel has it: done.
    Accepted {
        /// The channel's own id, for a later change of the message.
        message_id: Option<String>,
    },
    /// Surely nothing was delivered, and the trouble passes by itself: the same again.
    Later {
        /// How long the channel asks to wait; none: as the outbox sees fit.
        after: Option<Duration>,
        /// Why.
        reason: Reason,
    },
    /// Surely nothing was delivered, and no try will be until a person changes something: over to the next channel.
    Refused {
        /// Why.
        reason: Reason,
    },
    /// It was sent and the answer is lost: it may have been delivered.
    Unknown {
        /// Why.
        reason: Reason,
    },
}

/// Why a try did not end in acceptance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Name in logs and figures; it never changes.
    pub name: &'static str,
    /// Russian words for people.
    pub words: String,
}

/// Why a channel has no presses to give.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct ChannelError {
    /// Why.
    pub reason: Reason,
    /// How long the channel asks to wait.
    pub after: Option<Duration>,
}

/// A server's own words are shown in one line of this length.
const MAX_WORDS_CHARS: usize = 200;

/// A server that asks for a longer pause is asked again after this all the same: alerts do not wait for a typing error.
const MAX_PAUSE: Duration = Duration::from_secs(3600);

impl Outcome {
    /// Why it was not accepted.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Outcome::Accepted { .. } => None,
            Outcome::Later { reason, .. } | Outcome::Refused { reason } | Outcome::Unknown { reason } => Some(reason),
        }
    }
}

impl Reason {
    pub(super) fn new(name: &'static str, words: impl Into<String>) -> Reason {
        Reason { name, words: words.into() }
    }

    /// With what the server said.
    pub(super) fn said(name: &'static str, words: &str, said: &str) -> Reason {
        let said = one_line(said);
        if said.is_empty() { Reason::new(name, words) } else { Reason::new(name, format!("{words}: {said}")) }
    }

    pub(super) fn refused(self) -> Outcome {
        Outcome::Refused { reason: self }
    }

    pub(super) fn unknown(self) -> Outcome {
        Outcome::Unknown { reason: self }
    }

    pub(super) fn later(self) -> Outcome {
        Outcome::Later { after: None, reason: self }
    }

    /// Later, after the pause that the server asks for.
    pub(super) fn after(self, pause: Option<Duration>) -> Outcome {
        Outcome::Later { after: pause.map(|pause| pause.min(MAX_PAUSE)), reason: self }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl From<Reason> for ChannelError {
    fn from(reason: Reason) -> ChannelError {
        ChannelError { reason, after: None }
    }
}

impl From<Outcome> for ChannelError {
    fn from(outcome: Outcome) -> ChannelError {
        match outcome {
            Outcome::Later { after, reason } => ChannelError { reason, after },
            Outcome::Refused { reason } | Outcome::Unknown { reason } => reason.into(),
            Outcome::Accepted { .. } => Reason::new("no_answer", "ответа нет").into(),
        }
    }
}

fn one_line(text: &str) -> String {
    text.chars()
        .take(MAX_WORDS_CHARS)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect::<String>()
        .trim()
        .to_owned()
}
