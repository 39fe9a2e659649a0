//! The terminal.

use std::cell::RefCell;

use config::ChannelKind;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};

use crate::notify::channels::Channels;
use crate::notify::channels::message::Message;
use crate::notify::channels::tests::{Lab, Received, Server, TestClock};

thread_local! {
    /// What was printed; a test and all its tasks have one thread.
    static PRINTED: RefCell<Vec<Received>> = const { RefCell::new(Vec::new()) };
}

fn print(message: &Message) {
    let (subject, text) = (message.subject.clone(), message.text.clone());
    PRINTED.with_borrow_mut(|printed| printed.push(Received { key: Some(message.key.clone()), subject, text }));
}

/// For the promises that every channel makes.
pub async fn lab() -> Lab {
    PRINTED.with_borrow_mut(Vec::clear);
    let clock = TestClock::new();
    Lab {
        kind: ChannelKind::Terminal,
        channels: Channels::open(&config::Channels::default(), clock.clock(), Some(print)),
        away: None,
        lossy: None,
        without_secret: None,
        secret: "",
        to: String::new(),
        clock,
        server: Box::new(Printed),
        _folder: tempfile::tempdir().unwrap(),
    }
}

struct Printed;

impl Server for Printed {
    fn received(&mut self, _: usize) -> BoxFuture<'_, Vec<Received>> {
        ready(PRINTED.with_borrow(Vec::clone)).boxed()
    }
}
