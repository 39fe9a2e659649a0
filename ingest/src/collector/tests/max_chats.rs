//! MAX: the history of an invented chat, page by page, its edits and deletions, and what may not be read.

use serde_json::{Value, json};

use super::*;

/// The chat that is read.
pub(super) const CHAT: i64 = -70_000_000_000_005;

/// A chat, the newest message first, as the API has it.
#[derive(Default)]
pub(super) struct Api {
    pub messages: Vec<Value>,
    /// Answers of `/updates`, the last one first.
    pub updates: Vec<Value>,
    /// The status of each answer and its body, while there is one.
    pub refusal: Option<(u16, &'static str)>,
    /// Ignores from when older messages are asked for.
    pub forgetful: bool,
}

pub(super) fn mid(number: u64) -> String {
    model::MaxMessage { chat: CHAT, number }.mid()
}

/// A message of a person; the number grows with time, as MAX's do.
pub(super) fn message(minutes_ago: i64, text: &str) -> Value {
    let millis = time(START).as_millisecond() - minutes_ago * 60_000;
    let mid = mid((millis as u64) << 16 | 7);
    json!({
        "sender": {"user_id": 777_000, "first_name": "Имя", "name": "Имя Фамилия", "is_bot": false},
        "recipient": {"chat_id": CHAT, "chat_type": "chat"}, "timestamp": millis,
        "body": {"mid": mid, "seq": 7, "text": text, "attachments": null},
    })
}

pub(super) fn id_of(message: &Value) -> String {
    format!("max:{CHAT}/{}", message["body"]["mid"].as_str().unwrap())
}

pub(super) fn api(state: &mut Api, asked: &Asked) -> Response<Body> {
    if asked.header("authorization") != Some("vk1.secret") {
        return answer(401, &[], json!({"code": "verify.token", "message": "Invalid access_token"}).to_string());
    }
    if let Some((status, body)) = state.refusal {
        return answer(status, &[], body);
    }
    let (path, query) = asked.target.split_once('?').unwrap_or((&asked.target, ""));
    let query: HashMap<String, String> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let json = match path {
        "/updates" => state.updates.pop().unwrap_or_else(|| json!({"updates": [], "marker": null})),
        "/subscriptions" => json!({"success": true}),
        "/messages" => {
            let from = query.get("from").filter(|_| !state.forgetful).map_or(i64::MAX, |from| from.parse().unwrap());
            let ids = query.get("message_ids").map(|ids| ids.split(',').map(str::to_owned).collect::<Vec<_>>());
            let count = query.get("count").map_or(usize::MAX, |count| count.parse().unwrap());
            let is_asked = |message: &&Value| match &ids {
                Some(ids) => ids.iter().any(|id| message["body"]["mid"] == **id),
                None => message["timestamp"].as_i64().unwrap() <= from,
            };
            json!({"messages": state.messages.iter().filter(is_asked).take(count).collect::<Vec<_>>()})
        }
        path if path.ends_with("/members/me") => json!({"is_admin": true, "permissions": ["read_all_messages"]}),
        path if path.starts_with("/chats/") => {
            let link = "https://max.ru/gorod31";
            json!({"chat_id": CHAT, "type": "channel", "title": "Город", "is_public": true, "link": link})
        }
        path => match state.messages.iter().find(|message| path.ends_with(message["body"]["mid"].as_str().unwrap())) {
            Some(message) => message.clone(),
            None => return answer(404, &[], json!({"code": "not.found", "message": "no message"}).to_string()),
        },
    };
    answer(200, &[], json.to_string())
}

pub(super) fn address() -> [Address; 1] {
    [Address::Max { chat: CHAT, name: None }]
}

/// One file holds the secrets of all platforms.
pub(super) fn with_token(config: &mut Config) {
    config.settings.max.token = Some(config.settings.vk.tokens[0].secret.clone());
}

pub(super) async fn world(messages: Vec<Value>) -> (Site<Api>, Server, World) {
    let (site, server) = Site::serve(Api { messages, ..Api::default() }, api).await;
    let world = World::configured(&server, &address(), true, with_token);
    (site, server, world)
}

#[tokio::test]
async fn the_history_of_a_chat_is_read_page_by_page_and_its_members_become_hashes() {
    let (site, server, world) = world((1..=250).map(|minutes| message(minutes, "Нет света")).collect()).await;
    let first = world.poll().await;
    assert_eq!((first.outcome.as_str(), first.new, first.posts), ("ok", 250, 250));
    let backfill = time(START).as_second() - 15 * 24 * 3600;
    assert_eq!(first.covers_from.map(Time::as_second), Some(backfill), "back to its beginning");
    site.change(|api| api.messages.insert(0, message(0, "Дали свет")));
    world.wait(300);
    let second = world.poll().await;
    assert_eq!((second.pages, second.new, second.covers_from), (1, 1, Some(first.at)));
    let posts = world.journal.posts();
    assert_eq!(posts[0].author.as_ref().map(String::len), Some(16));
    assert!(posts[0].url.as_deref().unwrap().starts_with(&format!("https://max.ru/c/{CHAT}/A")));
    let everything = world.journal.everything();
    assert!(!everything.contains("777000") && !everything.contains("Имя") && !everything.contains("vk1.secret"));
    for asked in server.asked() {
        assert!(!asked.target.contains("secret"), "{}", asked.target);
    }
}

#[tokio::test]
async fn a_history_that_does_not_go_back_is_not_taken_for_its_beginning() {
    let (site, _server, world) = world((1..=250).map(|minutes| message(minutes, "Нет света")).collect()).await;
    site.change(|api| api.forgetful = true);
    let coverage = world.poll().await;
    assert_eq!((coverage.outcome.as_str(), coverage.new), ("ok", 100));
    let oldest = time(START).as_second() - 100 * 60;
    assert_eq!(coverage.covers_from.map(Time::as_second), Some(oldest), "it vouches for what it saw");
    assert_eq!(coverage.detail.as_deref(), Some("the history does not go back from the time that was asked for"));
}

#[tokio::test]
async fn edits_make_versions_and_only_a_message_that_is_not_found_is_deleted() {
    let messages: Vec<Value> = (1..=4).map(|minutes| message(minutes, "Текст")).collect();
    let gone = id_of(&messages[1]);
    let (site, _server, world) = world(messages).await;
    world.poll().await;
    site.change(|api| {
        api.messages.remove(1);
        api.messages[0]["body"]["text"] = json!("Текст, Мира 5");
        api.messages[0]["stat"] = json!({"views": 12});
    });
    world.wait(300);
    let second = world.poll().await;
    assert_eq!((second.edited, second.deleted, second.new), (1, 1, 0));
    let last = world.journal.posts().pop().unwrap();
    assert_eq!((last.id.as_str(), last.is_deleted(), last.author), (gone.as_str(), true, None));
    world.wait(300);
    let third = world.poll().await;
    assert_eq!((third.edited, third.deleted), (0, 0));
}

#[tokio::test]
async fn older_messages_are_read_again_on_a_falling_schedule() {
    let (site, _server, world) = world((1..=250).map(|minutes| message(minutes, "Нет света")).collect()).await;
    world.poll().await;
    site.change(|api| {
        api.messages[240]["body"]["text"] = json!("Нет света и воды");
        api.messages.remove(230);
    });
    world.wait(6 * 3600);
    let late = world.poll().await;
    assert_eq!((late.edited, late.deleted, late.outcome.as_str()), (1, 1, "ok"));
    assert_eq!(world.poll().await.edited, 0);
}

#[tokio::test]
async fn without_a_token_nothing_is_asked() {
    let (_site, server) = Site::serve(Api::default(), api).await;
    let world = World::new(&server, &address(), false);
    let coverage = world.poll().await;
    assert_eq!((coverage.outcome.as_str(), coverage.covers_from), ("max_no_token", None));
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_private_dialogue_is_never_read_whatever_the_configuration_says() {
    let mut private = message(1, "Личное");
    private["recipient"]["chat_type"] = json!("dialog");
    let (_site, _server, world) = world(vec![private]).await;
    let coverage = world.poll().await;
    assert_eq!((coverage.outcome.as_str(), coverage.covers_from), ("max_dialogue", None));
    assert!(!world.journal.everything().contains("Личное"));
}

#[tokio::test]
async fn what_the_bot_sees_of_a_chat_is_tried_once() {
    let (site, server) = Site::serve(Api { messages: vec![message(1, "Нет воды")], ..Api::default() }, api).await;
    let mut settings = settings(&server.base, &[&server.host]);
    let world = World::configured(&server, &address(), true, with_token);
    settings.max.token = world.config.settings.max.token.clone();
    let clock: Clock = Arc::new(|| time(START));
    let tried = crate::try_source("https://max.ru/gorod31", &settings, "0.1.0", clock.clone()).await.unwrap();
    assert_eq!((tried.outcome.name(), tried.name.as_deref(), tried.posts.len()), ("ok", Some("Город"), 1));
    let lines = format!("chat = {CHAT}\nlink = \"https://max.ru/gorod31\"\n");
    assert!(tried.toml.as_deref().unwrap().ends_with(&lines), "{:?}", tried.toml);
    site.change(|api| api.refusal = Some((403, r#"{"code":"chat.denied","message":"not an administrator"}"#)));
    let denied = crate::try_source(&format!("max:{CHAT}"), &settings, "0.1.0", clock).await.unwrap();
    assert_eq!((denied.outcome.name(), denied.toml), ("max_denied", None));
    assert_eq!(denied.detail.as_deref(), Some("бота в этом чате нет"));
}
