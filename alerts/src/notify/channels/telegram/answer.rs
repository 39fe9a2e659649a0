//! What the Bot API's answers mean (<https://core.telegram.org/bots/api#making-requests>).

use std::time::Duration;

use serde_json::Value;

use super::super::http::Reply;
use super::super::outcome::{DeliveryOutcome, Reason};

/// An answer to a request that sends, edits or answers.
pub struct Answer {
    status: u16,
    body: Value,
    retry_after: Option<Duration>,
}

impl Answer {
    pub fn read(reply: &Reply) -> Answer {
        Answer {
            status: reply.status.as_u16(),
            body: serde_json::from_slice(&reply.body).unwrap_or_default(),
            retry_after: reply.retry_after,
        }
    }

    fn is_ok(&self) -> bool {
        self.body["ok"] == true
    }

    /// Whether it asks to leave the chat alone for a while.
    pub fn is_too_fast(&self) -> bool {
        !self.is_ok() && self.status == 429
    }

    /// The new number of a group that became a supergroup.
    pub fn moved_to(&self) -> Option<String> {
        let to = &self.body["parameters"]["migrate_to_chat_id"];
        (!self.is_ok() && self.status == 400 && to.is_i64()).then(|| to.to_string())
    }

    /// What became of the message that was meant for a chat.
    pub fn outcome(&self, chat: &str) -> DeliveryOutcome {
        if self.is_ok() {
            let message_id = self.body["result"]["message_id"].as_i64().map(|id| id.to_string());
            return DeliveryOutcome::Accepted { message_id };
        }
        let said = self.body["description"].as_str().unwrap_or_default();
        let asked = self.body["parameters"]["retry_after"].as_u64().map(Duration::from_secs);
        let pause = asked.or(self.retry_after);
        if let Some(to) = self.moved_to() {
            let words = format!("группа {chat} стала супергруппой с номером {to}: впишите его вместо прежнего");
            return Reason::new("telegram_migrated", words).later();
        }
        match self.status {
            429 => Reason::new("telegram_too_fast", "Telegram просит обращаться реже").after(pause),
            // The message already says this.
            400 if said.contains("message is not modified") => DeliveryOutcome::Accepted { message_id: None },
            status @ 400..=499 => refusal(status, said).refused(),
            // The Bot API itself says that it did not do it; a gateway in front of it cannot know.
            500..=599 if self.body["ok"] == false || self.status == 503 => {
                Reason::said("telegram_failed", "ошибка на стороне Telegram", said).after(pause)
            }
            status => Reason::new("telegram_odd", format!("непредусмотренный ответ Telegram ({status})")).unknown(),
        }
    }
}

/// Refusals that a person can do something about, by what Telegram says; the others are shown in Telegram's words.
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
