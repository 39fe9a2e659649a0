//! The channels over which alerts, digests and reports reach people: one try of one message, and what became of it.
//!
//! Nothing here waits for a turn, repeats or remembers: that is the outbox's. A try tells only what is sure, and what is not
//! sure it calls unknown.

mod email;
mod http;
mod max;
mod outcome;
mod pace;
mod render;
mod telegram;
mod vk;
mod webhook;

#[cfg(test)]
mod tests;

use std::time::Duration;

use config::ChannelKind;
use model::{Clock, Time};

pub use max::parse_updates as parse_max_updates;
pub use outcome::{ChannelError, Outcome, Reason};
pub use telegram::parse_updates as parse_telegram_updates;
pub use vk::parse_answer as parse_vk_answer;

/// What a message tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Something that happened, or a change of it.
    Alert,
    /// The day's digest.
    Digest,
    /// What goes out at set hours or by hand.
    Report,
}

/// One message to one person or address over one channel, rendered already.
#[derive(Debug, Clone)]
pub struct Message {
    /// Idempotency key, the same at every try.
    pub key: String,
    /// A chat of Telegram or MAX, an e-mail address, a peer of VK, or the name of a webhook.
    pub to: String,
    /// What it tells of.
    pub event: Event,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same as a page, for e-mail; absent: it is made of the text.
    pub html: Option<String>,
    /// What can be done with it.
    pub buttons: Vec<Button>,
    /// It must not be overlooked.
    pub critical: bool,
    /// The outcome of an earlier try is unknown: «повтор» is written on it where the channel has no key of its own.
    pub repeat: bool,
    /// For programs: the body of a webhook under the event's name.
    pub payload: serde_json::Value,
    /// A file beside the text, for e-mail and Telegram.
    pub attachment: Option<Attachment>,
}

/// Something that can be done with a message.
#[derive(Debug, Clone)]
pub struct Button {
    /// What is written on it.
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
    /// Where.
    pub kind: ChannelKind,
    /// The number of the user who pressed it. Anybody can write to a bot: whether this user may act is the caller's to decide.
    pub from: String,
    /// The chat that it happened in.
    pub chat: String,
    /// [`Button::action`], or a command with its slash, e.g. `/start`.
    pub action: String,
    /// The press itself, for its answer; none for a command.
    pub id: Option<String>,
}

/// Telegram's bound on the data of a button; MAX allows more.
pub const MAX_ACTION_BYTES: usize = 64;

/// What prints in the terminal of the running instance.
pub type Print = fn(&Message);

/// The channels that the configuration switches on: their clients, secrets and paces.
pub struct Channels {
    telegram: Slot<telegram::Telegram>,
    email: Slot<email::Mailer>,
    vk: Slot<vk::Vk>,
    max: Slot<max::Max>,
    webhooks: Vec<(String, Result<webhook::Webhook, String>)>,
    print: Option<Print>,
    clock: Clock,
}

/// A channel: absent where it is off, and where it cannot be used why.
type Slot<T> = Option<Result<T, String>>;

impl Channels {
    /// Opens what is switched on and reads its secrets. A channel that cannot be used refuses its messages, so that they go
    /// another way, and is in [`Channels::troubles`]. Without `print` there is no terminal.
    pub fn open(settings: &config::Channels, clock: Clock, print: Option<Print>) -> Channels {
        let webhook = |webhook: &config::Webhook| (webhook.name.clone(), webhook::Webhook::open(webhook));
        Channels {
            telegram: settings.telegram.as_ref().map(telegram::Telegram::open),
            email: settings.email.as_ref().map(email::Mailer::open),
            vk: settings.vk.as_ref().map(vk::Vk::open),
            max: settings.max.as_ref().map(max::Max::open),
            webhooks: settings.webhooks.iter().map(webhook).collect(),
            print,
            clock,
        }
    }

    /// The channels that are switched on and cannot be used, each with the reason in Russian.
    pub fn troubles(&self) -> Vec<(ChannelKind, String)> {
        let mut troubles = Vec::new();
        let mut add = |kind, trouble: Option<&String>| troubles.extend(trouble.map(|words| (kind, words.clone())));
        add(ChannelKind::Telegram, trouble(&self.telegram));
        add(ChannelKind::Email, trouble(&self.email));
        add(ChannelKind::Vk, trouble(&self.vk));
        add(ChannelKind::Max, trouble(&self.max));
        for (_, webhook) in &self.webhooks {
            add(ChannelKind::Webhook, webhook.as_ref().err());
        }
        troubles
    }

    /// How long the channel's own limits hold back a message to `to`; none: it may go now. To be asked before a try is noted.
    pub fn wait(&self, kind: ChannelKind, to: &str) -> Option<Duration> {
        let now = (self.clock)();
        let next = match kind {
            ChannelKind::Telegram => ready(&self.telegram).ok()?.pace().next(to, now),
            ChannelKind::Vk => ready(&self.vk).ok()?.pace().next(to, now),
            ChannelKind::Max => ready(&self.max).ok()?.pace().next(to, now),
            ChannelKind::Email | ChannelKind::Webhook | ChannelKind::Terminal => return None,
        };
        between(now, next)
    }

