//! A Telegram bot (<https://core.telegram.org/bots/api>, version 9).

mod updates;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use config::TelegramBot;
use model::Clock;
use reqwest::multipart::{Form, Part};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use super::http::{Reply, TIMEOUT, client, exchange, exchange_up_to};
use super::pace::{Limit, Limits, Pace};
use super::render::{BETWEEN, cut, escape, unkeyed};
use super::{Button, ChannelError, LONG_POLL, MAX_ACTION_BYTES, Message, Outcome, Press, Reason, between};
pub use updates::parse_updates;
pub(super) use updates::word;

/// `sendMessage`: the text after its markup was read, in UTF-16 units.
const MAX_TEXT: usize = 4096;

/// `sendDocument`: the text under a file.
const MAX_CAPTION: usize = 1024;

/// `sendDocument`: a bot may send files of 50 MB; ours are pages.
const MAX_FILE_BYTES: usize = 50_000_000;

/// `answerCallbackQuery`.
const MAX_ANSWER: usize = 200;

/// Updates asked for at once; with texts of users that are not ours to bound this many fit the bound on an answer.
const UPDATES: u32 = 50;

/// An answer of `getUpdates`.
const MAX_UPDATES_BYTES: usize = 8 << 20;

/// <https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this>
const LIMITS: Limits = Limits {
    all: &[Limit { messages: 30, within: Duration::from_secs(1) }],
    chat: &[Limit { messages: 1, within: Duration::from_secs(1) }],
    group: &[Limit { messages: 20, within: Duration::from_secs(60) }],
};

pub(super) struct Telegram {
    client: reqwest::Client,
    /// With the token: never to be shown.
    base: String,
    pace: Mutex<Pace>,
    /// Groups that became supergroups and have another number since.
    moved: Mutex<HashMap<String, String>>,
}

