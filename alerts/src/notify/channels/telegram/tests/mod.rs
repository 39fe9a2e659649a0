//! The Telegram bot.

mod bot_api;

use std::collections::VecDeque;
use std::time::Duration;

use bot_api::{BotApi, TOKEN};
use config::ChannelKind;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};

use crate::notify::channels::message::{Attachment, Message, Press};
use crate::notify::channels::tests::{
    Lab, Received, Server, TestClock, id, lossy, message, missing_secret, nobody, page, secret, told,
};
use crate::notify::channels::{Channels, DeliveryOutcome};

fn settings(base: &str, token: config::Secret) -> config::Channels {
    let bot = config::TelegramBot { token, api: base.to_owned(), proxy: None };
    config::Channels { telegram: Some(bot), ..config::Channels::default() }
}

fn channels(base: &str, clock: &TestClock, folder: &tempfile::TempDir) -> Channels {
    Channels::open(&settings(base, secret(folder, TOKEN)), clock.clock(), None)
}

/// For the promises that every channel makes.
pub async fn lab() -> Lab {
    let (api, channels, clock, folder) = start().await;
    Lab {
        kind: KIND,
        channels,
        away: Some(self::channels(&nobody().await, &clock, &folder)),
        lossy: Some((self::channels(&lossy(&api.base).await, &clock, &folder), "77".into())),
        without_secret: Some(settings(&api.base, missing_secret())),
        secret: &TOKEN[10..],
        to: "77".into(),
        clock,
        server: Box::new(api),
        _folder: folder,
    }
}

impl Server for BotApi {
    fn received(&mut self, _: usize) -> BoxFuture<'_, Vec<Received>> {
        let state = self.state();
        let received = state.shown.values().map(|shown| {
            let (subject, text) = shown.text.split_once("\n\n").unwrap();
            Received { key: None, subject: subject.into(), text: text.into() }
        });
        ready(received.collect()).boxed()
    }
}

async fn start() -> (BotApi, Channels, TestClock, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let clock = TestClock::new();
    let api = BotApi::start(&clock).await;
    let channels = channels(&api.base, &clock, &folder);
    (api, channels, clock, folder)
}

const KIND: ChannelKind = ChannelKind::Telegram;

#[tokio::test]
async fn a_message_arrives_with_its_buttons_and_a_press_comes_back_once() {
    let (api, channels, _, _folder) = start().await;
    let number = id(channels.send(KIND, &message("77")).await).parse().unwrap();
    let shown = api.state().shown[&number].clone();
    assert_eq!(shown.text, format!("{}\n\n{}", message("77").subject, message("77").text));
    assert_eq!(shown.buttons[0], ("Принято".to_owned(), "ack:42".to_owned()));

    let pressed = api.press(500, number, "Ложная");
    api.write(501, "/start@otklik_bot из рекламы");
    api.write(502, "просто текст, который никого не касается");
    let (presses, next) = channels.presses(KIND, None).await.unwrap();
    let press = Press {
        kind: KIND,
        from: "500".into(),
        chat: "77".into(),
        direct: false,
        action: "false:42".into(),
        id: Some(pressed.clone()),
    };
    let (from, chat) = ("501".to_owned(), "501".to_owned());
    let command = Press { kind: KIND, from, chat, direct: true, action: "/start".into(), id: None };
    assert_eq!(presses, [press.clone(), command.clone()]);
    // Not stored, not confirmed: the same again. Then they are gone for good.
    assert_eq!(channels.presses(KIND, None).await.unwrap().0.len(), 2);
    assert_eq!(channels.presses(KIND, next).await.unwrap(), (Vec::new(), next));
    assert!(api.state().updates.is_empty());

    channels.answer(&press, &"отмечено ".repeat(100)).await;
    channels.answer(&command, "номер вашего чата: 501").await;
    assert!(api.state().answers[&pressed].starts_with("отмечено отмечено"));
    assert!(api.state().shown.values().any(|shown| shown.chat == 501 && shown.text == "номер вашего чата: 501"));
}

#[tokio::test]
async fn an_edit_changes_the_same_message_and_an_unchanged_one_is_fine() {
    let (api, channels, clock, _folder) = start().await;
    let id = id(channels.send(KIND, &message("77")).await);
    let mut grown = message("77");
    grown.text = "ещё 14 публикаций".into();
    grown.buttons.clear();
    for _ in 0..2 {
        clock.pass(Duration::from_secs(2));
        assert_eq!(told(&channels.update(KIND, &id, &grown).await).0, "accepted");
    }
    {
        let state = api.state();
        let shown = &state.shown[&id.parse().unwrap()];
        assert!(shown.text.ends_with("\n\nещё 14 публикаций") && shown.buttons.is_empty() && state.shown.len() == 1);
    }
    clock.pass(Duration::from_secs(2));
    assert_eq!(told(&channels.update(KIND, "999", &grown).await), ("refused", "telegram_no_message"));
}

