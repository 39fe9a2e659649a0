//! The channels over which alerts, digests and reports reach people: one attempt at one message, and what became of it.
//!
//! Nothing here waits for its turn, retries or remembers: that is the outbox's. An attempt reports only what is certain; whatever is
//! not certain it calls unknown.
//!
//! A channel implements the trait `Channel` (`channel.rs`) in a folder of its own, with its server for tests; this file opens it.

mod channel;
mod commands;
mod email;
mod http;
mod max;
mod message;
mod outcome;
mod phone;
mod rate_limiter;
mod sliding_windows;
mod telegram;
mod terminal;
mod text;
mod vk;
mod webhook;

#[cfg(test)]
mod tests;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use config::ChannelKind;
use model::Clock;

use channel::{Channel, Presses, no_buttons, no_edits};
pub use max::parse_updates as parse_max_updates;
pub use message::{Attachment, Button, Event, MAX_ACTION_BYTES, Message, Press};
pub use outcome::{ChannelError, DeliveryOutcome, Reason};
use sliding_windows::{Limit, Limits, SlidingWindows};
pub use telegram::parse_updates as parse_telegram_updates;
pub use terminal::Print;
pub use vk::parse_answer as parse_vk_answer;

/// Answers to people who are not in `people.toml`: apart from the limits of the bot, of which messages to our own people need all. More
/// from strangers stays unanswered; in a group they leave most of its 20 messages a minute to alerts.
const STRANGERS: Limits = Limits {
    all: &[Limit { messages: 10, within: Duration::from_secs(60) }],
    chat: &[Limit { messages: 2, within: Duration::from_secs(60) }],
    group: &[],
};

/// The channels that the configuration switches on.
pub struct Channels {
    opened: Vec<Opened>,
    strangers: Mutex<SlidingWindows>,
    clock: Clock,
}

/// A channel that is switched on, or why it cannot be used.
struct Opened {
    kind: ChannelKind,
    /// Of a kind with several channels, which one: the address that its messages bear.
    name: Option<String>,
    channel: Result<Box<dyn Channel>, String>,
}

impl Opened {
    fn new<C: Channel + 'static>(kind: ChannelKind, channel: Result<C, String>) -> Opened {
        Opened { kind, name: None, channel: channel.map(|channel| Box::new(channel) as Box<dyn Channel>) }
    }
}

/// Opens the channels of a kind: mostly one or none, since most kinds have one section.
fn open(kind: ChannelKind, settings: &config::Channels, clock: &Clock, print: Option<Print>) -> Vec<Opened> {
    let clock = || Clock::clone(clock);
    let one = match kind {
        ChannelKind::Telegram => {
            settings.telegram.as_ref().map(|bot| Opened::new(kind, telegram::Telegram::open(bot, clock())))
        }
        ChannelKind::Email => {
            settings.email.as_ref().map(|email| Opened::new(kind, email::Email::open(email, clock())))
        }
        ChannelKind::Vk => settings.vk.as_ref().map(|vk| Opened::new(kind, vk::Vk::open(vk, clock()))),
        ChannelKind::Max => settings.max.as_ref().map(|bot| Opened::new(kind, max::Max::open(bot, clock()))),
        ChannelKind::Sms => settings.sms.as_ref().map(|gateway| Opened::new(kind, phone::Phone::open(kind, gateway))),
        ChannelKind::Call => settings.call.as_ref().map(|gateway| Opened::new(kind, phone::Phone::open(kind, gateway))),
        ChannelKind::Webhook => {
            let named = |webhook: &config::Webhook| Opened {
                name: Some(webhook.name.clone()),
                ..Opened::new(kind, webhook::Webhook::open(webhook, clock()))
            };
            return settings.webhooks.iter().map(named).collect();
        }
        ChannelKind::Terminal => print.map(|print| Opened::new(kind, Ok(terminal::Terminal { print }))),
    };
    one.into_iter().collect()
}

/// A channel of a kind and its server, for the promises of `tests/contract.rs`.
#[cfg(test)]
async fn lab(kind: ChannelKind) -> tests::Lab {
    match kind {
        ChannelKind::Telegram => telegram::tests::lab().await,
        ChannelKind::Email => email::tests::lab().await,
        ChannelKind::Vk => vk::tests::lab().await,
        ChannelKind::Max => max::tests::lab().await,
        ChannelKind::Sms | ChannelKind::Call => phone::tests::lab(kind).await,
        ChannelKind::Webhook => webhook::tests::lab().await,
        ChannelKind::Terminal => terminal::tests::lab().await,
    }
}

