//! Each channel against a server that keeps its platform's documented limits and fails as told. The clock is the test's.

mod bot_api;
mod email;
mod hostile;
mod max;
mod net;
mod smtp;
mod telegram;
mod vk;
mod webhook;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use config::Secret;
use model::{Clock, Time};

use super::*;

/// A clock that stands still until it is told.
#[derive(Clone)]
struct TestClock(Arc<AtomicI64>);

impl TestClock {
    fn new() -> TestClock {
        TestClock(Arc::new(AtomicI64::new(1_790_000_000_000)))
    }

    fn now(&self) -> Time {
        Time::from_millisecond(self.0.load(Ordering::Relaxed)).unwrap()
    }

    fn pass(&self, by: Duration) {
        // A wait is kept to the nanosecond, and the clock counts milliseconds.
        self.0.fetch_add(by.as_nanos().div_ceil(1_000_000) as i64, Ordering::Relaxed);
    }

    fn clock(&self) -> Clock {
        let clock = self.clone();
        Arc::new(move || clock.now())
    }
}

/// A secret in a file of its own, which the folder keeps.
fn secret(folder: &tempfile::TempDir, content: &str) -> Secret {
    let path = folder.path().join(format!("secret-{}", content.len()));
    std::fs::write(&path, format!("{content}\n")).unwrap();
    Secret::File(path)
}

fn message(to: &str) -> Message {
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

fn page() -> Attachment {
    Attachment {
        name: "Сводка 2026-09-21.html".into(),
        media_type: "text/html; charset=utf-8".into(),
        content: "<p>Сводка</p>".repeat(100).into_bytes(),
    }
}

/// The name of an outcome and what it means.
fn told(outcome: &Outcome) -> (&'static str, &'static str) {
    let name = outcome.reason().map_or("", |reason| reason.name);
    match outcome {
        Outcome::Accepted { .. } => ("accepted", name),
        Outcome::Later { .. } => ("later", name),
        Outcome::Refused { .. } => ("refused", name),
        Outcome::Unknown { .. } => ("unknown", name),
    }
}

fn id(outcome: Outcome) -> String {
    match outcome {
        Outcome::Accepted { message_id: Some(id) } => id,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_channel_that_is_off_or_lacks_its_secret_refuses() {
    let settings = config::Channels {
        vk: Some(config::VkCommunity {
            token: Secret::Env("OTKLIK_TEST_NO_SUCH_VARIABLE".into()),
            api: "http://127.0.0.1:1".into(),
            proxy: None,
        }),
        ..config::Channels::default()
    };
    let channels = Channels::open(&settings, TestClock::new().clock(), None);
    assert_eq!(told(&channels.send(ChannelKind::Vk, &message("1")).await), ("refused", "not_ready"));
    for kind in [ChannelKind::Telegram, ChannelKind::Webhook, ChannelKind::Terminal] {
        assert_eq!(told(&channels.send(kind, &message("1")).await), ("refused", "off"));
    }
    assert_eq!(channels.presses(ChannelKind::Email, None).await.unwrap_err().reason.name, "no_buttons");
    let troubles = channels.troubles();
    assert_eq!(troubles.len(), 1);
    assert!(troubles[0].1.contains("OTKLIK_TEST_NO_SUCH_VARIABLE"), "{troubles:?}");
    let warnings = warnings(&settings);
    assert!(warnings.len() == 1 && warnings[0].starts_with("channels.toml, [vk]: "), "{warnings:?}");
}
