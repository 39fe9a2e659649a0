//! A message whose time has come.

use config::Contact;
use model::{Level, Time};

use crate::notify::channels::Message;
use crate::notify::letter::Letter;

/// Purposes that begin with this change a message that was accepted.
const UPDATE: &str = "update";

/// A message waiting to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// The same at every attempt, so that the receiving side can recognise a duplicate.
    pub key: String,
    /// The alert it is about, if it is about one.
    pub alert: Option<String>,
    /// Why it is sent: `raised`, `level-critical`, `step-1`, `update-3`, `shift`, …
    pub purpose: String,
    /// The person it is for; none: it goes to an address that gets everything.
    pub person: Option<String>,
    /// Where to.
    pub contact: Contact,
    /// Which of the person's addresses this is, from 0.
    pub rank: usize,
    /// Level of the alert.
    pub level: Option<Level>,
    /// What it says.
    pub letter: Letter,
    /// When it was written.
    pub created_at: Time,
    /// Attempts so far.
    pub attempts: u32,
    /// The outcome of the last attempt is not known.
    pub unknown: bool,
    /// The message that an update changes.
    pub message_id: Option<String>,
}

impl Delivery {
    /// The message for the channel.
    pub fn message(&self) -> Message {
        self.letter.message(&self.key, &self.contact, self.is_critical(), self.unknown)
    }

    /// Whether it is about a critical alert.
    pub fn is_critical(&self) -> bool {
        self.level == Some(Level::Critical)
    }

    /// Whether it changes a message that was accepted.
    pub fn is_update(&self) -> bool {
        self.purpose.starts_with(UPDATE)
    }
}
