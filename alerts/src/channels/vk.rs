//! Messages of a VK community (<https://dev.vk.com/ru/method/messages.send>, version 5.199).

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use config::VkCommunity;
use model::Clock;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::http::{Reply, client, exchange};
use super::pace::{Limit, Limits, Pace};
use super::render::{BETWEEN, cut, links, units};
use super::{Message, Outcome, Reason, between};

const VERSION: &str = "5.199";

/// VK answers 914 to longer messages.
const MAX_TEXT: usize = 4096;

/// <https://dev.vk.com/ru/api/api-requests>: of a community's key.
const LIMITS: Limits = Limits { all: &[Limit { messages: 20, within: Duration::from_secs(1) }], chat: &[], group: &[] };

/// How long a message that VK finds like many others rests.
const FLOOD: Duration = Duration::from_secs(600);

pub(super) struct Vk {
    client: reqwest::Client,
    url: String,
    token: String,
    pace: Mutex<Pace>,
}

impl Vk {
    pub(super) fn open(settings: &VkCommunity) -> Result<Vk, String> {
        let client = client(settings.proxy.as_ref(), None)?;
        let url = format!("{}/messages.send", settings.api);
        Ok(Vk { client, url, token: settings.token.read()?, pace: Mutex::new(Pace::new(LIMITS)) })
    }

    pub(super) fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn send(&self, message: &Message, clock: &Clock) -> Outcome {
        let now = clock();
        let turn = self.pace().take(&message.to, now);
        if let Err(until) = turn {
            return Reason::new("paced", "ждёт очереди: пределы ВКонтакте").after(between(now, until));
        }
        let text = text(message);
        let random_id = random_id(&message.key).to_string();
        let form: [(&str, &str); 6] = [
            ("access_token", self.token.as_str()),
            ("v", VERSION),
            ("peer_id", &message.to),
            ("random_id", &random_id),
            ("message", &text),
            ("dont_parse_links", "1"),
        ];
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request =
            self.client.post(&self.url).header("Content-Type", "application/x-www-form-urlencoded").body(body);
        match exchange(request).await {
            Ok(reply) => judge(&reply),
            Err(outcome) => outcome,
        }
    }
}

fn judge(reply: &Reply) -> Outcome {
    match (reply.status.as_u16(), parse_answer(&reply.body)) {
        (200, Ok(message_id)) => Outcome::Accepted { message_id: Some(message_id) },
        (200, Err(Some((code, said)))) => of_code(code, &said),
        (429 | 503, _) => Reason::new("vk_busy", "ВКонтакте просит обращаться реже").after(reply.retry_after),
        (status, _) => Reason::new("vk_odd", format!("непредусмотренный ответ ВКонтакте ({status})")).unknown(),
    }
}

/// Reads an answer of `messages.send`: the message's number, or the error's code and VK's words. Neither: it is no such answer.
/// The request's parameters in an error, which hold the token, are not looked at.
///
/// # Errors
/// As told.
pub fn parse_answer(bytes: &[u8]) -> Result<String, Option<(i64, String)>> {
    let answer: Value = serde_json::from_slice(bytes).map_err(|_| None)?;
    if let Some(code) = answer["error"]["error_code"].as_i64() {
        return Err(Some((code, answer["error"]["error_msg"].as_str().unwrap_or_default().to_owned())));
    }
    answer["response"].as_i64().map(|id| id.to_string()).ok_or(None)
}

/// What a code means (<https://dev.vk.com/ru/reference/errors>). Codes that are not here are shown as VK says them.
fn of_code(code: i64, said: &str) -> Outcome {
    let reason = |name, words: &str| Reason::new(name, format!("{words} (ошибка {code})"));
    match code {
        1 | 10 => reason("vk_failed", "внутренняя ошибка ВКонтакте").later(),
        6 => reason("vk_too_fast", "слишком много запросов в секунду").after(Some(Duration::from_secs(1))),
        9 => reason("vk_flood", "ВКонтакте видит слишком много одинаковых сообщений").after(Some(FLOOD)),
        29 => reason("vk_quota", "предел обращений к ВКонтакте исчерпан").after(Some(FLOOD)),
        5 | 27 | 28 => reason("vk_token", "ключ сообщества не подходит").refused(),
        7 | 15 | 203 => reason("vk_denied", "у ключа нет права на сообщения сообщества").refused(),
        14 | 17 => reason("vk_human_needed", "ВКонтакте требует подтверждения человеком").refused(),
        18 => reason("vk_deleted", "страница получателя удалена или заблокирована").refused(),
        100 | 113 => reason("vk_no_peer", "такого получателя нет").refused(),
        900 => reason("vk_blacklisted", "сообщество в чёрном списке получателя").refused(),
        901 => reason("vk_not_allowed", "получатель не разрешил сообщения от сообщества").refused(),
        902 => reason("vk_privacy", "получатель закрыл сообщения настройками приватности").refused(),
        914 => reason("vk_too_long", "сообщение слишком длинное").refused(),
        917 | 925 | 945 | 946 => reason("vk_no_chat", "нет доступа к беседе").refused(),
        936 => reason("vk_no_contact", "получатель не найден").refused(),
        _ => Reason::said("vk_unknown", &format!("ошибка ВКонтакте {code}"), said).refused(),
    }
}

/// The same number for the same key: VK does not deliver a message twice for one. Zero would be no number.
fn random_id(key: &str) -> i32 {
    let hash = Sha256::digest(key.as_bytes());
    let number = i32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]) & i32::MAX;
    number.max(1)
}

fn text(message: &Message) -> String {
    let links = links(&message.buttons);
    let room = MAX_TEXT.saturating_sub(units(&links) + BETWEEN.len());
    let text = cut(&format!("{}{BETWEEN}{}", message.subject, message.text), room);
    if links.is_empty() { text } else { format!("{text}{BETWEEN}{links}") }
}
