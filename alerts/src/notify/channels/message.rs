//! What channels carry: messages to people, and what people press or write in return.

use config::ChannelKind;

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Something that happened, or a change of it.
    Alert,
    /// The day's digest.
    Digest,
    /// A report at fixed hours or on request.
    Report,
}

/// One message to one address over one channel, already rendered.
#[derive(Debug, Clone)]
pub struct Message {
    /// Idempotency key, the same at every attempt.
    pub key: String,
    /// A chat of Telegram or MAX, an e-mail address, a peer of VK, or the name of a webhook.
    pub to: String,
    /// What it is about.
    pub event: Event,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same as an HTML page, for e-mail; where it is absent, the page is built from the text.
    pub html: Option<String>,
    /// What the reader can do about it.
    pub buttons: Vec<Button>,
    /// It must not be overlooked.
    pub critical: bool,
    /// An earlier attempt may have been delivered: the text says «повтор» where the channel itself cannot recognise a duplicate.
    pub repeat: bool,
    /// For programs: the body of a webhook, under the event's name.
    pub payload: serde_json::Value,
    /// A file beside the text, for e-mail and Telegram.
    pub attachment: Option<Attachment>,
}

/// Something the reader can do about a message.
#[derive(Debug, Clone)]
pub struct Button {
    /// Its caption.
    pub label: String,
    /// What comes back when it is pressed: at most [`MAX_ACTION_BYTES`], e.g. `ack:<alert id>`.
    pub action: String,
    /// A link that does the same, for channels without buttons.
    pub url: Option<String>,
}

/// A file.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// Its name, e.g. `digest-2026-09-21.html`.
    pub name: String,
    /// Its media type, e.g. `text/html; charset=utf-8`.
    pub media_type: String,
    /// Its content.
    pub content: Vec<u8>,
}

/// A button that was pressed, or a command that was written to a bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Press {
    /// The channel it came over.
    pub kind: ChannelKind,
    /// The number of the user. Anybody can write to a bot: whether this user may act is for the caller to decide.
    pub from: String,
    /// The chat it happened in.
    pub chat: String,
    /// Whether nobody but this user and the bot is in that chat.
    pub direct: bool,
    /// [`Button::action`], or a command with its slash, e.g. `/start`.
    pub action: String,
    /// Identifies the press when it is answered; a command has none.
    pub id: Option<String>,
}

/// Telegram's limit on the data of a button; MAX allows more.
pub const MAX_ACTION_BYTES: usize = 64;
