//! Telephone numbers, however their digits are set apart.

use std::sync::LazyLock;

use regex::Regex;

use super::context::{self, Nearest};
use super::groups::{Chain, Group, Join, digits};
use super::{Found, expression};
use crate::privacy::public_numbers::PublicNumbers;
use crate::privacy::table::What;

/// Digits of a number with the country's 7 or the trunk's 8, and without.
const WHOLE: usize = 11;
const WITHOUT_TRUNK: usize = 10;

/// Digits of a number that begins with `+`: E.164 allows no more.
const FOREIGN: std::ops::RangeInclusive<usize> = 10..=15;

/// Digits of a number within a town.
const LOCAL: std::ops::RangeInclusive<usize> = 5..=7;

/// Finds the numbers of a chain.
pub(super) fn find(text: &str, chain: &Chain, public: &PublicNumbers, found: &mut Found) {
    let before = found.len();
    for part in chain.parts() {
        scan(text, part, false, public, found);
    }
    // Digits set apart by commas or slashes are one number where they are grouped as one is.
    if found.len() == before && chain.joins.contains(&Join::Loose) && is_uniform(text, chain) {
        scan(text, &chain.groups, true, public, found);
    }
}

/// Whether all groups are joined by the same characters.
fn is_uniform(text: &str, chain: &Chain) -> bool {
    let mut between = chain.groups.windows(2).map(|pair| text[pair[0].end..pair[1].start].trim());
    let first = between.next();
    between.all(|other| Some(other) == first)
}

fn scan(text: &str, part: &[Group], strict: bool, public: &PublicNumbers, found: &mut Found) {
    let mut at = 0;
    while at < part.len() {
        let number = whole_number(text, part, at, strict).or_else(|| local_number(text, part, at).filter(|_| !strict));
        let Some((end, stays)) = number else {
            at += 1;
            continue;
        };
        let groups = &part[at..end];
        if !stays && !public.contains(&digits(groups)) {
            let (from, to) = widened(text, groups);
            found.push(from, to, What::Phone);
        }
        at = end;
    }
}

/// A number with its area code that begins with a group: the group after its last one, and whether everybody may read it.
fn whole_number(text: &str, part: &[Group], at: usize, strict: bool) -> Option<(usize, bool)> {
    let plus = text[..part[at].start].trim_end().ends_with('+');
    if plus && !part[at].digits.starts_with(['7', '8']) {
        let groups = &part[at..];
        let length = groups.iter().map(|group| group.digits.len()).sum();
        return (FOREIGN.contains(&length) && !is_other(text, groups)).then_some((part.len(), false));
    }
    [WHOLE, WITHOUT_TRUNK].into_iter().find_map(|length| {
        let end = end_of(part, at, length)?;
        let is_all = at == 0 && end == part.len();
        let stays = russian_number(text, &part[at..end], length, plus, is_all && !strict)?;
        Some((end, stays))
    })
}

/// The group after those that together have so many digits.
fn end_of(part: &[Group], at: usize, length: usize) -> Option<usize> {
    let mut sum = 0;
    let last = part[at..].iter().position(|group| {
        sum += group.digits.len();
        sum >= length
    })?;
    (sum == length).then_some(at + last + 1)
}