impl Telegram {
    pub(super) fn open(settings: &TelegramBot) -> Result<Telegram, String> {
        let token = settings.token.read()?;
        // It becomes a part of the path.
        if !token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-')) {
            return Err(format!("в {:?} лежит не токен бота Telegram", settings.token));
        }
        Ok(Telegram {
            client: client(settings.proxy.as_ref(), None)?,
            base: format!("{}/bot{token}", settings.api),
            pace: Mutex::new(Pace::new(LIMITS)),
            moved: Mutex::default(),
        })
    }

    pub(super) fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn send(&self, message: &Message, clock: &Clock) -> Outcome {
        let chat = self.chat(&message.to);
        let Some(file) = &message.attachment else {
            let mut body = json!({
                "chat_id": chat,
                "text": text(message, MAX_TEXT),
                "parse_mode": "HTML",
                "link_preview_options": { "is_disabled": true },
            });
            add_keyboard(&mut body, &message.buttons);
            return self.counted(&message.to, self.post("sendMessage").json(&body), clock).await;
        };
        if file.content.len() > MAX_FILE_BYTES {
            return Reason::new("telegram_file_too_large", "файл больше 50 МБ").refused();
        }
        // One call, so that there is one outcome: the text goes under the file, which holds the rest.
        let part = Part::bytes(file.content.clone()).file_name(file.name.clone()).mime_str(&file.media_type);
        let Ok(part) = part else {
            return Reason::new("bad_media_type", "тип файла записан неверно").refused();
        };
        let mut form = Form::new()
            // Telegram reads names as they are.
            .percent_encode_noop()
            .text("chat_id", chat)
            .text("caption", text(message, MAX_CAPTION))
            .text("parse_mode", "HTML")
            .part("document", part);
        if !message.buttons.is_empty() {
            form = form.text("reply_markup", keyboard(&message.buttons).to_string());
        }
        self.counted(&message.to, self.post("sendDocument").multipart(form), clock).await
    }

    pub(super) async fn edit(&self, message_id: &str, message: &Message, clock: &Clock) -> Outcome {
        let Ok(number) = message_id.parse::<i64>() else {
            return Reason::new("bad_message_id", "номер сообщения записан неверно").refused();
        };
        let mut body = json!({
            "chat_id": self.chat(&message.to),
            "message_id": number,
            "parse_mode": "HTML",
        });
        // Without buttons the old ones go.
        add_keyboard(&mut body, &message.buttons);
        let method = if message.attachment.is_some() {
            body["caption"] = text(message, MAX_CAPTION).into();
            "editMessageCaption"
        } else {
            body["text"] = text(message, MAX_TEXT).into();
            body["link_preview_options"] = json!({ "is_disabled": true });
            "editMessageText"
        };
        self.counted(&message.to, self.post(method).json(&body), clock).await
    }

    pub(super) async fn presses(&self, after: Option<i64>) -> Result<(Vec<Press>, Option<i64>), ChannelError> {
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
            return Err(self.judge(&reply, "", None).into());
        }
        let (presses, next) = parse_updates(&reply.body).map_err(|words| Reason::new("telegram_odd", words))?;
        Ok((presses, next.or(after)))
    }

    pub(super) async fn answer(&self, press: &Press, text: &str, clock: &Clock) -> Outcome {
        let Some(id) = &press.id else {
            let body = json!({ "chat_id": press.chat, "text": cut(text, MAX_TEXT) });
            return self.counted(&press.chat, self.post("sendMessage").json(&body), clock).await;
        };
        let body = json!({ "callback_query_id": id, "text": cut(text, MAX_ANSWER) });
        match exchange(self.post("answerCallbackQuery").json(&body)).await {
            Ok(reply) => self.judge(&reply, "", None),
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
    async fn counted(&self, chat: &str, request: RequestBuilder, clock: &Clock) -> Outcome {
        let now = clock();
        let turn = self.pace().take(chat, now);
        if let Err(until) = turn {
            return Reason::new("paced", "ждёт очереди: пределы Telegram").after(between(now, until));
        }
        match exchange(request).await {
            Ok(reply) => self.judge(&reply, chat, Some(clock)),
            Err(outcome) => outcome,
        }
    }

    /// Names the outcome of an answer (<https://core.telegram.org/bots/api#making-requests>).
    fn judge(&self, reply: &Reply, chat: &str, clock: Option<&Clock>) -> Outcome {
        let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        if answer["ok"] == true {
            let message_id = answer["result"]["message_id"].as_i64().map(|id| id.to_string());
            return Outcome::Accepted { message_id };
        }
        let status = reply.status.as_u16();
        let said = answer["description"].as_str().unwrap_or_default();
        let pause = answer["parameters"]["retry_after"].as_u64().map(Duration::from_secs).or(reply.retry_after);
        match status {
            429 => {
                let outcome = Reason::new("telegram_too_fast", "Telegram просит обращаться реже").after(pause);
                if let (Outcome::Later { after: Some(pause), .. }, Some(clock)) = (&outcome, clock) {
                    self.pace().hold(chat, clock().saturating_add(*pause).unwrap_or(model::Time::MAX));
                }
                outcome
            }
            400 if answer["parameters"]["migrate_to_chat_id"].is_i64() => {
                let to = answer["parameters"]["migrate_to_chat_id"].to_string();
                let words = format!("группа {chat} стала супергруппой с номером {to}: впишите его вместо прежнего");
                self.moved.lock().unwrap_or_else(PoisonError::into_inner).insert(chat.to_owned(), to);
                Reason::new("telegram_migrated", words).later()
            }
            // The message says this already.
            400 if said.contains("message is not modified") => Outcome::Accepted { message_id: None },
            400..=499 => refusal(status, said).refused(),
            // The Bot API itself says that it did not do it; a gateway in front of it cannot know.
            500..=599 if answer["ok"] == false || status == 503 => {
                Reason::said("telegram_failed", "ошибка на стороне Telegram", said).after(pause)
            }
            _ => Reason::new("telegram_odd", format!("непредусмотренный ответ Telegram ({status})")).unknown(),
        }
    }
}

/// Refusals that a person can do something about, by what Telegram says; the rest is shown as it says it.
static REFUSALS: [(&str, &str, &str); 9] = [
    ("bot was blocked", "telegram_blocked", "получатель заблокировал бота"),
    ("user is deactivated", "telegram_deactivated", "учётная запись получателя удалена"),
    ("bot was kicked", "telegram_kicked", "бота удалили из группы"),
    ("bot is not a member", "telegram_kicked", "бота нет в группе"),
    ("can't initiate conversation", "telegram_not_started", "получатель ещё не написал боту /start"),
    ("chat not found", "telegram_no_chat", "чата с таким номером нет, или получатель ещё не написал боту /start"),
    ("not enough rights", "telegram_no_rights", "боту запрещено писать в эту группу"),
    ("message to edit not found", "telegram_no_message", "сообщения больше нет"),
    ("message can't be edited", "telegram_no_message", "сообщение больше нельзя изменить"),
];

fn refusal(status: u16, said: &str) -> Reason {
    let known = REFUSALS.iter().find(|(part, _, _)| said.contains(part));
    match (known, status) {
        (Some((_, name, words)), _) => Reason::new(name, *words),
        (None, 401 | 404) => Reason::new("telegram_token", "Telegram не знает токена бота"),
        (None, 403) => Reason::said("telegram_forbidden", "Telegram запретил писать получателю", said),
        (None, 413) => Reason::new("telegram_file_too_large", "Telegram не принял такой большой файл"),
        (None, _) => Reason::said("telegram_refused", &format!("Telegram отказал ({status})"), said),
    }
}

/// Subject and text in Telegram's HTML. Its bound is on what is left when the markup is read.
fn text(message: &Message, most: usize) -> String {
    let (subject, text) = unkeyed(message, most - BETWEEN.len());
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
