//! Addresses of e-mail, also as people write them to outwit machines.

use std::sync::LazyLock;

use regex::Regex;

use super::{Found, expression};
use crate::privacy::table::What;

/// Finds them.
pub(super) fn find(text: &str, found: &mut Found) {
    for mail in MAIL.find_iter(text).filter(|mail| !OF_A_STATE.is_match(mail.as_str())) {
        found.push(mail.start(), mail.end(), What::Mail);
    }
}

static MAIL: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?ix) (?: mailto: )? (?:
          [a-zа-яё0-9_] [a-zа-яё0-9_.+-]* (?: @ | \s@\s | \s? [\[({<] \s? (?: at | @ | эт | собак[аи] | собачка | гав | dog ) \s? [\])}>] \s? )
            (?: (?: [a-zа-яё0-9-]+ (?: \. | \s?[\[({]\s? (?: dot | точка | \. ) \s?[\])}]\s? | \s(?: dot | точка )\s ) )+ [a-zа-яё]{2,}
              | (?: mail | g-?mail | yandex | ya | bk | inbox | list | rambler | icloud | hotmail | outlook ) (?: \s?[,.]\s? (?: ru | com ) )? (?-u:\b) )
        | [a-z0-9] [a-z0-9_.+-]{1,63} \s? (?: \s at \s | собак[аи]\s | собачка\s | \*at\* ) \s?
            (?: mail | мейл | майл | g-?mail | гмейл | джимейл | yandex | яндекс | ya | bk | inbox | list | rambler | рамблер | icloud | hotmail | outlook )
            \s? (?: [.,] | dot\s | точка\s ) \s? (?: ru | ру | com | ком )
        )",
    )
});

/// Addresses of the state's own offices.
static OF_A_STATE: LazyLock<Regex> = LazyLock::new(|| expression(r"(?i)[@.](?:gov\.ru|gosuslugi\.ru)$"));
