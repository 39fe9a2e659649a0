//! What every channel promises. Each promise is a test, which asks every kind of channel and names all that break it.

use std::any::Any;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use config::ChannelKind;
use futures_util::FutureExt;

use super::support::{Lab, TestClock, message, told};
use crate::notify::channels::message::Message;
use crate::notify::channels::outcome::DeliveryOutcome;
use crate::notify::channels::{Channels, lab, warnings};

/// A promise that takes longer than this is broken.
const PATIENCE: Duration = Duration::from_secs(60);

/// Asks every kind of channel, whether or not those before it broke the promise.
async fn every_channel(promise: impl AsyncFn(&mut Lab)) {
    let mut broken = String::new();
    for kind in ChannelKind::ALL {
        let kept = AssertUnwindSafe(async { promise(&mut lab(kind).await).await }).catch_unwind();
        let why = match tokio::time::timeout(PATIENCE, kept).await {
            Ok(Ok(())) => continue,
            Ok(Err(panic)) => words(panic.as_ref()),
            Err(_) => "it did not end".to_owned(),
        };
        let _ = writeln!(broken, "{}: {why}", kind.as_str());
    }
    assert!(broken.is_empty(), "broken by\n{broken}");
}

/// What a panic says.
fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

/// Sends a message that must be accepted, when its turn has come.
async fn deliver(lab: &Lab, message: &Message) -> Option<String> {
    if let Some(wait) = lab.channels.wait(lab.kind, &message.to) {
        lab.clock.pass(wait);
    }
    match lab.channels.send(lab.kind, message).await {
        DeliveryOutcome::Accepted { message_id } => message_id,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_message_arrives_with_its_subject_and_its_text() {
    every_channel(async |lab| {
        let message = message(&lab.to);
        deliver(lab, &message).await;
        let received = lab.server.received(1).await;
        assert_eq!(received.len(), 1);
        assert_eq!(received[0].subject, message.subject);
        assert!(lab.kind.is_brief() || received[0].text.contains(&message.text), "{received:?}");
    })
    .await;
}

#[tokio::test]
async fn a_message_sent_twice_is_recognised_by_its_key_or_marked() {
    every_channel(async |lab| {
        let message = message(&lab.to);
        let other = Message { key: "another".into(), ..message.clone() };
        for sent in [&message, &Message { repeat: true, ..message.clone() }, &other] {
            deliver(lab, sent).await;
        }
        let received = lab.server.received(3).await;
        if lab.kind.is_idempotent() {
            let keys: BTreeSet<_> = received.iter().map(|received| received.key.clone().unwrap()).collect();
            assert_eq!(keys.len(), 2, "{received:?}");
            assert!(received.iter().all(|received| received.subject == message.subject), "{received:?}");
        } else {
            let subjects: Vec<&str> = received.iter().map(|received| received.subject.as_str()).collect();
            assert_eq!(subjects, [&message.subject, &format!("Повтор: {}", message.subject), &message.subject]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_text_of_any_length_is_accepted() {
    every_channel(async |lab| {
        let text = "Очень длинно & <подробно> 👩‍🚒.\n".repeat(300);
        deliver(lab, &Message { text, ..message(&lab.to) }).await;
    })
    .await;
}

#[tokio::test]
async fn a_lost_answer_is_unknown() {
    every_channel(async |lab| {
        let Some((channels, to)) = &lab.lossy else { return };
        let outcome = channels.send(lab.kind, &message(to)).await;
        assert_eq!(told(&outcome).0, "unknown", "{outcome:?}");
        assert_eq!(lab.server.received(1).await.len(), 1, "it was delivered all the same");
    })
    .await;
}

#[tokio::test]
async fn where_nobody_listens_a_message_goes_later() {
    every_channel(async |lab| {
        let Some(channels) = &lab.away else { return };
        assert_eq!(told(&channels.send(lab.kind, &message(&lab.to)).await), ("later", "no_connection"));
        assert_eq!(lab.server.received(0).await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_channel_that_is_off_refuses_and_is_no_trouble() {
    every_channel(async |lab| {
        let channels = Channels::open(&config::Channels::default(), TestClock::new().clock(), None);
        assert_eq!(told(&channels.send(lab.kind, &message(&lab.to)).await), ("refused", "off"));
        assert_eq!(channels.wait(lab.kind, &lab.to), None);
        assert_eq!(channels.troubles(), []);
    })
    .await;
}

#[tokio::test]
async fn a_channel_without_its_secret_refuses_and_is_named() {
    every_channel(async |lab| {
        let Some(settings) = &lab.without_secret else { return };
        let channels = Channels::open(settings, TestClock::new().clock(), None);
        assert_eq!(told(&channels.send(lab.kind, &message(&lab.to)).await), ("refused", "not_ready"));
        let troubles = channels.troubles();
        assert!(troubles.len() == 1 && troubles[0].0 == lab.kind, "{troubles:?}");
        assert!(troubles[0].1.contains("OTKLIK_TEST_NO_SUCH_VARIABLE"), "{troubles:?}");
        let warnings = warnings(settings);
        assert!(warnings.len() == 1 && warnings[0].starts_with("channels.toml, ["), "{warnings:?}");
        assert!(warnings[0].contains(lab.kind.as_str()), "{warnings:?}");
    })
    .await;
}

#[tokio::test]
async fn a_secret_is_never_shown() {
    every_channel(async |lab| {
        let mut shown = String::new();
        if let Some(channels) = &lab.away {
            let _ = write!(shown, "{:?}", channels.send(lab.kind, &message(&lab.to)).await);
            let _ = write!(shown, "{:?}", channels.update(lab.kind, "1", &message(&lab.to)).await);
            let _ = write!(shown, "{:?}", channels.presses(lab.kind, None).await);
        }
        if let Some((channels, to)) = &lab.lossy {
            let _ = write!(shown, "{:?}", channels.send(lab.kind, &message(to)).await);
        }
        assert!(lab.secret.is_empty() || !shown.contains(lab.secret), "{shown}");
    })
    .await;
}

#[tokio::test]
async fn a_message_that_must_wait_is_not_sent_before_its_turn() {
    every_channel(async |lab| {
        let message = message(&lab.to);
        let mut sent = 0;
        // No channel of ours is allowed more at one moment to one address.
        let wait = loop {
            match lab.channels.wait(lab.kind, &lab.to) {
                Some(wait) => break wait,
                None if sent == 21 => return,
                None => sent += 1,
            }
            let message = Message { key: sent.to_string(), ..message.clone() };
            assert_eq!(told(&lab.channels.send(lab.kind, &message).await), ("accepted", ""));
        };
        assert_eq!(told(&lab.channels.send(lab.kind, &message).await), ("later", "paced"));
        assert_eq!(lab.server.received(sent).await.len(), sent);
        lab.clock.pass(wait);
        assert_eq!(told(&lab.channels.send(lab.kind, &message).await), ("accepted", ""));
    })
    .await;
}

#[tokio::test]
async fn a_channel_changes_messages_if_its_kind_says_so() {
    every_channel(async |lab| {
        let id = deliver(lab, &message(&lab.to)).await;
        lab.clock.pass(Duration::from_secs(2));
        let grown = Message { text: "ещё 14 публикаций".into(), ..message(&lab.to) };
        let outcome = lab.channels.update(lab.kind, &id.unwrap_or_default(), &grown).await;
        let text = lab.server.received(1).await[0].text.clone();
        match lab.kind.can_edit() {
            true => assert_eq!((told(&outcome), text.contains(&grown.text)), (("accepted", ""), true)),
            false => assert_eq!((told(&outcome), text.contains(&grown.text)), (("refused", "no_edits"), false)),
        }
    })
    .await;
}

#[tokio::test]
async fn a_channel_reports_presses_if_its_kind_says_so() {
    every_channel(async |lab| {
        let presses = lab.channels.presses(lab.kind, Some(5)).await;
        match lab.kind.has_buttons() {
            // Nothing new: the same position again.
            true => assert_eq!(presses, Ok((Vec::new(), Some(5)))),
            false => assert_eq!(presses.unwrap_err().reason.name, "no_buttons"),
        }
    })
    .await;
}
