//! A message as it is stored, and as it is handed to a channel.

use config::Contact;
use serde::{Deserialize, Serialize};

use crate::notify::channels::{Attachment, Button, Event, Message};

/// A message as it is stored in the outbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    /// `alert`, `digest` or `report`.
    pub event: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// Label, action and link of each button.
    #[serde(default)]
    pub buttons: Vec<(String, String, Option<String>)>,
    /// For programs.
    #[serde(default)]
    pub payload: serde_json::Value,
    /// Name, media type and content of a file.
    #[serde(default)]
    pub attachment: Option<(String, String, String)>,
    /// What was new about the alert; the text is rendered again with it when a post of the alert is deleted.
    #[serde(default)]
    pub heading: String,
}

impl Letter {
    /// The message to one address, under its key.
    pub fn message(&self, key: &str, to: &Contact, critical: bool, repeat: bool) -> Message {
        let button = |(label, action, url): &(String, String, Option<String>)| Button {
            label: label.clone(),
            action: action.clone(),
            url: url.clone(),
        };
        let attachment = |(name, media_type, content): &(String, String, String)| Attachment {
            name: name.clone(),
            media_type: media_type.clone(),
            content: content.clone().into_bytes(),
        };
        Message {
            key: key.to_owned(),
            to: to.to.clone(),
            event: match self.event.as_str() {
                "digest" => Event::Digest,
                "report" => Event::Report,
                _ => Event::Alert,
            },
            subject: self.subject.clone(),
            text: self.text.clone(),
            html: None,
            buttons: self.buttons.iter().map(button).collect(),
            critical,
            repeat,
            payload: self.payload.clone(),
            attachment: self.attachment.as_ref().map(attachment),
        }
    }
}
