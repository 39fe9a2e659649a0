//! A Bot API server that keeps Telegram's documented limits (<https://core.telegram.org/bots/api>,
//! <https://core.telegram.org/bots/faq>) and fails as told.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Multipart, Path, Request, State};
use axum::http::{StatusCode, header::CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};

use crate::notify::channels::tests::{TestClock, serve};

pub const TOKEN: &str = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";

/// A message as Telegram shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    pub chat: i64,
    pub text: String,
    pub buttons: Vec<(String, String)>,
    pub file: Option<(String, Vec<u8>)>,
}

#[derive(Default)]
pub struct ServerState {
    pub shown: BTreeMap<i64, Shown>,
    pub updates: VecDeque<Value>,
    pub answers: HashMap<String, String>,
    /// Answers to the next messages of a chat, in their order: status and body, JSON or what a gateway says.
    pub faults: HashMap<i64, VecDeque<(u16, String)>>,
    /// Of a webhook that is set, or of another poller.
    pub conflict: bool,
    sent: Vec<(i64, i64)>,
    next: i64,
    /// Times that a limit was passed.
    pub too_fast: usize,
}

#[derive(Clone)]
pub struct BotApi {
    pub base: String,
    state: Arc<Mutex<ServerState>>,
    clock: TestClock,
}

/// What a request holds, however it was sent.
struct Call {
    fields: Value,
    file: Option<(String, Vec<u8>)>,
}

type Refused = (u16, String, Value);

impl BotApi {
    pub async fn start(clock: &TestClock) -> BotApi {
        let mut api = BotApi { base: String::new(), state: Arc::default(), clock: clock.clone() };
        let app = Router::new().route("/{bot}/{method}", post(handle)).with_state(api.clone());
        api.base = serve(app).await;
        api
    }

    pub fn state(&self) -> MutexGuard<'_, ServerState> {
        self.state.lock().unwrap()
    }

    /// Somebody presses the button of a message.
    pub fn press(&self, user: i64, message: i64, label: &str) -> String {
        let mut state = self.state();
        let shown = state.shown[&message].clone();
        let data = shown.buttons.iter().find(|(text, _)| text == label).unwrap().1.clone();
        let update = state.next_number();
        let id = format!("press-{update}");
        state.updates.push_back(json!({ "update_id": update, "callback_query": {
            "id": id, "data": data, "chat_instance": "1",
            "from": { "id": user, "is_bot": false, "first_name": "Имя" },
            "message": { "message_id": message, "date": 0, "chat": { "id": shown.chat, "type": "private" } },
        }}));
        id
    }

    /// Somebody writes to the bot.
    pub fn write(&self, user: i64, text: &str) {
        let mut state = self.state();
        let update = state.next_number();
        state.updates.push_back(json!({ "update_id": update, "message": {
            "message_id": 1, "date": 0, "text": text,
            "from": { "id": user, "is_bot": false, "first_name": "Имя" }, "chat": { "id": user, "type": "private" },
        }}));
    }

    fn send(&self, call: &Call) -> Result<Value, Refused> {
        let now = self.clock.now().as_millisecond();
        let mut state = self.state();
        let chat = chat(&call.fields)?;
        if let Some((status, body)) = state.faults.get_mut(&chat).and_then(VecDeque::pop_front) {
            return Err((status, body, Value::Null));
        }
        let shown = shown(chat, call)?;
        state.limits(chat, now)?;
        state.next += 1;
        let id = state.next;
        state.shown.insert(id, shown);
        Ok(json!({ "message_id": id, "date": now / 1000, "chat": { "id": chat } }))
    }

    fn edit(&self, call: &Call) -> Result<Value, Refused> {
        let now = self.clock.now().as_millisecond();
        let mut state = self.state();
        let chat = chat(&call.fields)?;
        let id = call.fields["message_id"].as_i64().unwrap_or_default();
        let Some(before) = state.shown.get(&id).filter(|shown| shown.chat == chat).cloned() else {
            return Err(bad("message to edit not found"));
        };
        let after = shown(chat, &Call { fields: call.fields.clone(), file: before.file.clone() })?;
        state.limits(chat, now)?;
        if after == before {
            return Err(bad("message is not modified: specified new message content is exactly the same"));
        }
        state.shown.insert(id, after);
        Ok(json!({ "message_id": id }))
    }

    fn updates(&self, call: &Call) -> Result<Value, Refused> {
        let mut state = self.state();
        if state.conflict {
            let said = "Conflict: terminated by other getUpdates request".to_owned();
            return Err((409, said, Value::Null));
        }
        assert_eq!(call.fields["allowed_updates"], json!(["callback_query", "message"]));
        let offset = call.fields["offset"].as_i64().unwrap_or(0);
        state.updates.retain(|update| update["update_id"].as_i64() >= Some(offset));
        let limit = call.fields["limit"].as_u64().unwrap() as usize;
        Ok(state.updates.iter().take(limit).cloned().collect())
    }

    fn answer(&self, call: &Call) -> Result<Value, Refused> {
        let text = call.fields["text"].as_str().unwrap_or_default().to_owned();
        if text.encode_utf16().count() > 200 {
            return Err(bad("MESSAGE_TOO_LONG"));
        }
        self.state().answers.insert(call.fields["callback_query_id"].as_str().unwrap().to_owned(), text);
        Ok(json!(true))
    }
}

