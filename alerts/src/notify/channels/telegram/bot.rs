//! The bot's requests.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use config::{ChannelKind, TelegramBot};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use html_escape::encode_double_quoted_attribute as escape;
use model::Clock;
use reqwest::multipart::{Form, Part};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use super::super::channel::{Channel, LONG_POLL, Presses};
use super::super::http::{Reply, TIMEOUT, client, exchange, exchange_up_to};
use super::super::message::{Attachment, Button, MAX_ACTION_BYTES, Message, Press};
use super::super::outcome::{DeliveryOutcome, Reason};
use super::super::rate_limiter::RateLimiter;
use super::super::sliding_windows::{Limit, Limits};
use super::super::text::{BETWEEN, cut, marked_if_repeat};
use super::answer::Answer;
use super::updates::parse_updates;

/// `sendMessage`: the text without its markup, in UTF-16 units.
const MAX_TEXT: usize = 4096;

/// `sendDocument`: the text under a file.
const MAX_CAPTION: usize = 1024;

/// `sendDocument`: a bot may send files of 50 MB; ours are pages.
const MAX_FILE_BYTES: usize = 50_000_000;

/// `answerCallbackQuery`.
const MAX_ANSWER: usize = 200;

/// Updates asked for at once: so many, holding texts of strangers of any length, still fit [`MAX_UPDATES_BYTES`].
const UPDATES: u32 = 50;

/// An answer of `getUpdates`.
const MAX_UPDATES_BYTES: usize = 8 << 20;

/// <https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this>
const LIMITS: Limits = Limits {
    all: &[Limit { messages: 30, within: Duration::from_secs(1) }],
    chat: &[Limit { messages: 1, within: Duration::from_secs(1) }],
    group: &[Limit { messages: 20, within: Duration::from_secs(60) }],
};

pub struct Telegram {
    client: reqwest::Client,
    /// Contains the token: never to be shown.
    base: String,
    limiter: RateLimiter,
    /// Groups that became supergroups, and the number they have had since.
    moved: Mutex<HashMap<String, String>>,
}

