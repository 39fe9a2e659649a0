//! Cards, accounts and documents: told by their check digits, their form, and the words beside them.

use std::sync::LazyLock;

use regex::Regex;

use super::groups::{Chain, Group, digits};
use super::{Found, context, expression};
use crate::privacy::table::What;

/// How far a document's name may stand from its number.
const NEAR: usize = 80;

/// Finds the numbers of a chain.
pub(super) fn find(text: &str, chain: &Chain, found: &mut Found) {
    for groups in chain.parts() {
        for at in 0..groups.len() {
            // The longest first: an account begins with what may be a card.
            for end in (at + 1..=groups.len()).rev() {
                let part = &groups[at..end];
                if let Some(what) = kind(text, part).filter(|_| !found.has(part[0].start)) {
                    found.push(part[0].start, part[part.len() - 1].end, what);
                    break;
                }
            }
        }
    }
}

/// What document the digits of groups are the number of.
fn kind(text: &str, groups: &[Group]) -> Option<What> {
    let length: usize = groups.iter().map(|group| group.digits.len()).sum();
    if !(9..=20).contains(&length) || groups.len() > length.min(8) {
        return None;
    }
    let number = digits(groups);
    let start = groups[0].start;
    let before = || context::before_within(text, start, NEAR);
    match length {
        20 if ACCOUNTS.iter().any(|account| number.starts_with(account)) => Some(What::Account),
        15..=19 if length == 16 && OMS.is_match(before()) => Some(What::Oms),
        15 | 16 | 18 | 19
            if number.starts_with(['2', '3', '4', '5', '6']) && has_luhn(&number) && is_a_card(text, groups) =>
        {
            Some(What::Card)
        }
        12 if is_inn(&number) && (INN.is_match(before()) || INN.is_match(after(text, groups))) => Some(What::Inn),
        11 if is_snils(&number)
            && (is_snils_shaped(groups) || SNILS.is_match(before()) || SNILS.is_match(after(text, groups))) =>
        {
            Some(What::Snils)
        }
        10 if PASSPORT.is_match(before()) && lengths(groups).starts_with(&[2, 2]) => Some(What::Passport),
        10 if PASSPORT.is_match(before())
            && matches!(lengths(groups)[..], [10] | [4, 6] | [4, 3, 3])
            && context::nearest(text, start) != context::Nearest::Telephone =>
        {
            Some(What::Passport)
        }
        9 if PASSPORT.is_match(before()) && matches!(lengths(groups)[..], [9] | [2, 7]) => Some(What::Passport),
        _ => None,
    }
}

/// Passports whose series and number have words between them: `серия 1405 номер 123456`.
pub(super) fn find_passports(text: &str, found: &mut Found) {
    for passport in SERIES.captures_iter(text) {
        let (Some(series), Some(number)) = (passport.get(1), passport.get(2)) else { continue };
        let named = PASSPORT.is_match(context::before_within(text, series.start(), NEAR));
        if named || passport[0].to_lowercase().contains("сери") {
            found.push(series.start(), number.end(), What::Passport);
        }
    }
}

fn lengths(groups: &[Group]) -> Vec<usize> {
    groups.iter().map(|group| group.digits.len()).collect()
}

fn after<'t>(text: &'t str, groups: &[Group]) -> &'t str {
    context::after_within(text, groups[groups.len() - 1].end, NEAR / 2)
}

/// Bare digits with the right check digit are a card one time in ten by chance: numbers of payments and cases are not.
fn is_a_card(text: &str, groups: &[Group]) -> bool {
    let before = context::before_within(text, groups[0].start, NEAR / 2);
    let in_fours =
        matches!(lengths(groups)[..], [4, 4, 4, 4] | [4, 4, 4, 4, _] | [4, 6, 5] | [8, 8] | [8, 10] | [6, 10]);
    let spaced = !text[groups[0].start..groups[groups.len() - 1].end].contains('.');
    !context::is_in_address(text, groups[0].start) && (in_fours || spaced) && !NO_CARD.is_match(before)
}

fn is_snils_shaped(groups: &[Group]) -> bool {
    matches!(lengths(groups)[..], [3, 3, 3, 2])
}

fn has_luhn(number: &str) -> bool {
    let sum: u32 = number
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| {
            let digit = u32::from(byte - b'0');
            if at % 2 == 0 { digit } else { digit * 2 - if digit > 4 { 9 } else { 0 } }
        })
        .sum();
    sum.is_multiple_of(10) && number.bytes().any(|byte| byte != b'0')
}

fn is_snils(number: &str) -> bool {
    let digits: Vec<u32> = number.bytes().map(|byte| u32::from(byte - b'0')).collect();
    let sum: u32 = digits[..9].iter().zip((1..=9).rev()).map(|(digit, weight)| digit * weight).sum();
    let check = match sum % 101 {
        100 => 0,
        rest => rest,
    };
    sum > 0 && check == digits[9] * 10 + digits[10]
}

fn is_inn(number: &str) -> bool {
    let digits: Vec<u32> = number.bytes().map(|byte| u32::from(byte - b'0')).collect();
    let check =
        |weights: &[u32]| weights.iter().zip(&digits).map(|(weight, digit)| weight * digit).sum::<u32>() % 11 % 10;
    check(&[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) == digits[10] && check(&[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) == digits[11]
}

/// How the numbers of accounts of persons begin.
const ACCOUNTS: [&str; 5] = ["40817", "40820", "42301", "42305", "42306"];

static OMS: LazyLock<Regex> =
    LazyLock::new(|| expression(r"(?i)\b(?:омс|полис\w*|енп|медполис\w*|мед\w*\.?\s+страх\w*)\b"));

static INN: LazyLock<Regex> = LazyLock::new(|| expression(r"(?i)\bинн\b|\bналогоплательщик\w*"));

static SNILS: LazyLock<Regex> = LazyLock::new(|| {
    expression(r"(?i)\bснилс\w*|\bпенсионно\w+\s+(?:страх|свид)\w*|\bстрахово\w+\s+(?:номер|свид)\w*")
});

static PASSPORT: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?i)\b(?:паспорт\w*|пасп\.|сери[яи](?:\s+и)?\s+номер|загран\w*|водительск\w+\s+удост\w*|в/у)[^\n]{0,60}$",
    )
});

/// Series and number of a passport with words for them between.
static SERIES: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?ix) (?: сери[яийюе]\w* | паспорт\w* ) [\s:.№-]{0,4} ([0-9]{2}\s?[0-9]{2}) [\s,;:-]{0,3} (?: номер\w* | ном\.? | н\. | № | n\b ) [\s:.№-]{0,4} ([0-9]{6}|[0-9]{3}\s[0-9]{3}) \b",
    )
});

/// What a long number is that is no card.
static NO_CARD: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?i)\b(?:уин|лиц\w*\.?\s*сч\w*|л/с|кадастр\w*|квитанц\w*|трек\w*|отправлени\w*|заказ\w*|обращени\w*|заявк\w*|дел[оау]|договор\w*|идентификатор\w*|код\w*|штрих\w*)[\s:.№-]*$",
    )
});
