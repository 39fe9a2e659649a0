//! A bot of the messenger MAX (<https://dev.max.ru/docs-api>).

mod updates;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use config::MaxBot;
use model::Clock;
use reqwest::RequestBuilder;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde_json::{Value, json};

use super::http::{Reply, TIMEOUT, client, exchange, exchange_up_to};
use super::pace::{Limit, Limits, Pace};
use super::render::{BETWEEN, cut, unkeyed};
use super::{Button, ChannelError, LONG_POLL, MAX_ACTION_BYTES, Message, Outcome, Press, Reason, between};
pub use updates::parse_updates;

/// <https://dev.max.ru/docs-api/methods/POST/messages>
const MAX_TEXT: usize = 4000;

/// A notification over the chat is a line.
const MAX_ANSWER: usize = 200;

const UPDATES: &str = "100";

/// An answer with updates.
const MAX_UPDATES_BYTES: usize = 8 << 20;

/// Thirty requests a second in all, two to a chat.
const LIMITS: Limits = Limits {
    all: &[Limit { messages: 30, within: Duration::from_secs(1) }],
    chat: &[Limit { messages: 2, within: Duration::from_secs(1) }],
    group: &[],
};

pub(super) struct Max {
    client: reqwest::Client,
    api: String,
    token: HeaderValue,
    pace: Mutex<Pace>,
}

impl Max {
    pub(super) fn open(settings: &MaxBot) -> Result<Max, String> {
        let token = HeaderValue::from_str(&settings.token.read()?);
        let mut token = token.map_err(|_| format!("в {:?} лежит не токен бота MAX", settings.token))?;
        token.set_sensitive(true);
        Ok(Max {
            client: client(settings.proxy.as_ref(), settings.ca_file.as_deref())?,
            api: settings.api.clone(),
            token,
            pace: Mutex::new(Pace::new(LIMITS)),
        })
    }

    pub(super) fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn send(&self, message: &Message, clock: &Clock) -> Outcome {
        let request = self.client.post(format!("{}/messages", self.api));
        let request = request.query(&[("chat_id", message.to.as_str()), ("disable_link_preview", "true")]);
        self.counted(&message.to, request.json(&body(message)), clock).await
    }

    pub(super) async fn edit(&self, message_id: &str, message: &Message, clock: &Clock) -> Outcome {
        let request = self.client.put(format!("{}/messages", self.api)).query(&[("message_id", message_id)]);
        let mut body = body(message);
        body["notify"] = false.into();
        self.counted(&message.to, request.json(&body), clock).await
    }

    pub(super) async fn presses(&self, after: Option<i64>) -> Result<(Vec<Press>, Option<i64>), ChannelError> {
        let timeout = LONG_POLL.as_secs().to_string();
        let types = "message_callback,message_created,bot_started";
        let mut request = self.client.get(format!("{}/updates", self.api)).query(&[
            ("limit", UPDATES),
            ("timeout", timeout.as_str()),
            ("types", types),
        ]);
        if let Some(marker) = after {
            request = request.query(&[("marker", marker)]);
        }
        let request = self.authorized(request).timeout(LONG_POLL + TIMEOUT);
        let reply = exchange_up_to(request, MAX_UPDATES_BYTES).await?;
        if !reply.status.is_success() {
            return Err(judge(&reply).into());
        }
        let (presses, next) = parse_updates(&reply.body).map_err(|words| Reason::new("max_odd", words))?;
        Ok((presses, next.or(after)))
    }

    pub(super) async fn answer(&self, press: &Press, text: &str, clock: &Clock) -> Outcome {
        let Some(id) = &press.id else {
            let request = self.client.post(format!("{}/messages", self.api)).query(&[("chat_id", &press.chat)]);
            return self.counted(&press.chat, request.json(&json!({ "text": cut(text, MAX_TEXT) })), clock).await;
        };
        let request = self.client.post(format!("{}/answers", self.api)).query(&[("callback_id", id)]);
        let body = json!({ "notification": cut(text, MAX_ANSWER) });
        match exchange(self.authorized(request.json(&body))).await {
            Ok(reply) => judge(&reply),
            Err(outcome) => outcome,
        }
    }

    fn authorized(&self, request: RequestBuilder) -> RequestBuilder {
        request.header(AUTHORIZATION, self.token.clone())
    }

    /// A request that counts as a message to a chat.
    async fn counted(&self, chat: &str, request: RequestBuilder, clock: &Clock) -> Outcome {
        let now = clock();
        let turn = self.pace().take(chat, now);
        if let Err(until) = turn {
            return Reason::new("paced", "ждёт очереди: пределы MAX").after(between(now, until));
        }
        match exchange(self.authorized(request)).await {
            Ok(reply) => judge(&reply),
            Err(outcome) => outcome,
        }
    }
}

/// Names the outcome of an answer: an error is `{"code": …, "message": …}` under an HTTP status.
fn judge(reply: &Reply) -> Outcome {
    let status = reply.status.as_u16();
    let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let code = answer["code"].as_str().unwrap_or_default();
    let said = answer["message"].as_str().unwrap_or(code);
    match status {
        200 if answer["success"] == false => Reason::said("max_refused", "MAX отказал", said).refused(),
        200 if answer.is_object() => {
            let mid = answer["message"]["body"]["mid"].as_str();
            Outcome::Accepted { message_id: mid.map(str::to_owned) }
        }
        429 => Reason::new("max_too_fast", "MAX просит обращаться реже").after(reply.retry_after),
        401 => Reason::new("max_token", "MAX не знает токена бота").refused(),
        403 => {
            Reason::said("max_denied", "получатель остановил бота или удалил чат, либо бот не прошёл проверку", said)
                .refused()
        }
        404 => Reason::new("max_no_chat", "чата или сообщения с таким номером нет").refused(),
        400..=499 => Reason::said("max_refused", &format!("MAX отказал ({status})"), said).refused(),
        // The API itself says that it did not do it; a gateway in front of it cannot know.
        500..=599 if !code.is_empty() || status == 503 => {
            Reason::said("max_failed", "ошибка на стороне MAX", said).after(reply.retry_after)
        }
        _ => Reason::new("max_odd", format!("непредусмотренный ответ MAX ({status})")).unknown(),
    }
}

fn body(message: &Message) -> Value {
    let (subject, text) = unkeyed(message, MAX_TEXT - BETWEEN.len());
    let row = |button: &Button| {
        let action = &button.action[..button.action.floor_char_boundary(MAX_ACTION_BYTES)];
        json!([{ "type": "callback", "text": button.label, "payload": action }])
    };
    let rows: Vec<Value> = message.buttons.iter().map(row).collect();
    // An edit without the list would leave the old buttons.
    let keyboard = json!({ "type": "inline_keyboard", "payload": { "buttons": rows } });
    let attachments = if rows.is_empty() { json!([]) } else { json!([keyboard]) };
    json!({ "text": format!("{subject}{BETWEEN}{text}"), "attachments": attachments, "notify": true })
}