/// Whether groups are a Russian number with its area code, and if so, whether everybody may read it. `alone`: no other groups are joined to
/// them, so that they may be grouped as no number usually is.
fn russian_number(text: &str, groups: &[Group], length: usize, plus: bool, alone: bool) -> Option<bool> {
    let (all, start) = (digits(groups), groups[0].start);
    let code = match length {
        WHOLE if all.starts_with(['7', '8']) => &all[1..],
        WITHOUT_TRUNK => &all[..],
        _ => return None,
    };
    let mobile = code.starts_with('9');
    let marked = has_bracket_or_hyphen(text, groups);
    // In Kazakhstan, which shares the country's 7, codes begin otherwise.
    let has_code = code.starts_with(['3', '4', '8', '9']) || (plus && code.starts_with(['6', '7']));
    if !has_code || (length == WITHOUT_TRUNK && !mobile && !marked) {
        return None;
    }
    let grouped = is_grouped(groups, length, marked);
    let likely = length == WHOLE || context::nearest(text, start) == Nearest::Telephone;
    let is_phone = grouped || plus || alone && likely && !is_other(text, groups);
    if !is_phone {
        return None;
    }
    if !plus && is_excluded(text, groups, !grouped || groups.len() == 1) {
        return None;
    }
    let hot_line = code.starts_with("800") || code.starts_with("804");
    Some(hot_line || (!mobile && context::is_of_a_service(text, start)))
}

/// Whether digits are grouped as a telephone number is, so that nothing else is likely.
fn is_grouped(groups: &[Group], length: usize, marked: bool) -> bool {
    let lengths: Vec<usize> = groups.iter().map(|group| group.digits.len()).collect();
    let singles = lengths.len() == length;
    match (length, &lengths[..]) {
        (WHOLE, [WHOLE] | [1, 10] | [1, 3, ..] | [4, ..]) | (WITHOUT_TRUNK, [WITHOUT_TRUNK] | [3, 7]) => true,
        (WITHOUT_TRUNK, [3, 3, 4] | [3, 3 | 2, 2, ..]) => true,
        (WHOLE, [1, 4 | 5, ..] | [5 | 6, ..]) | (WITHOUT_TRUNK, [3..=6, ..]) => marked,
        _ => singles,
    }
}

/// Whether groups that might be a number are more likely a date, a sum of money or a list.
fn is_other(text: &str, groups: &[Group]) -> bool {
    let is_year =
        |group: &Group| group.digits.len() == 4 && (group.digits.starts_with("19") || group.digits.starts_with("20"));
    let thousands = groups.len() > 2 && groups[1..].iter().all(|group| group.digits.len() == 3);
    let values: Vec<u64> = groups.iter().filter_map(|group| group.digits.parse().ok()).collect();
    let steps = values.windows(2).filter(|pair| (1..=2).contains(&pair[1].saturating_sub(pair[0]))).count();
    let is_list = steps >= 3 || (values.len() >= 4 && values.windows(2).all(|pair| pair[0] < pair[1]));
    let is_fraction = groups.len() == 2 && &text[groups[0].end..groups[1].start] == ".";
    groups.iter().any(is_year) || thousands || is_list || is_fraction
}

/// Whether what stands around groups says that they are something else. `bare`: only what stands around them can tell.
fn is_excluded(text: &str, groups: &[Group], bare: bool) -> bool {
    let (start, end) = (groups[0].start, groups[groups.len() - 1].end);
    if context::is_in_address(text, start) || !bare {
        return context::is_in_address(text, start);
    }
    let number_sign = text[..start].trim_end().ends_with('№');
    match context::nearest(text, start) {
        Nearest::Telephone => false,
        Nearest::Other => true,
        Nearest::Nothing => number_sign || SUM.is_match(&text[end..]) || is_decimal(text, start, end),
    }
}

fn is_decimal(text: &str, start: usize, end: usize) -> bool {
    let touches = |rest: &str| rest.starts_with(['.', ',']) && rest[1..].starts_with(|c: char| c.is_ascii_digit());
    let before = text[..start].ends_with(['.', ',']) && text[..start - 1].ends_with(|c: char| c.is_ascii_digit());
    touches(&text[end..]) || before
}

