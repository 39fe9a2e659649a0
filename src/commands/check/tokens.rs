//! Tokens that sources are read with: those that are lacking or of no use, and one that has another task already.

use config::{Config, Secret};
use model::Platform;

use crate::language::say;

/// Sources that nobody could read, since there is no token or one that cannot be had here.
pub fn warnings(config: &Config) -> Vec<String> {
    let (vk, max) = (&config.settings.vk.tokens, config.settings.max.token.as_ref());
    let is_read = |platform| config.sources.iter().any(|source| source.enabled && source.platform() == platform);
    let mut warnings = Vec::new();
    if is_read(Platform::Vk) && vk.is_empty() {
        let words = say(
            "источники ВКонтакте читаться не будут: нет ключа доступа; укажите token_file или token_env в разделе [vk] файла otklik.toml",
            "sources of VK will not be read: there is no token; give token_file or token_env in section vk of otklik.toml",
        );
        warnings.push(words.to_owned());
    }
    if is_read(Platform::Max) && max.is_none() {
        let words = say(
            "источники MAX читаться не будут: нет токена читающего бота; укажите token_file или token_env в разделе [max] файла otklik.toml",
            "sources of MAX will not be read: there is no token of a reading bot; give token_file or token_env in section max of otklik.toml",
        );
        warnings.push(words.to_owned());
    }
    let useless = |words: &str, token: &Secret| Some(format!("{words}: {}", token.read().err()?));
    let words = say("ключ ВКонтакте не годится", "a token of VK is of no use");
    warnings.extend(vk.iter().filter_map(|token| useless(words, &token.secret)));
    let words = say("токен читающего бота MAX не годится", "the token of the bot that reads MAX is of no use");
    warnings.extend(max.and_then(|token| useless(words, token)));
    warnings
}

/// That the bot of MAX that reads is the one that sends alerts: each would take the other's events, so that presses of buttons and posts
/// were lost.
pub fn one_bot_for_both(config: &Config) -> Option<String> {
    let (reads, sends) = (config.settings.max.token.as_ref()?, &config.channels.max.as_ref()?.token);
    let is_one = reads == sends || matches!((reads.read(), sends.read()), (Ok(one), Ok(other)) if one == other);
    let words = say(
        "один и тот же бот MAX и читает чаты ([max] в otklik.toml), и шлёт тревоги ([max] в channels.toml): он терял бы события; заведите для чтения другого бота",
        "one bot of MAX both reads chats ([max] of otklik.toml) and sends alerts ([max] of channels.toml): it would lose events; make another one to read",
    );
    is_one.then(|| words.to_owned())
}

#[cfg(test)]
mod tests {
    use config::Files;

    use super::*;

    fn of(reads: &str, sends: &str) -> Option<String> {
        let section = |token: &str| format!("[max]\n{token}\n");
        let overlay = vec![("otklik.toml".to_owned(), section(reads)), ("channels.toml".to_owned(), section(sends))];
        one_bot_for_both(&Config::parse(&Files::shipped().overlay(overlay)).unwrap())
    }

    #[test]
    fn a_bot_that_sends_alerts_does_not_read_and_its_token_is_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, token: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, token).unwrap();
            format!("token_file = '{}'", path.display())
        };
        let same = of(&file("a", "f9LHodD0cOJ-secret\n"), &file("b", "f9LHodD0cOJ-secret")).unwrap();
        assert!(!same.contains("f9LHodD0cOJ"), "{same}");
        assert!(of("token_env = 'NO_SUCH'", "token_env = 'NO_SUCH'").is_some(), "the same place");
        assert_eq!(of(&file("c", "one"), &file("d", "other")), None);
        assert_eq!(of(&file("c", "one"), "token_file = '/no/such/file'"), None);
    }
}
