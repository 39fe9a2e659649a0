//! What every channel can be asked to do, whatever protocol it speaks.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};

use super::message::{Message, Press};
use super::outcome::{ChannelError, DeliveryOutcome, Reason};

/// How long a bot's request for news is held open.
pub const LONG_POLL: Duration = Duration::from_secs(25);

/// Presses and commands in their order, and the position that confirms them.
pub type Presses = Result<(Vec<Press>, Option<i64>), ChannelError>;

/// A channel that is switched on, opened with its settings and secrets.
pub trait Channel: Send + Sync {
    /// How long the channel's own limits hold back a message to `to`; none: it may go now.
    fn wait(&self, _to: &str) -> Option<Duration> {
        None
    }

    /// Tries to send a message, once.
    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, DeliveryOutcome>;

    /// Replaces the text and the buttons of a message that was accepted, without a new notification.
    fn update<'a>(&'a self, _message_id: &'a str, _message: &'a Message) -> BoxFuture<'a, DeliveryOutcome> {
        ready(no_edits().refused()).boxed()
    }

    /// What was pressed and written since `after`.
    fn presses(&self, _after: Option<i64>) -> BoxFuture<'_, Presses> {
        ready(Err(no_buttons().into())).boxed()
    }

    /// Tells the user who pressed a button what came of it, or answers a command.
    fn answer<'a>(&'a self, _press: &'a Press, _text: &'a str) -> BoxFuture<'a, DeliveryOutcome> {
        ready(no_buttons().refused()).boxed()
    }
}

/// The channel cannot change what it delivered.
pub fn no_edits() -> Reason {
    Reason::new("no_edits", "канал не умеет менять отправленное")
}

/// Nothing can be pressed on this channel.
pub fn no_buttons() -> Reason {
    Reason::new("no_buttons", "у канала нет кнопок")
}