/// A number within a town: by its shape alone, or after a word for telephones.
fn local_number(text: &str, part: &[Group], at: usize) -> Option<(usize, bool)> {
    let start = part[at].start;
    let named = |groups: &[Group]| {
        let before = context::before(text, start);
        (CALLED.is_match(before) || (groups.len() > 1 && NUMBERED.is_match(before)))
            && context::nearest(text, start) != Nearest::Other
    };
    let mut length = 0;
    for end in at + 1..=part.len().min(at + 4) {
        length += part[end - 1].digits.len();
        if length > *LOCAL.end() {
            break;
        }
        let groups = &part[at..end];
        let more = part.get(end).map_or(0, |next| next.digits.len());
        if !LOCAL.contains(&length) || (more > 0 && length + more <= *LOCAL.end()) {
            continue;
        }
        let tight =
            groups.windows(2).all(|pair| matches!(&text[pair[0].end..pair[1].start], " " | "-" | "--" | " - " | "  "));
        let apart = !text[groups[groups.len() - 1].end..].starts_with(|c: char| c.is_alphanumeric() || c == '%');
        if (tight && apart && named(groups)) || is_shaped(text, part, groups) {
            return Some((end, context::is_of_a_service(text, start)));
        }
    }
    None
}

/// `2-34-56`, `23-45-67` and `123-45-67`, standing alone.
fn is_shaped(text: &str, part: &[Group], groups: &[Group]) -> bool {
    let [first, second, third] = groups else { return false };
    if part.len() != 3 || (second.digits.len(), third.digits.len()) != (2, 2) || first.digits.len() > 3 {
        return false;
    }
    let (start, end) = (first.start, third.end);
    let hyphens = groups.windows(2).all(|pair| &text[pair[0].end..pair[1].start] == "-");
    let alone = |c: char| c.is_alphanumeric() || matches!(c, '-' | '/' | '=' | '№' | '_' | '.' | ',' | ':');
    let apart = !text[..start].ends_with(alone) && !text[end..].starts_with(|c: char| c.is_alphanumeric() || c == '-');
    let number = |group: &Group| group.digits.parse::<u32>().unwrap_or(0);
    let is_date = first.digits.len() < 3 && {
        let (day, month) = (number(first), number(second));
        (1..=31).contains(&day) && (1..=12).contains(&month)
    };
    hyphens && apart && !is_date && context::nearest(text, start) != Nearest::Other
}

fn has_bracket_or_hyphen(text: &str, groups: &[Group]) -> bool {
    text[groups[0].start..groups[groups.len() - 1].end].contains(['(', ')', '-'])
}

/// With the plus and the bracket before it.
fn widened(text: &str, groups: &[Group]) -> (usize, usize) {
    let (start, end) = (groups[0].start, groups[groups.len() - 1].end);
    let inside = &text[start..end];
    let mut from = start;
    if inside.matches(')').count() > inside.matches('(').count() && text[..from].ends_with('(') {
        from -= 1;
    }
    let before = text[..from].trim_end_matches(' ');
    if before.ends_with('+') {
        from = before.len() - 1;
    }
    let closes = inside.matches('(').count() > inside.matches(')').count() && text[end..].starts_with(')');
    (from, end + usize::from(closes))
}

/// A word for telephones right before a number.
static CALLED: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?ix) \b (?: тел (?:ефон\w*|\.)? | т\. | моб\w*\.? | сот\w*\.? | (?:по)?звон\w+ | набе?р\w+ | (?:мой|наш|дом\w*|сот\w*|контакт\w*)\s+номер\w* | whats?app | viber | вайб\w*
        | в[ао]тс?[ао]п\w* | вацап\w* | (?:мой|наш|дом) \. ) [\s:.№-]{0,4} $",
    )
});

/// Of messages and of cases too; a telephone's is written in groups.
static NUMBERED: LazyLock<Regex> = LazyLock::new(|| expression(r"(?i)\bномер\w*[\s:.№-]{0,4}$"));

/// What follows a sum or an amount.
static SUM: LazyLock<Regex> =
    LazyLock::new(|| expression(r"(?i)^\s?(?:руб|р\.|₽|тыс|млн|млрд|кв[тт]|м[²³23]|шт|тонн|кг)"));