impl ServerState {
    fn next_number(&mut self) -> i64 {
        self.next += 1;
        self.next
    }

    /// One a second to a chat, 30 a second in all, 20 a minute to a group.
    fn limits(&mut self, chat: i64, now: i64) -> Result<(), Refused> {
        let within = |span: i64, of: Option<i64>| {
            let recent = self.sent.iter().filter(|(to, at)| *at > now - span && of.is_none_or(|chat| chat == *to));
            recent.count()
        };
        let wait = if chat < 0 && within(60_000, Some(chat)) >= 20 {
            60
        } else if within(1_000, Some(chat)) >= 1 || within(1_000, None) >= 30 {
            1
        } else {
            self.sent.push((chat, now));
            return Ok(());
        };
        self.too_fast += 1;
        Err((429, format!("Too Many Requests: retry after {wait}"), json!({ "retry_after": wait })))
    }
}

fn bad(said: &str) -> Refused {
    (400, format!("Bad Request: {said}"), Value::Null)
}

fn chat(fields: &Value) -> Result<i64, Refused> {
    let chat = &fields["chat_id"];
    chat.as_i64().or_else(|| chat.as_str()?.parse().ok()).ok_or_else(|| bad("chat not found"))
}

fn shown(chat: i64, call: &Call) -> Result<Shown, Refused> {
    let (field, most) = if call.file.is_some() { ("caption", 1024) } else { ("text", 4096) };
    let text = call.fields[field].as_str().ok_or_else(|| bad("message text is empty"))?;
    let text = if call.fields["parse_mode"] == "HTML" { without_markup(text)? } else { text.to_owned() };
    if text.trim().is_empty() || text.encode_utf16().count() > most {
        return Err(bad("message is too long"));
    }
    let mut buttons = Vec::new();
    for row in call.fields["reply_markup"]["inline_keyboard"].as_array().into_iter().flatten() {
        for button in row.as_array().unwrap() {
            let data = button["callback_data"].as_str().unwrap().to_owned();
            if data.is_empty() || data.len() > 64 {
                return Err(bad("BUTTON_DATA_INVALID"));
            }
            buttons.push((button["text"].as_str().unwrap().to_owned(), data));
        }
    }
    Ok(Shown { chat, text, buttons, file: call.file.clone() })
}

/// Telegram's own HTML: few tags, and every other `<`, `>` and `&` as an entity.
fn without_markup(html: &str) -> Result<String, Refused> {
    let mut text = String::new();
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let known =
            [("<b>", ""), ("</b>", ""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"), ("&quot;", "\""), ("&#39;", "'")];
        let (markup, means) =
            known.iter().find(|(markup, _)| rest.starts_with(markup)).ok_or_else(|| bad("can't parse entities"))?;
        text.push_str(means);
        rest = &rest[markup.len()..];
    }
    Ok(text + rest)
}

async fn handle(State(api): State<BotApi>, Path((bot, method)): Path<(String, String)>, request: Request) -> Response {
    if bot != format!("bot{TOKEN}") {
        return refuse((401, "Unauthorized".into(), Value::Null));
    }
    let call = read(request).await;
    let done = match method.as_str() {
        "sendMessage" => api.send(&call),
        "sendDocument" if call.file.is_some() => api.send(&call),
        "editMessageText" | "editMessageCaption" => api.edit(&call),
        "getUpdates" => api.updates(&call),
        "answerCallbackQuery" => api.answer(&call),
        _ => Err((404, "Not Found".into(), Value::Null)),
    };
    match done {
        Ok(result) => axum::Json(json!({ "ok": true, "result": result })).into_response(),
        Err(refused) => refuse(refused),
    }
}

/// Descriptions become Telegram's JSON; what begins with `<` or `{` is given as it is.
fn refuse((status, said, parameters): Refused) -> Response {
    let code = StatusCode::from_u16(status).unwrap();
    if said.starts_with(['<', '{']) {
        return (code, said).into_response();
    }
    let body = json!({ "ok": false, "error_code": status, "description": said, "parameters": parameters });
    (code, axum::Json(body)).into_response()
}

async fn read(request: Request) -> Call {
    let media_type = request.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
    if media_type.starts_with("application/json") {
        let bytes: Bytes = to_bytes(request.into_body(), 1 << 20).await.unwrap();
        return Call { fields: serde_json::from_slice(&bytes).unwrap(), file: None };
    }
    let mut form = Multipart::from_request(request, &()).await.unwrap();
    let mut call = Call { fields: json!({}), file: None };
    while let Some(field) = form.next_field().await.unwrap() {
        let name = field.name().unwrap().to_owned();
        if let Some(file) = field.file_name().map(str::to_owned) {
            call.file = Some((file, field.bytes().await.unwrap().to_vec()));
            continue;
        }
        let text = field.text().await.unwrap();
        call.fields[&name] = if name == "reply_markup" { serde_json::from_str(&text).unwrap() } else { text.into() };
    }
    call
}
