//! What VK's answers mean.

use std::time::Duration;

use serde_json::Value;

use super::super::http::Reply;
use super::super::outcome::{DeliveryOutcome, Reason};

/// How long a message rests that VK finds too much like many others.
const FLOOD: Duration = Duration::from_secs(600);

/// What became of a message.
pub fn outcome_of(reply: &Reply) -> DeliveryOutcome {
    match (reply.status.as_u16(), parse_answer(&reply.body)) {
        (200, Ok(message_id)) => DeliveryOutcome::Accepted { message_id: Some(message_id) },
        (200, Err(Some((code, said)))) => of_code(code, &said),
        (429 | 503, _) => Reason::new("vk_busy", "ВКонтакте просит обращаться реже").after(reply.retry_after),
        (status, _) => Reason::new("vk_odd", format!("непредусмотренный ответ ВКонтакте ({status})")).unknown(),
    }
}

/// Reads an answer of `messages.send`: the message's number. The parameters of the request that an error repeats contain the token and
/// are ignored.
///
/// # Errors
/// The error's code and VK's words; none where it is no such answer.
pub fn parse_answer(bytes: &[u8]) -> Result<String, Option<(i64, String)>> {
    let answer: Value = serde_json::from_slice(bytes).map_err(|_| None)?;
    if let Some(code) = answer["error"]["error_code"].as_i64() {
        return Err(Some((code, answer["error"]["error_msg"].as_str().unwrap_or_default().to_owned())));
    }
    answer["response"].as_i64().map(|id| id.to_string()).ok_or(None)
}

/// What an error code means (<https://dev.vk.com/ru/reference/errors>). Codes that are not listed are shown in VK's words.
fn of_code(code: i64, said: &str) -> DeliveryOutcome {
    let reason = |name, words: &str| Reason::new(name, format!("{words} (ошибка {code})"));
    match code {
        1 | 10 => reason("vk_failed", "внутренняя ошибка ВКонтакте").later(),
        6 => reason("vk_too_fast", "слишком много запросов в секунду").after(Some(Duration::from_secs(1))),
        9 => reason("vk_flood", "ВКонтакте видит слишком много одинаковых сообщений").after(Some(FLOOD)),
        29 => reason("vk_quota", "предел обращений к ВКонтакте исчерпан").after(Some(FLOOD)),
        5 | 27 | 28 => reason("vk_token", "ключ сообщества не подходит").refused(),
        1051 => reason("vk_id_token", "ключу VK ID этот метод не разрешён, нужен ключ сообщества").refused(),
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