    /// Tries to send a message, once.
    pub async fn send(&self, kind: ChannelKind, message: &Message) -> Outcome {
        let tried = match kind {
            ChannelKind::Telegram => match ready(&self.telegram) {
                Ok(bot) => bot.send(message, &self.clock).await,
                Err(reason) => reason.refused(),
            },
            ChannelKind::Email => match ready(&self.email) {
                Ok(mailer) => mailer.send(message, (self.clock)()).await,
                Err(reason) => reason.refused(),
            },
            ChannelKind::Vk => match ready(&self.vk) {
                Ok(vk) => vk.send(message, &self.clock).await,
                Err(reason) => reason.refused(),
            },
            ChannelKind::Max => match ready(&self.max) {
                Ok(bot) => bot.send(message, &self.clock).await,
                Err(reason) => reason.refused(),
            },
            ChannelKind::Webhook => match self.webhook(&message.to) {
                Ok(webhook) => webhook.send(message, (self.clock)()).await,
                Err(reason) => reason.refused(),
            },
            ChannelKind::Terminal => match self.print {
                Some(print) => {
                    print(message);
                    Outcome::Accepted { message_id: None }
                }
                None => off().refused(),
            },
        };
        if let Some(reason) = tried.reason() {
            tracing::debug!(channel = kind.as_str(), key = message.key, outcome = reason.name, "message not accepted");
        }
        tried
    }

    /// Puts another text and other buttons into a message that was accepted, without a new notification.
    pub async fn update(&self, kind: ChannelKind, message_id: &str, message: &Message) -> Outcome {
        match kind {
            ChannelKind::Telegram => match ready(&self.telegram) {
                Ok(bot) => bot.edit(message_id, message, &self.clock).await,
                Err(reason) => reason.refused(),
            },
            ChannelKind::Max => match ready(&self.max) {
                Ok(bot) => bot.edit(message_id, message, &self.clock).await,
                Err(reason) => reason.refused(),
            },
            ChannelKind::Email | ChannelKind::Vk | ChannelKind::Webhook | ChannelKind::Terminal => {
                Reason::new("no_edits", "канал не умеет менять отправленное").refused()
            }
        }
    }

    /// Buttons pressed and commands written since `after`, and what to give as `after` next time, which confirms them: to be
    /// stored together with their effect. Waits for news within [`LONG_POLL`]. Only one process at a time may ask.
    pub async fn presses(
        &self,
        kind: ChannelKind,
        after: Option<i64>,
    ) -> Result<(Vec<Press>, Option<i64>), ChannelError> {
        match kind {
            ChannelKind::Telegram => ready(&self.telegram)?.presses(after).await,
            ChannelKind::Max => ready(&self.max)?.presses(after).await,
            ChannelKind::Email | ChannelKind::Vk | ChannelKind::Webhook | ChannelKind::Terminal => {
                Err(Reason::new("no_buttons", "у канала нет кнопок").into())
            }
        }
    }

    /// Tells the one who pressed a button what came of it, or answers a command. Whether it arrives changes nothing.
    pub async fn answer(&self, press: &Press, text: &str) {
        let answered = match press.kind {
            ChannelKind::Telegram => match ready(&self.telegram) {
                Ok(bot) => bot.answer(press, text, &self.clock).await,
                Err(reason) => reason.refused(),
            },
            ChannelKind::Max => match ready(&self.max) {
                Ok(bot) => bot.answer(press, text, &self.clock).await,
                Err(reason) => reason.refused(),
            },
            ChannelKind::Email | ChannelKind::Vk | ChannelKind::Webhook | ChannelKind::Terminal => return,
        };
        if let Some(reason) = answered.reason() {
            tracing::warn!(channel = press.kind.as_str(), outcome = reason.name, "a press is not answered");
        }
    }

    fn webhook(&self, name: &str) -> Result<&webhook::Webhook, Reason> {
        let (_, webhook) = self.webhooks.iter().find(|(known, _)| known == name).ok_or_else(off)?;
        webhook.as_ref().map_err(|words| Reason::new("not_ready", words.clone()))
    }
}

/// A request for news is held open for this long.
pub const LONG_POLL: Duration = Duration::from_secs(25);

/// What `otklik check` says of channels that are switched on and would refuse everything: in Russian, with the section.
pub fn warnings(settings: &config::Channels) -> Vec<String> {
    let missing = |(section, secret): (String, &config::Secret)| {
        let error = secret.read().err()?;
        Some(format!("channels.toml, {section}: {error}; канал не заработает, пока секрета нет"))
    };
    let files = [
        ("[email]", settings.email.as_ref().and_then(|email| email.ca_file.as_ref())),
        ("[max]", settings.max.as_ref().and_then(|max| max.ca_file.as_ref())),
    ];
    let files = files.into_iter().filter_map(|(section, path)| {
        let error = http::authorities(path?).err()?;
        Some(format!("channels.toml, {section}: {error}"))
    });
    settings.secrets().into_iter().filter_map(missing).chain(files).collect()
}

fn trouble<T>(slot: &Slot<T>) -> Option<&String> {
    slot.as_ref()?.as_ref().err()
}

fn ready<T>(slot: &Slot<T>) -> Result<&T, Reason> {
    match slot {
        Some(Ok(channel)) => Ok(channel),
        Some(Err(words)) => Err(Reason::new("not_ready", words.clone())),
        None => Err(off()),
    }
}

fn off() -> Reason {
    Reason::new("off", "канал не включён в channels.toml")
}

/// What is left until a time; none: it has come.
fn between(now: Time, until: Time) -> Option<Duration> {
    Duration::try_from(until.duration_since(now)).ok().filter(|left| !left.is_zero())
}