#[tokio::test]
async fn a_long_text_is_cut_and_a_file_is_sent_in_the_same_call() {
    let (api, channels, clock, _folder) = start().await;
    let mut long = message("77");
    long.text = "Очень длинно & <подробно> 👩‍🚒.\n".repeat(400);
    let plain = id(channels.send(KIND, &long).await).parse().unwrap();
    clock.pass(Duration::from_secs(2));
    long.attachment = Some(page());
    let filed = id(channels.send(KIND, &long).await).parse().unwrap();
    let state = api.state();
    assert!(state.shown[&plain].text.ends_with('…') && state.shown[&plain].text.encode_utf16().count() > 3900);
    let shown = &state.shown[&filed];
    assert!(shown.text.ends_with('…') && shown.buttons.len() == 2);
    assert_eq!(shown.file, Some((page().name, page().content)));
}

#[tokio::test]
async fn a_repeat_is_marked() {
    let (api, channels, _, _folder) = start().await;
    let repeated = Message { repeat: true, ..message("77") };
    let number = id(channels.send(KIND, &repeated).await).parse().unwrap();
    assert!(api.state().shown[&number].text.starts_with("Повтор: Пожар"));
}

#[tokio::test]
async fn a_storm_goes_out_within_telegrams_limits() {
    let (api, channels, clock, _folder) = start().await;
    let mut waiting: VecDeque<&str> = VecDeque::new();
    let people: Vec<String> = (1..=40).map(|chat| chat.to_string()).collect();
    people.iter().for_each(|chat| waiting.extend([chat.as_str(), chat, "-100500"]));
    let began = clock.now();
    while let Some(to) = waiting.pop_front() {
        match channels.wait(KIND, to) {
            None => assert_eq!(told(&channels.send(KIND, &message(to)).await).0, "accepted"),
            Some(wait) if waiting.iter().all(|to| channels.wait(KIND, to).is_some()) => {
                assert_eq!(told(&channels.send(KIND, &message(to)).await), ("later", "paced"));
                clock.pass(wait.min(Duration::from_millis(200)));
                waiting.push_back(to);
            }
            Some(_) => waiting.push_back(to),
        }
    }
    let state = api.state();
    assert_eq!((state.shown.len(), state.too_fast), (120, 0));
    // 40 messages to a group, 20 a minute.
    assert!(clock.now().as_second() - began.as_second() < 125);
}

#[tokio::test]
async fn an_unforeseen_limit_holds_back_one_chat_for_as_long_as_asked() {
    let (api, channels, clock, _folder) = start().await;
    let slow = serde_json::json!({ "ok": false, "error_code": 429, "description": "Too Many Requests: retry after 35",
        "parameters": { "retry_after": 35 } });
    api.state().faults.insert(77, [(429, slow.to_string())].into());
    let outcome = channels.send(KIND, &message("77")).await;
    assert!(
        matches!(&outcome, DeliveryOutcome::Later { after: Some(after), reason }
        if after.as_secs() == 35 && reason.name == "telegram_too_fast"),
        "{outcome:?}"
    );
    assert_eq!(channels.wait(KIND, "77"), Some(Duration::from_secs(35)));
    assert_eq!((channels.wait(KIND, "78"), told(&channels.send(KIND, &message("78")).await).0), (None, "accepted"));
    clock.pass(Duration::from_secs(35));
    assert_eq!(told(&channels.send(KIND, &message("77")).await).0, "accepted");
}

