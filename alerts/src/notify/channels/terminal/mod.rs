//! The terminal of the running instance.

#[cfg(test)]
pub mod tests;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};

use super::channel::Channel;
use super::message::Message;
use super::outcome::DeliveryOutcome;

/// Prints a message.
pub type Print = fn(&Message);

pub struct Terminal {
    pub print: Print,
}

impl Channel for Terminal {
    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, DeliveryOutcome> {
        (self.print)(message);
        ready(DeliveryOutcome::Accepted { message_id: None }).boxed()
    }
}
