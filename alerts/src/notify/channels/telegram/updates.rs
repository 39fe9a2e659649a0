//! Updates of a bot (<https://core.telegram.org/bots/api#update>), read from bytes that anybody may have caused.

use config::ChannelKind;
use serde_json::Value;

use super::super::commands::command_of;
use super::super::message::{MAX_ACTION_BYTES, Press};

/// Reads an answer of `getUpdates`: presses and commands in their order, and the offset that confirms all of them. Updates
/// that are neither, or that cannot be understood, are confirmed with the rest. Texts that are not commands are ignored.
///
/// # Errors
/// Says in Russian what is wrong, where it is no such answer.
pub fn parse_updates(bytes: &[u8]) -> Result<(Vec<Press>, Option<i64>), String> {
    let odd = || "непредусмотренный ответ Telegram на запрос нажатий".to_owned();
    let answer: Value = serde_json::from_slice(bytes).map_err(|_| odd())?;
    let updates = answer["result"].as_array().filter(|_| answer["ok"] == true).ok_or_else(odd)?;
    let last = updates.iter().filter_map(|update| update["update_id"].as_i64()).max();
    let presses = updates.iter().filter_map(|update| press(update).or_else(|| command(update))).collect();
    Ok((presses, last.map(|id| id.saturating_add(1))))
}

fn press(update: &Value) -> Option<Press> {
    let query = &update["callback_query"];
    let action = query["data"].as_str().filter(|data| data.len() <= MAX_ACTION_BYTES)?;
    let (from, chat) = (query["from"]["id"].as_i64()?, query["message"]["chat"]["id"].as_i64()?);
    Some(Press {
        kind: ChannelKind::Telegram,
        from: from.to_string(),
        chat: chat.to_string(),
        // A private chat has the number of its user.
        direct: from == chat,
        action: action.to_owned(),
        id: Some(query["id"].as_str()?.to_owned()),
    })
}

fn command(update: &Value) -> Option<Press> {
    let message = &update["message"];
    let (from, chat) = (message["from"]["id"].as_i64()?, message["chat"]["id"].as_i64()?);
    Some(Press {
        kind: ChannelKind::Telegram,
        from: from.to_string(),
        chat: chat.to_string(),
        direct: from == chat,
        action: command_of(message["text"].as_str()?)?,
        id: None,
    })
}
