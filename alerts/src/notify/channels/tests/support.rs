//! Messages, clocks and secrets for the tests of channels.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use config::{ChannelKind, Secret};
use futures_util::future::BoxFuture;
use model::{Clock, Time};

use crate::notify::channels::Channels;
use crate::notify::channels::message::{Attachment, Button, Event, Message};
use crate::notify::channels::outcome::DeliveryOutcome;

/// A clock that stands still until it is told.
#[derive(Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub fn new() -> TestClock {
        TestClock(Arc::new(AtomicI64::new(1_790_000_000_000)))
    }

    pub fn now(&self) -> Time {
        Time::from_millisecond(self.0.load(Ordering::Relaxed)).unwrap()
    }

    pub fn pass(&self, by: Duration) {
        // A wait is kept to the nanosecond, and the clock counts milliseconds.
        self.0.fetch_add(by.as_nanos().div_ceil(1_000_000) as i64, Ordering::Relaxed);
    }

    pub fn clock(&self) -> Clock {
        let clock = self.clone();
        Arc::new(move || clock.now())
    }
}

/// A channel of a kind and a server of its platform, for the promises that every channel makes.
pub struct Lab {
    pub kind: ChannelKind,
    /// The channel at its server.
    pub channels: Channels,
    /// The same where nobody listens; none: it connects to nothing.
    pub away: Option<Channels>,
    /// The same with answers that get lost, and the address to use; none: it has no answers.
    pub lossy: Option<(Channels, String)>,
    /// The same with [`missing_secret`]; none: it needs no secret.
    pub without_secret: Option<config::Channels>,
    /// What must never be shown.
    pub secret: &'static str,
    /// An address that the server accepts.
    pub to: String,
    pub clock: TestClock,
    pub server: Box<dyn Server>,
    /// Where its secrets are, for as long as it is used.
    pub _folder: tempfile::TempDir,
}

/// The server of a channel.
pub trait Server {
    /// Everything that arrived, in its order, once `sent` messages have been sent. Of one sent twice it may keep one.
    fn received(&mut self, sent: usize) -> BoxFuture<'_, Vec<Received>>;
}

/// A message as its receiver sees it.
#[derive(Debug, Clone)]
pub struct Received {
    /// By which a duplicate is recognised, if by anything.
    pub key: Option<String>,
    pub subject: String,
    pub text: String,
}

/// A secret in a file of its own, which the folder keeps.
pub fn secret(folder: &tempfile::TempDir, content: &str) -> Secret {
    let path = folder.path().join(format!("secret-{}", content.len()));
    std::fs::write(&path, format!("{content}\n")).unwrap();
    Secret::File(path)
}

/// A secret that is not there.
pub fn missing_secret() -> Secret {
    Secret::Env("OTKLIK_TEST_NO_SUCH_VARIABLE".into())
}

pub fn message(to: &str) -> Message {
    Message {
        key: "alert:fire:vk:-1_2:high".into(),
        to: to.into(),
        event: Event::Alert,
        subject: "Пожар: ул. Мира, 5 <3 & «дым»".into(),
        text: "14 публикаций, 9 авторов с 21:40\n«горит подъезд» https://vk.com/wall-1_2?a=1&b=2".into(),
        html: None,
        buttons: vec![
            Button {
                label: "Принято".into(),
                action: "ack:42".into(),
                url: Some("https://otklik.example/a?t=1&k=2".into()),
            },
            Button {
                label: "Ложная".into(),
                action: "false:42".into(),
                url: Some("https://otklik.example/f?t=1".into()),
            },
        ],
        critical: true,
        repeat: false,
        payload: serde_json::json!({ "id": "42" }),
        attachment: None,
    }
}

pub fn page() -> Attachment {
    Attachment {
        name: "Сводка 2026-09-21.html".into(),
        media_type: "text/html; charset=utf-8".into(),
        content: "<p>Сводка</p>".repeat(100).into_bytes(),
    }
}

/// What an outcome means, and its name.
pub fn told(outcome: &DeliveryOutcome) -> (&'static str, &'static str) {
    let name = outcome.reason().map_or("", |reason| reason.name);
    match outcome {
        DeliveryOutcome::Accepted { .. } => ("accepted", name),
        DeliveryOutcome::Later { .. } => ("later", name),
        DeliveryOutcome::Refused { .. } => ("refused", name),
        DeliveryOutcome::Unknown { .. } => ("unknown", name),
    }
}

pub fn id(outcome: DeliveryOutcome) -> String {
    match outcome {
        DeliveryOutcome::Accepted { message_id: Some(id) } => id,
        other => panic!("{other:?}"),
    }
}
