//! Commands that people write to a bot.

use super::message::MAX_ACTION_BYTES;

/// The command at the beginning of a text, with its slash, without what follows it and without the bot's name, which groups append.
pub fn command_of(text: &str) -> Option<String> {
    let word = text.split_whitespace().next().filter(|word| word.starts_with('/'))?;
    let command = word.split('@').next().unwrap_or(word);
    (command.len() <= MAX_ACTION_BYTES).then(|| command.to_owned())
}