#[tokio::test]
async fn every_failure_has_its_name_and_consequence() {
    let (api, channels, clock, _folder) = start().await;
    let rows = [
        (403, "Forbidden: bot was blocked by the user", ("refused", "telegram_blocked")),
        (403, "Forbidden: user is deactivated", ("refused", "telegram_deactivated")),
        (403, "Forbidden: bot was kicked from the supergroup chat", ("refused", "telegram_kicked")),
        (403, "Forbidden: bot can't initiate conversation with a user", ("refused", "telegram_not_started")),
        (403, "Forbidden: something new", ("refused", "telegram_forbidden")),
        (400, "Bad Request: chat not found", ("refused", "telegram_no_chat")),
        (400, "Bad Request: not enough rights to send text messages to the chat", ("refused", "telegram_no_rights")),
        (400, "Bad Request: something new", ("refused", "telegram_refused")),
        (401, "Unauthorized", ("refused", "telegram_token")),
        (404, "Not Found", ("refused", "telegram_token")),
        (429, "<html>slow down</html>", ("later", "telegram_too_fast")),
        (500, "Internal Server Error", ("later", "telegram_failed")),
        (503, "<html>Service Unavailable</html>", ("later", "telegram_failed")),
        (502, "<html>Bad Gateway</html>", ("unknown", "telegram_odd")),
        (200, "<html>a captive portal</html>", ("unknown", "telegram_odd")),
        (200, "{}", ("unknown", "telegram_odd")),
        (302, "<html></html>", ("unknown", "telegram_odd")),
    ];
    for (status, body, expect) in rows {
        clock.pass(Duration::from_secs(2));
        api.state().faults.insert(77, [(status, body.to_owned())].into());
        assert_eq!(told(&channels.send(KIND, &message("77")).await), expect, "{status} {body}");
    }
    clock.pass(Duration::from_secs(2));
    assert_eq!(told(&channels.send(KIND, &message("@nobody")).await), ("refused", "telegram_no_chat"));
    let large = Attachment { content: vec![0; 50_000_001], ..page() };
    let large = Message { attachment: Some(large), ..message("77") };
    assert_eq!(told(&channels.send(KIND, &large).await), ("refused", "telegram_file_too_large"));
    assert!(api.state().shown.is_empty());
    api.state().conflict = true;
    assert_eq!(channels.presses(KIND, Some(3)).await.unwrap_err().reason.name, "telegram_conflict");
}

#[tokio::test]
async fn a_group_that_became_a_supergroup_is_followed() {
    let (api, channels, clock, _folder) = start().await;
    let moved = serde_json::json!({ "ok": false, "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat", "parameters": { "migrate_to_chat_id": -1001 } });
    api.state().faults.insert(-5, [(400, moved.to_string())].into());
    let outcome = channels.send(KIND, &message("-5")).await;
    assert_eq!(told(&outcome), ("later", "telegram_migrated"));
    assert!(outcome.reason().unwrap().words.contains("-1001"));
    clock.pass(Duration::from_secs(2));
    let number = id(channels.send(KIND, &message("-5")).await).parse().unwrap();
    assert_eq!(api.state().shown[&number].chat, -1001);
}

#[tokio::test]
async fn a_lost_answer_is_unknown_and_the_token_is_never_told() {
    let (api, _, clock, folder) = start().await;
    let lost = channels(&lossy(&api.base).await, &clock, &folder).send(KIND, &message("77")).await;
    assert_eq!(told(&lost), ("unknown", "answer_lost"));
    assert_eq!(api.state().shown.len(), 1, "it was delivered all the same");
    let away = channels(&nobody().await, &clock, &folder);
    let never = away.send(KIND, &message("77")).await;
    assert_eq!(told(&never), ("later", "no_connection"));
    let presses = away.presses(KIND, None).await.unwrap_err();
    let words = format!("{lost:?} {never:?} {presses:?} {presses}");
    assert!(!words.contains(&TOKEN[10..]), "{words}");
}

#[tokio::test]
async fn what_is_no_token_is_refused_before_it_becomes_an_address() {
    let folder = tempfile::tempdir().unwrap();
    let bot =
        config::TelegramBot { token: secret(&folder, "../../x?y"), api: "http://127.0.0.1:1".into(), proxy: None };
    let settings = config::Channels { telegram: Some(bot), ..config::Channels::default() };
    let channels = Channels::open(&settings, TestClock::new().clock(), None);
    let troubles = channels.troubles();
    assert!(troubles[0].1.contains("не токен") && !troubles[0].1.contains("x?y"), "{troubles:?}");
}

#[tokio::test]
async fn strangers_do_not_use_up_what_our_people_need() {
    let (api, channels, clock, _folder) = start().await;
    let press = |from: usize| {
        let from = from.to_string();
        Press { kind: KIND, chat: from.clone(), from, direct: true, action: "/start".into(), id: None }
    };
    for from in 1_000..1_100 {
        channels.answer_stranger(&press(from), "Ваш номер чата").await;
    }
    let answered = api.state().shown.len();
    assert!((1..=10).contains(&answered), "{answered} of a hundred");
    assert_eq!(told(&channels.send(KIND, &message("77")).await).0, "accepted");
    clock.pass(Duration::from_secs(61));
    channels.answer_stranger(&press(2_000), "Ваш номер чата").await;
    assert_eq!(api.state().shown.len(), answered + 2, "a minute later others are answered");
}
