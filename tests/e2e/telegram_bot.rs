//! A button pressed in Telegram: the running instance tells its officer over a Bot API of ours, hears the press by long polling, and the
//! alert is acknowledged.

use std::cell::RefCell;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::support::{Deadline, Feed, PATIENCE, Place, Site};

/// Made up, in the form that Telegram gives them.
const TOKEN: &str = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";

/// A request for news is answered with none after this.
const POLL: Duration = Duration::from_secs(20);

#[derive(Clone)]
struct Api {
    calls: Sender<(String, Value)>,
    updates: Arc<Mutex<Vec<Value>>>,
    news: Arc<Notify>,
}

struct Bot {
    url: String,
    api: Api,
    calls: Receiver<(String, Value)>,
    /// Calls that came before the one that was waited for: an edit of a message and the answer to a press overtake each other.
    early: RefCell<Vec<(String, Value)>>,
    _site: Site,
}

impl Bot {
    fn new() -> Bot {
        let (sender, calls) = channel();
        let api = Api { calls: sender, updates: Arc::default(), news: Arc::default() };
        let site = Site::new(Router::new().route("/{bot}/{method}", post(answer)).with_state(api.clone()));
        Bot { url: site.url(), api, calls, early: RefCell::default(), _site: site }
    }

    /// The first call of a method that was not taken yet.
    fn call(&self, method: &str) -> Value {
        self.call_that(method, |_| true)
    }

    /// The first call of a method that a test is about and that was not taken yet.
    fn call_that(&self, method: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let deadline = Deadline::new(PATIENCE);
        let is_it = |(called, fields): &(String, Value)| called == method && is_it(fields);
        let mut early = self.early.borrow_mut();
        if let Some(at) = early.iter().position(is_it) {
            return early.remove(at).1;
        }
        loop {
            let left = deadline.left(|| format!("a call of {method}"));
            let call = self.calls.recv_timeout(left).unwrap_or_else(|_| panic!("no call of {method}"));
            if is_it(&call) {
                return call.1;
            }
            early.push(call);
        }
    }

    /// Somebody presses a button.
    fn press(&self, user: i64, data: &str) {
        let mut updates = self.api.updates.lock().unwrap();
        let number = 1 + updates.len();
        updates.push(json!({ "update_id": number, "callback_query": {
            "id": format!("press-{number}"), "data": data, "chat_instance": "1",
            "from": { "id": user, "is_bot": false, "first_name": "Имя" },
            "message": { "message_id": 1, "date": 0, "chat": { "id": user, "type": "private" } },
        }}));
        self.api.news.notify_one();
    }
}

async fn answer(State(api): State<Api>, Path((bot, method)): Path<(String, String)>, body: Bytes) -> Json<Value> {
    assert_eq!(bot, format!("bot{TOKEN}"));
    let fields: Value = serde_json::from_slice(&body).unwrap_or_default();
    if method == "getUpdates" {
        let offset = fields["offset"].as_i64().unwrap_or(0);
        let waiting = || -> Vec<Value> {
            let updates = api.updates.lock().unwrap();
            updates.iter().filter(|update| update["update_id"].as_i64().unwrap() >= offset).cloned().collect()
        };
        if waiting().is_empty() {
            let _ = tokio::time::timeout(POLL, api.news.notified()).await;
        }
        return Json(json!({ "ok": true, "result": waiting() }));
    }
    let _ = api.calls.send((method.clone(), fields));
    let result =
        if method == "sendMessage" { json!({ "message_id": 1, "date": 0, "chat": { "id": 77 } }) } else { json!(true) };
    Json(json!({ "ok": true, "result": result }))
}

#[test]
fn a_press_in_telegram_acknowledges_the_alert_for_who_is_in_people_toml_alone() {
    let (place, bot) = (Place::new(), Bot::new());
    let token = place.file("token", TOKEN);
    let people = "[[person]]\nid = 'anna'\nname = 'Анна'\nrole = 'officer'\naddresses = [{ channel = 'telegram', to = '77' }]\n\
                  [chain]\nsteps = ['officer']\n";
    let channels = format!("[telegram]\ntoken_file = '{token}'\napi = '{}'\nproxy = 'direct'\n", bot.url);
    let feed = Feed::new("Пожар! Горит жилой дом на Садовой, в квартире дети, помогите");
    let config = place.config(&[
        ("people.toml", people),
        ("channels.toml", &channels),
        ("sources.toml", &feed.sources_toml()),
        ("otklik.toml", &feed.otklik_toml()),
    ]);
    let running = place.serve(&["--config", &config]);

    let told = bot.call("sendMessage");
    assert_eq!(told["chat_id"].as_str().map_or(told["chat_id"].to_string(), str::to_owned), "77");
    let keyboard = told["reply_markup"]["inline_keyboard"].to_string();
    let start = keyboard.find("ack:").unwrap_or_else(|| panic!("no button: {told}"));
    let action: String = keyboard[start..].chars().take_while(|c| *c != '"').collect();
    let id = action.strip_prefix("ack:").unwrap();

    bot.press(99, &action);
    assert!(bot.call("answerCallbackQuery")["text"].as_str().unwrap().contains("people.toml"));
    bot.press(77, &action);
    assert_eq!(bot.call("answerCallbackQuery")["text"], format!("тревога № {id}: принята"));

    let alerts = place.json(&["alerts", "--all", "--json"]);
    let alert = alerts.as_array().unwrap().iter().find(|alert| alert["id"] == id).unwrap();
    assert_eq!((alert["life"].as_str(), alert["life_by"].as_str()), (Some("acknowledged"), Some("Анна")));
    assert!(alert["deliveries"].as_array().unwrap().iter().any(|line| line == "telegram anna: sent"), "{alert}");
    // Everybody who was told sees it, without another ring.
    bot.call_that("editMessageText", |fields| {
        let text = fields["text"].as_str().unwrap();
        text.contains(id) && text.contains("принята")
    });
    assert_eq!(running.stop(), 0);
}
