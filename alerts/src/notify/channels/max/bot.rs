//! The bot's requests.

use std::time::Duration;

use config::{ChannelKind, MaxBot};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use model::Clock;
use reqwest::RequestBuilder;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde_json::{Value, json};

use super::super::channel::{Channel, LONG_POLL, Presses};
use super::super::http::{TIMEOUT, client, exchange, exchange_up_to};
use super::super::message::{Button, MAX_ACTION_BYTES, Message, Press};
use super::super::outcome::{DeliveryOutcome, Reason};
use super::super::rate_limiter::RateLimiter;
use super::super::sliding_windows::{Limit, Limits};
use super::super::text::{BETWEEN, cut, marked_if_repeat};
use super::answer::outcome_of;
use super::updates::parse_updates;

/// <https://dev.max.ru/docs-api/methods/POST/messages>
const MAX_TEXT: usize = 4000;

/// A notification over the chat is one line.
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

pub struct Max {
    client: reqwest::Client,
    api: String,
    token: HeaderValue,
    limiter: RateLimiter,
}

impl Max {
    pub fn open(settings: &MaxBot, clock: Clock) -> Result<Max, String> {
        let token = HeaderValue::from_str(&settings.token.read()?);
        let mut token = token.map_err(|_| format!("в {:?} лежит не токен бота MAX", settings.token))?;
        token.set_sensitive(true);
        Ok(Max {
            client: client(settings.proxy.as_ref(), settings.ca_file.as_deref())?,
            api: settings.api.clone(),
            token,
            limiter: RateLimiter::new(ChannelKind::Max, LIMITS, clock),
        })
    }

    async fn send_message(&self, message: &Message) -> DeliveryOutcome {
        let request = self.client.post(format!("{}/messages", self.api));
        let request = request.query(&[("chat_id", message.to.as_str()), ("disable_link_preview", "true")]);
        self.limited(&message.to, request.json(&body(message))).await
    }

    async fn edit(&self, message_id: &str, message: &Message) -> DeliveryOutcome {
        let request = self.client.put(format!("{}/messages", self.api)).query(&[("message_id", message_id)]);
        let mut body = body(message);
        body["notify"] = false.into();
        self.limited(&message.to, request.json(&body)).await
    }

    async fn poll(&self, after: Option<i64>) -> Presses {
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
            return Err(outcome_of(&reply).into());
        }
        let (presses, next) = parse_updates(&reply.body).map_err(|words| Reason::new("max_odd", words))?;
        Ok((presses, next.or(after)))
    }

    async fn answer_press(&self, press: &Press, text: &str) -> DeliveryOutcome {
        let Some(id) = &press.id else {
            let request = self.client.post(format!("{}/messages", self.api)).query(&[("chat_id", &press.chat)]);
            return self.limited(&press.chat, request.json(&json!({ "text": cut(text, MAX_TEXT) }))).await;
        };
        let request = self.client.post(format!("{}/answers", self.api)).query(&[("callback_id", id)]);
        let body = json!({ "notification": cut(text, MAX_ANSWER) });
        match exchange(self.authorized(request.json(&body))).await {
            Ok(reply) => outcome_of(&reply),
            Err(outcome) => outcome,
        }
    }

    fn authorized(&self, request: RequestBuilder) -> RequestBuilder {
        request.header(AUTHORIZATION, self.token.clone())
    }

    /// A request that counts as a message to a chat.
    async fn limited(&self, chat: &str, request: RequestBuilder) -> DeliveryOutcome {
        if let Err(later) = self.limiter.acquire(chat) {
            return later;
        }
        match exchange(self.authorized(request)).await {
            Ok(reply) => outcome_of(&reply),
            Err(outcome) => outcome,
        }
    }
}

impl Channel for Max {
    fn wait(&self, to: &str) -> Option<Duration> {
        self.limiter.wait(to)
    }

    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, DeliveryOutcome> {
        self.send_message(message).boxed()
    }

    fn update<'a>(&'a self, message_id: &'a str, message: &'a Message) -> BoxFuture<'a, DeliveryOutcome> {
        self.edit(message_id, message).boxed()
    }

    fn presses(&self, after: Option<i64>) -> BoxFuture<'_, Presses> {
        self.poll(after).boxed()
    }

    fn answer<'a>(&'a self, press: &'a Press, text: &'a str) -> BoxFuture<'a, DeliveryOutcome> {
        self.answer_press(press, text).boxed()
    }
}

fn body(message: &Message) -> Value {
    let (subject, text) = marked_if_repeat(message, MAX_TEXT - BETWEEN.len());
    let row = |button: &Button| {
        let action = &button.action[..button.action.floor_char_boundary(MAX_ACTION_BYTES)];
        json!([{ "type": "callback", "text": button.label, "payload": action }])
    };
    let rows: Vec<Value> = message.buttons.iter().map(row).collect();
    // An edit without the list would keep the old buttons.
    let keyboard = json!({ "type": "inline_keyboard", "payload": { "buttons": rows } });
    let attachments = if rows.is_empty() { json!([]) } else { json!([keyboard]) };
    json!({ "text": format!("{subject}{BETWEEN}{text}"), "attachments": attachments, "notify": true })
}
