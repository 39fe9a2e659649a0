//! Messages that were not accepted, or that nobody knows the fate of.

use std::sync::atomic::Ordering;

use config::ChannelKind;
use model::{Level, TaggedPost, Tags, Time};

use super::centre::{CHANNELS, Centre, PEOPLE, START, post, with_people};
use crate::notify::channels::DeliveryOutcome;

#[test]
fn a_deletion_takes_the_text_out_of_alert_and_outbox_and_stays() {
    let mut centre = Centre::new();
    let gone = post(1, Some("mira"), Some(Level::High));
    centre.take(&[gone.clone(), post(2, Some("mira"), Some(Level::High))]);
    centre.pass(61);
    let tombstone = gone.post.tombstone(Time::from_second(START + 60).unwrap());
    centre.take(&[TaggedPost { post: tombstone, tags: Tags { rules: 1, ..Tags::default() } }, gone]);
    assert_eq!(centre.list()[0].posts, 1);
    let far = Time::from_second(START + 1_000_000_000).unwrap();
    let sent = format!("{:?}", centre.alerts.due(far).unwrap());
    assert!(!sent.contains("Тревожный текст 1") && sent.contains("Тревожный текст 2"), "{sent}");
}

#[test]
fn a_message_that_was_not_accepted_goes_again_under_its_key_with_growing_pauses() {
    let mut centre = Centre::new();
    centre.take(&[post(1, Some("mira"), Some(Level::High))]);
    centre.pass(61);
    let refused = DeliveryOutcome::Later {
        after: None,
        reason: crate::notify::channels::Reason { name: "http", words: "HTTP 500".into() },
    };
    let mut pauses = Vec::new();
    for _ in 0..12 {
        let due = centre.alerts.due(centre.now()).unwrap();
        assert_eq!(due.len(), 1);
        centre.alerts.note_attempt(&due[0].key, centre.now()).unwrap();
        centre.alerts.note_outcome(&due[0], &refused, centre.now()).unwrap();
        let waits = (0..).find(|wait| {
            let then = Time::from_second(centre.now().as_second() + wait).unwrap();
            !centre.alerts.due(then).unwrap().is_empty()
        });
        pauses.push(waits.unwrap());
        centre.now.fetch_add(waits.unwrap(), Ordering::Relaxed);
    }
    assert_eq!(pauses, [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600]);
    centre.send();
    assert_eq!((centre.keys().len(), centre.alerts.outbox().unwrap().sent), (0, 1));
}

#[test]
fn a_try_that_was_killed_in_the_middle_goes_again_under_its_key() {
    let mut centre = Centre::new();
    centre.take(&[post(1, Some("mira"), Some(Level::High))]);
    centre.pass(61);
    let first = centre.alerts.due(centre.now()).unwrap().remove(0);
    assert!(!first.unknown);
    centre.alerts.note_attempt(&first.key, centre.now()).unwrap();
    centre.now.fetch_add(10, Ordering::Relaxed);
    let again = centre.alerts.due(centre.now()).unwrap().remove(0);
    assert_eq!((again.key, again.unknown), (first.key, true));
}

#[test]
fn a_channel_that_refuses_is_passed_over_and_raises_an_alert_of_its_own() {
    let mut centre = Centre::with(&[("people.toml", PEOPLE), ("channels.toml", CHANNELS)]);
    centre.take(&[post(1, Some("mira"), Some(Level::Critical))]);
    centre.pass(1);
    let due = centre.alerts.due(centre.now()).unwrap();
    let bot = due.iter().find(|delivery| delivery.contact.channel == ChannelKind::Telegram).unwrap();
    centre.alerts.note_attempt(&bot.key, centre.now()).unwrap();
    let blocked = DeliveryOutcome::Refused {
        reason: crate::notify::channels::Reason { name: "blocked", words: "бот заблокирован".into() },
    };
    centre.alerts.note_outcome(bot, &blocked, centre.now()).unwrap();
    let due = centre.alerts.due(centre.now()).unwrap();
    let other = due.iter().find(|delivery| delivery.contact.channel == ChannelKind::Email).unwrap();
    assert_eq!((other.person.as_deref(), other.rank, &other.letter), (Some("anna"), 1, &bot.letter));
    let system = centre.list().into_iter().find(|alert| alert.rule == "system").unwrap();
    assert_eq!(system.headline, "Не доставляет: Telegram");
    // The last address refuses too: that cannot be overlooked.
    centre.alerts.note_attempt(&other.key, centre.now()).unwrap();
    centre.alerts.note_outcome(other, &blocked, centre.now()).unwrap();
    let counts = centre.alerts.outbox().unwrap();
    assert_eq!((counts.undelivered, counts.critical_late), (1, 1));
    assert_eq!(centre.list().iter().filter(|alert| alert.rule == "system").count(), 2);
}

#[test]
fn telegram_has_no_key_so_a_critical_message_is_repeated_and_another_left_unconfirmed() {
    let lost = || DeliveryOutcome::Unknown {
        reason: crate::notify::channels::Reason { name: "lost", words: "ответ потерян".into() },
    };
    for (level, unconfirmed) in [(Level::Critical, 0), (Level::High, 1)] {
        let mut centre = with_people();
        centre.take(&[post(1, Some("mira"), Some(level))]);
        centre.pass(1);
        let due = centre.alerts.due(centre.now()).unwrap();
        let bot = due.iter().find(|delivery| delivery.contact.channel == ChannelKind::Telegram).unwrap();
        centre.alerts.note_attempt(&bot.key, centre.now()).unwrap();
        centre.alerts.note_outcome(bot, &lost(), centre.now()).unwrap();
        assert_eq!(centre.alerts.outbox().unwrap().unconfirmed, unconfirmed, "{level:?}");
        centre.now.fetch_add(60, Ordering::Relaxed);
        let again = centre.alerts.due(centre.now()).unwrap();
        let again = again.iter().find(|delivery| delivery.key == bot.key);
        assert_eq!(again.map(|delivery| delivery.message().repeat), (level == Level::Critical).then_some(true));
    }
}