impl Telegram {
    pub fn open(settings: &TelegramBot, clock: Clock) -> Result<Telegram, String> {
        let token = settings.token.read()?;
        // It becomes a part of the path.
        if !token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-')) {
            return Err(format!("в {:?} лежит не токен бота Telegram", settings.token));
        }
        Ok(Telegram {
            client: client(settings.proxy.as_ref(), None)?,
            base: format!("{}/bot{token}", settings.api),
            limiter: RateLimiter::new(ChannelKind::Telegram, LIMITS, clock),
            moved: Mutex::default(),
        })
    }

    async fn send_message(&self, message: &Message) -> DeliveryOutcome {
        let mut body = json!({
            "chat_id": self.chat(&message.to),
            "text": text(message, MAX_TEXT),
            "parse_mode": "HTML",
            "link_preview_options": { "is_disabled": true },
        });
        add_keyboard(&mut body, &message.buttons);
        self.limited(&message.to, self.post("sendMessage").json(&body)).await
    }

    /// One call, so that there is one outcome: the text goes under the file, which has room for the rest.
    async fn send_document(&self, message: &Message, file: &Attachment) -> DeliveryOutcome {
        if file.content.len() > MAX_FILE_BYTES {
            return Reason::new("telegram_file_too_large", "файл больше 50 МБ").refused();
        }
        let part = Part::bytes(file.content.clone()).file_name(file.name.clone()).mime_str(&file.media_type);
        let Ok(part) = part else {
            return Reason::new("bad_media_type", "тип файла записан неверно").refused();
        };
        let mut form = Form::new()
            // Telegram reads names as they are.
            .percent_encode_noop()
            .text("chat_id", self.chat(&message.to))
            .text("caption", text(message, MAX_CAPTION))
            .text("parse_mode", "HTML")
            .part("document", part);
        if !message.buttons.is_empty() {
            form = form.text("reply_markup", keyboard(&message.buttons).to_string());
        }
        self.limited(&message.to, self.post("sendDocument").multipart(form)).await
    }

    async fn edit(&self, message_id: &str, message: &Message) -> DeliveryOutcome {
        let Ok(number) = message_id.parse::<i64>() else {
            return Reason::new("bad_message_id", "номер сообщения записан неверно").refused();
        };
        let mut body = json!({
            "chat_id": self.chat(&message.to),
            "message_id": number,
            "parse_mode": "HTML",
        });
        // Where there are none, the old ones go.
        add_keyboard(&mut body, &message.buttons);
        let method = if message.attachment.is_some() {
            body["caption"] = text(message, MAX_CAPTION).into();
            "editMessageCaption"
        } else {
            body["text"] = text(message, MAX_TEXT).into();
            body["link_preview_options"] = json!({ "is_disabled": true });
            "editMessageText"
        };
        self.limited(&message.to, self.post(method).json(&body)).await
    }

    async fn poll(&self, after: Option<i64>) -> Presses {
        let mut body = json!({
            "limit": UPDATES,
            "timeout": LONG_POLL.as_secs(),
            "allowed_updates": ["callback_query", "message"],
        });
        if let Some(offset) = after {
            body["offset"] = offset.into();
        }
        let request = self.post("getUpdates").json(&body).timeout(LONG_POLL + TIMEOUT);
        let reply = exchange_up_to(request, MAX_UPDATES_BYTES).await?;
        if reply.status == StatusCode::CONFLICT {
            let words = "нажатия кнопок читает другая программа, или у бота включён webhook (deleteWebhook)";
            return Err(Reason::new("telegram_conflict", words).into());
        }
        if !reply.status.is_success() {
            return Err(self.outcome_of(&reply, None).into());
        }
        let (presses, next) = parse_updates(&reply.body).map_err(|words| Reason::new("telegram_odd", words))?;
        Ok((presses, next.or(after)))
    }

    async fn answer_press(&self, press: &Press, text: &str) -> DeliveryOutcome {
        let Some(id) = &press.id else {
            let body = json!({ "chat_id": press.chat, "text": cut(text, MAX_TEXT) });
            return self.limited(&press.chat, self.post("sendMessage").json(&body)).await;
        };
        let body = json!({ "callback_query_id": id, "text": cut(text, MAX_ANSWER) });
        match exchange(self.post("answerCallbackQuery").json(&body)).await {
            Ok(reply) => self.outcome_of(&reply, None),
            Err(outcome) => outcome,
        }
    }

    fn post(&self, method: &str) -> RequestBuilder {
        self.client.post(format!("{}/{method}", self.base))
    }

    /// The number that a chat has now.
    fn chat(&self, chat: &str) -> String {
        let moved = self.moved.lock().unwrap_or_else(PoisonError::into_inner);
        moved.get(chat).cloned().unwrap_or_else(|| chat.to_owned())
    }

    /// A request that counts as a message to a chat.
    async fn limited(&self, chat: &str, request: RequestBuilder) -> DeliveryOutcome {
        if let Err(later) = self.limiter.acquire(chat) {
            return later;
        }
        match exchange(request).await {
            Ok(reply) => self.outcome_of(&reply, Some(chat)),
            Err(outcome) => outcome,
        }
    }

    /// What an answer means, and what is to be remembered of it about the chat that the request counted for.
    fn outcome_of(&self, reply: &Reply, chat: Option<&str>) -> DeliveryOutcome {
        let answer = Answer::read(reply);
        let outcome = answer.outcome(chat.unwrap_or_default());
        let Some(chat) = chat else { return outcome };
        if let DeliveryOutcome::Later { after: Some(pause), .. } = &outcome
            && answer.is_too_fast()
        {
            self.limiter.hold(chat, *pause);
        }
        if let Some(to) = answer.moved_to() {
            self.moved.lock().unwrap_or_else(PoisonError::into_inner).insert(chat.to_owned(), to);
        }
        outcome
    }
}

impl Channel for Telegram {
    fn wait(&self, to: &str) -> Option<Duration> {
        self.limiter.wait(to)
    }

    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, DeliveryOutcome> {
        match &message.attachment {
            None => self.send_message(message).boxed(),
            Some(file) => self.send_document(message, file).boxed(),
        }
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

/// Subject and text in Telegram's HTML. Its limit is on what is left without the markup.
fn text(message: &Message, most: usize) -> String {
    let (subject, text) = marked_if_repeat(message, most - BETWEEN.len());
    format!("<b>{}</b>{BETWEEN}{}", escape(&subject), escape(&text))
}

fn add_keyboard(body: &mut Value, buttons: &[Button]) {
    if !buttons.is_empty() {
        body["reply_markup"] = keyboard(buttons);
    }
}

fn keyboard(buttons: &[Button]) -> Value {
    let row = |button: &Button| {
        let action = &button.action[..button.action.floor_char_boundary(MAX_ACTION_BYTES)];
        json!([{ "text": button.label, "callback_data": action }])
    };
    json!({ "inline_keyboard": buttons.iter().map(row).collect::<Vec<_>>() })
}
