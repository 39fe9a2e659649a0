//! Updates of a bot (<https://core.telegram.org/bots/api#update>) from bytes that anybody may have caused.

use config::ChannelKind;
use serde_json::Value;

use super::super::{MAX_ACTION_BYTES, Press};

/// Reads an answer of `getUpdates`: presses and commands in their order, and the offset that confirms all of them. Updates
/// that are neither, or that cannot be understood, are confirmed with the rest. Texts that are no command are not looked at.
///
/// # Errors
/// What is wrong, in Russian, where it is no such answer.
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
    Some(Press {
        kind: ChannelKind::Telegram,
        from: query["from"]["id"].as_i64()?.to_string(),
        chat: query["message"]["chat"]["id"].as_i64()?.to_string(),
        action: action.to_owned(),
        id: Some(query["id"].as_str()?.to_owned()),
    })
}

fn command(update: &Value) -> Option<Press> {
    let message = &update["message"];
    Some(Press {
        kind: ChannelKind::Telegram,
        from: message["from"]["id"].as_i64()?.to_string(),
        chat: message["chat"]["id"].as_i64()?.to_string(),
        action: word(message["text"].as_str()?)?,
        id: None,
    })
}

/// A command with its slash, without what follows and without the bot's name, which groups append.
pub(in super::super) fn word(text: &str) -> Option<String> {
    let word = text.split_whitespace().next().filter(|word| word.starts_with('/'))?;
    let word = word.split('@').next().unwrap_or(word);
    (word.len() <= MAX_ACTION_BYTES).then(|| word.to_owned())
}
