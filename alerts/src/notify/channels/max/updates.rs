//! Updates of a bot (<https://dev.max.ru/docs-api/methods/GET/updates>), read from bytes that anybody may have caused.

use config::ChannelKind;
use serde_json::Value;

use super::super::commands::command_of;
use super::super::message::{MAX_ACTION_BYTES, Press};

/// Reads an answer of `GET /updates`: presses and commands in their order, and the marker that confirms all of them. Updates
/// that are neither, or that cannot be understood, are confirmed with the rest. Texts that are not commands are ignored.
///
/// # Errors
/// Says in Russian what is wrong, where it is no such answer.
pub fn parse_updates(bytes: &[u8]) -> Result<(Vec<Press>, Option<i64>), String> {
    let odd = || "непредусмотренный ответ MAX на запрос нажатий".to_owned();
    let answer: Value = serde_json::from_slice(bytes).map_err(|_| odd())?;
    let updates = answer["updates"].as_array().ok_or_else(odd)?;
    Ok((updates.iter().filter_map(press).collect(), answer["marker"].as_i64()))
}

fn press(update: &Value) -> Option<Press> {
    let message = &update["message"];
    let number = |value: &Value| value.as_i64().map(|number| number.to_string());
    let (from, chat, action, id) = match update["update_type"].as_str()? {
        "message_callback" => {
            let callback = &update["callback"];
            let action = callback["payload"].as_str().filter(|payload| payload.len() <= MAX_ACTION_BYTES)?;
            let id = callback["callback_id"].as_str()?.to_owned();
            (&callback["user"], &message["recipient"]["chat_id"], action.to_owned(), Some(id))
        }
        "message_created" => {
            let action = command_of(message["body"]["text"].as_str()?)?;
            (&message["sender"], &message["recipient"]["chat_id"], action, None)
        }
        // The button that opens a dialogue with a bot.
        "bot_started" => (&update["user"], &update["chat_id"], "/start".to_owned(), None),
        _ => return None,
    };
    // A chat of which it is not said that it is a dialogue may hold anybody.
    let direct = update["update_type"] == "bot_started" || message["recipient"]["chat_type"] == "dialog";
    Some(Press { kind: ChannelKind::Max, from: number(&from["user_id"])?, chat: number(chat)?, direct, action, id })
}
