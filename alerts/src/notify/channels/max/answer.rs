//! What MAX's answers mean.

use serde_json::Value;

use super::super::http::Reply;
use super::super::outcome::{DeliveryOutcome, Reason};

/// What became of a message. An error is `{"code": …, "message": …}` with an HTTP status.
pub fn outcome_of(reply: &Reply) -> DeliveryOutcome {
    let status = reply.status.as_u16();
    let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let code = answer["code"].as_str().unwrap_or_default();
    let said = answer["message"].as_str().unwrap_or(code);
    match status {
        200 if answer["success"] == false => Reason::said("max_refused", "MAX отказал", said).refused(),
        200 if answer.is_object() => {
            let mid = answer["message"]["body"]["mid"].as_str();
            DeliveryOutcome::Accepted { message_id: mid.map(str::to_owned) }
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
