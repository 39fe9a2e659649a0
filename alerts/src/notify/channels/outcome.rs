//! What became of an attempt, and the name of each way it can end.

use std::fmt;
use std::time::Duration;

/// What became of an attempt, and what it means for the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// The channel has it: done.
    Accepted {
        /// The channel's own id, for a later change of the message.
        message_id: Option<String>,
    },
    /// Certainly nothing was delivered, and the trouble will pass by itself: try the same again.
    Later {
        /// How long the channel asks to wait; where it does not say, the outbox decides.
        after: Option<Duration>,
        /// Why.
        reason: Reason,
    },
    /// Certainly nothing was delivered, and nothing will be until a person changes something: on to the next address.
    Refused {
        /// Why.
        reason: Reason,
    },
    /// It was sent and the answer was lost: it may have been delivered.
    Unknown {
        /// Why.
        reason: Reason,
    },
}

/// Why a message was not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Its name in logs and figures, which never changes.
    pub name: &'static str,
    /// The same for people, in Russian.
    pub words: String,
}

/// Why a channel could not report presses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct ChannelError {
    /// Why.
    pub reason: Reason,
    /// How long the channel asks to wait.
    pub after: Option<Duration>,
}

/// What a server says is shown in one line, cut to this length.
const MAX_WORDS_CHARS: usize = 200;

/// A longer pause than this is not granted: alerts must not wait on a server's mistake.
const MAX_PAUSE: Duration = Duration::from_secs(3600);

impl DeliveryOutcome {
    /// Why it was not accepted.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            DeliveryOutcome::Accepted { .. } => None,
            DeliveryOutcome::Later { reason, .. }
            | DeliveryOutcome::Refused { reason }
            | DeliveryOutcome::Unknown { reason } => Some(reason),
        }
    }
}

impl Reason {
    pub(crate) fn new(name: &'static str, words: impl Into<String>) -> Reason {
        Reason { name, words: words.into() }
    }

    /// Followed by what the server said.
    pub(crate) fn said(name: &'static str, words: &str, said: &str) -> Reason {
        let said = one_line(said);
        if said.is_empty() { Reason::new(name, words) } else { Reason::new(name, format!("{words}: {said}")) }
    }

    pub(crate) fn refused(self) -> DeliveryOutcome {
        DeliveryOutcome::Refused { reason: self }
    }

    pub(crate) fn unknown(self) -> DeliveryOutcome {
        DeliveryOutcome::Unknown { reason: self }
    }

    pub(crate) fn later(self) -> DeliveryOutcome {
        DeliveryOutcome::Later { after: None, reason: self }
    }

    /// [`DeliveryOutcome::Later`], after the pause that the server asks for.
    pub(crate) fn after(self, pause: Option<Duration>) -> DeliveryOutcome {
        DeliveryOutcome::Later { after: pause.map(|pause| pause.min(MAX_PAUSE)), reason: self }
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

impl From<DeliveryOutcome> for ChannelError {
    fn from(outcome: DeliveryOutcome) -> ChannelError {
        match outcome {
            DeliveryOutcome::Later { after, reason } => ChannelError { reason, after },
            DeliveryOutcome::Refused { reason } | DeliveryOutcome::Unknown { reason } => reason.into(),
            DeliveryOutcome::Accepted { .. } => Reason::new("no_answer", "ответа нет").into(),
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