impl Channels {
    /// Opens what is switched on and reads its secrets. A channel that cannot be used refuses its messages, so that they go
    /// another way, and is listed by [`Channels::troubles`]. Without `print` there is no terminal.
    pub fn open(settings: &config::Channels, clock: Clock, print: Option<Print>) -> Channels {
        let opened = ChannelKind::ALL.into_iter().flat_map(|kind| open(kind, settings, &clock, print)).collect();
        Channels { opened, strangers: Mutex::new(SlidingWindows::new(STRANGERS)), clock }
    }

    /// The channels that are switched on and cannot be used, each with the reason in Russian.
    pub fn troubles(&self) -> Vec<(ChannelKind, String)> {
        let trouble = |opened: &Opened| Some((opened.kind, opened.channel.as_ref().err()?.clone()));
        self.opened.iter().filter_map(trouble).collect()
    }

    /// How long the channel's own limits hold back a message to `to`; none: it may go now. To be asked before an attempt is noted.
    pub fn wait(&self, kind: ChannelKind, to: &str) -> Option<Duration> {
        self.channel(kind, to).ok()?.wait(to)
    }

    /// Tries to send a message, once.
    pub async fn send(&self, kind: ChannelKind, message: &Message) -> DeliveryOutcome {
        let outcome = match self.channel(kind, &message.to) {
            Ok(channel) => channel.send(message).await,
            Err(reason) => reason.refused(),
        };
        if let Some(reason) = outcome.reason() {
            tracing::debug!(channel = kind.as_str(), key = message.key, outcome = reason.name, "message not accepted");
        }
        outcome
    }

    /// Replaces the text and the buttons of a message that was accepted, without a new notification.
    pub async fn update(&self, kind: ChannelKind, message_id: &str, message: &Message) -> DeliveryOutcome {
        if !kind.can_edit() {
            return no_edits().refused();
        }
        match self.channel(kind, &message.to) {
            Ok(channel) => channel.update(message_id, message).await,
            Err(reason) => reason.refused(),
        }
    }

    /// Buttons pressed and commands written since `after`, and the next `after`, which confirms them and is to be stored together
    /// with their effect. Waits for news up to `channel::LONG_POLL`. Only one process at a time may ask.
    pub async fn presses(&self, kind: ChannelKind, after: Option<i64>) -> Presses {
        if !kind.has_buttons() {
            return Err(no_buttons().into());
        }
        self.channel(kind, "")?.presses(after).await
    }

    /// Tells the user who pressed a button what came of it, or answers a command. Nothing depends on whether it arrives.
    pub async fn answer(&self, press: &Press, text: &str) {
        if !press.kind.has_buttons() {
            return;
        }
        let answered = match self.channel(press.kind, &press.chat) {
            Ok(channel) => channel.answer(press, text).await,
            Err(reason) => reason.refused(),
        };
        if let Some(reason) = answered.reason() {
            tracing::warn!(channel = press.kind.as_str(), outcome = reason.name, "a press is not answered");
        }
    }

    /// The same for somebody whom the configuration does not know, as long as the budget for strangers allows.
    pub async fn answer_stranger(&self, press: &Press, text: &str) {
        let now = (self.clock)();
        let turn = self.strangers.lock().unwrap_or_else(PoisonError::into_inner).acquire(&press.chat, now);
        match turn {
            Ok(()) => self.answer(press, text).await,
            Err(_) => tracing::debug!(channel = press.kind.as_str(), "a stranger is not answered: too many of them"),
        }
    }

    /// The channel that takes messages to an address.
    fn channel(&self, kind: ChannelKind, to: &str) -> Result<&dyn Channel, Reason> {
        let serves = |opened: &&Opened| opened.kind == kind && opened.name.as_ref().is_none_or(|name| name == to);
        match self.opened.iter().find(serves).map(|opened| &opened.channel) {
            Some(Ok(channel)) => Ok(channel.as_ref()),
            Some(Err(words)) => Err(Reason::new("not_ready", words.clone())),
            None => Err(Reason::new("off", "канал не включён в channels.toml")),
        }
    }
}

/// What `otklik check` says of channels that are switched on and would refuse everything: in Russian, with the section.
pub fn warnings(settings: &config::Channels) -> Vec<String> {
    let missing = |(section, secret): (String, &config::Secret)| {
        let error = secret.read().err()?;
        Some(format!("channels.toml, {section}: {error}; канал не заработает, пока секрета нет"))
    };
    let unreadable = |(section, path)| {
        let error = http::authorities(path).err()?;
        Some(format!("channels.toml, {section}: {error}"))
    };
    let secrets = settings.secrets().into_iter().filter_map(missing);
    secrets.chain(settings.ca_files().into_iter().filter_map(unreadable)).collect()
}
