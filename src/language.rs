//! Messages in Russian or English, by the locale.

use std::sync::OnceLock;

/// Whether messages are in Russian: `LC_ALL`, `LC_MESSAGES` or `LANG` says so, the first that is set.
pub fn is_russian() -> bool {
    static RUSSIAN: OnceLock<bool> = OnceLock::new();
    *RUSSIAN.get_or_init(|| {
        let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
        set.is_some_and(|locale| locale.to_ascii_lowercase().starts_with("ru"))
    })
}

/// The words for a poll's outcome, or its name.
pub fn named(outcome: &str) -> &str {
    if is_russian() { model::outcome_ru(outcome) } else { outcome }
}

/// The Russian or the English wording.
pub fn say<'a>(russian: &'a str, english: &'a str) -> &'a str {
    if is_russian() { russian } else { english }
}
