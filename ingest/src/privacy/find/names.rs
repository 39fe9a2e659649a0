//! Names of persons: with a patronymic beside the address of a flat, and as the whole of a label.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::given_names::{is_given_name, is_surname};
use super::{Found, context, expression};
use crate::privacy::table::What;

/// How far a name and a flat may stand apart and still be read as one.
const NEAR: usize = 240;

/// Finds names with a patronymic, or with initials, that stand beside a flat.
pub(super) fn find(text: &str, may_have_patronymics: bool, found: &mut Found) {
    let initials = INITIALS.find_iter(text).map(|name| (name.start(), name.end()));
    let whole = may_have_patronymics.then(|| PATRONYMIC.captures_iter(text).filter_map(|name| whole_name(text, &name)));
    for (start, end) in whole.into_iter().flatten().chain(initials) {
        let (before, after) = (context::before_within(text, start, NEAR), context::after_within(text, end, NEAR));
        let beside = FLAT.is_match(before) || FLAT.is_match(after);
        let others_name =
            STREET_BEFORE.is_match(before) || OFFICE_BEFORE.is_match(before) || OFFICE_AFTER.is_match(after);
        let greeted = GREETED_BEFORE.is_match(before) || GREETED_AFTER.is_match(after);
        if beside && !others_name && !greeted {
            found.push(start, end, What::Name);
        }
    }
}

/// Whether a label, such as where something was forwarded from, is the name of a person rather than of a community.
pub(in crate::privacy) fn is_of_a_person(label: &str) -> bool {
    let words: Vec<&str> =
        label.split(|c: char| !c.is_alphabetic() && c != '-').filter(|word| !word.is_empty()).collect();
    if words.is_empty() || words.len() > 4 || words.iter().any(|word| is_of_a_community(word)) {
        return false;
    }
    PATRONYMIC.captures_iter(label).any(|name| whole_name(label, &name).is_some())
        || INITIALS.is_match(label)
        || words.iter().any(|word| is_given_name(word))
        || (words.len() == 2
            && words.iter().all(|word| word.starts_with(char::is_uppercase))
            && words.iter().any(|word| is_surname(word)))
}

fn is_of_a_community(word: &str) -> bool {
    let word = word.to_lowercase();
    COMMUNITY.iter().any(|begin| word.starts_with(begin))
}

/// A patronymic with the given name before it and the surname on either side.
fn whole_name(text: &str, name: &Captures<'_>) -> Option<(usize, usize)> {
    let (given, patronymic) = (name.get(1)?, name.get(2)?);
    let is_title = |word: &str| word.starts_with(char::is_uppercase);
    let titled = is_title(patronymic.as_str());
    let adjective = patronymic.as_str().to_lowercase().ends_with("ой");
    let is_name = is_given_name(given.as_str()) || titled && is_title(given.as_str()) && !adjective;
    if !is_name {
        return None;
    }
    let is_part =
        |word: &str| is_surname(word) || (titled && is_title(word) && !OPENING.contains(&word.to_lowercase().as_str()));
    let before = context::before_within(text, given.start(), 2 * NEAR);
    let surname = WORD_BEFORE.captures(before).and_then(|found| found.get(1)).filter(|word| is_part(word.as_str()));
    let start = surname.map_or(given.start(), |word| given.start() - before.len() + word.start());
    let after = context::after_within(text, patronymic.end(), 2 * NEAR);
    let surname = WORD_AFTER.captures(after).and_then(|found| found.get(1)).filter(|word| is_surname(word.as_str()));
    Some((start, surname.map_or(patronymic.end(), |word| patronymic.end() + word.end())))
}

/// Words that begin a sentence and are no name, though written as one.
const OPENING: [&str; 24] = [
    "я",
    "это",
    "здравствуйте",
    "от",
    "прошу",
    "уважаемый",
    "уважаемая",
    "меня",
    "зовут",
    "пишет",
    "добрый",
    "день",
    "жительница",
    "житель",
    "соседка",
    "сосед",
    "бабушка",
    "заявитель",
    "и",
    "для",
    "у",
    "моя",
    "мой",
    "фио",
];

/// How the words begin that name a community and no person.
const COMMUNITY: [&str; 44] = [
    "новост",
    "вест",
    "подслуш",
    "типичн",
    "город",
    "район",
    "област",
    "администрац",
    "канал",
    "газет",
    "тв",
    "радио",
    "инфо",
    "чп",
    "дтп",
    "сообщест",
    "груп",
    "паблик",
    "форум",
    "объявл",
    "барахол",
    "афиш",
    "школ",
    "сад",
    "жкх",
    "тсж",
    "ук",
    "мэр",
    "правител",
    "министер",
    "мвд",
    "мчс",
    "гибдд",
    "полици",
    "прокурат",
    "центр",
    "служб",
    "портал",
    "журнал",
    "онлайн",
    "news",
    "live",
    "life",
    "клуб",
];

/// With the word before it: an adjective may end like a patronymic.
static PATRONYMIC: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?ix) \b ([а-яё-]{2,20}) \s{1,2} (
          [а-яё]{2,14} (?: (?: [оеё]вич | ьич ) (?: а | у | ем | ом | е )? | (?: [оеё]вн | [ие]ничн ) (?: а | у | е | ы | ой | ою ) )
        | (?: иль | кузьм | лук | фом | никит | савв ) (?: ич | ича | ичу | ичем | ичн[аыеу] | иничн[аыеу] | ичной | иничной )
        | [а-яё]{3,14} [\s-] (?: оглы | кызы ) ) \b",
    )
});

/// `Петрова А. И.`, `А.И. Петрова`.
static INITIALS: LazyLock<Regex> =
    LazyLock::new(|| expression(r"[А-ЯЁ][а-яё]{2,20}\s?[А-ЯЁ]\.\s?[А-ЯЁ]\.|[А-ЯЁ]\.\s?[А-ЯЁ]\.\s?[А-ЯЁ][а-яё]{2,20}"));

static WORD_BEFORE: LazyLock<Regex> = LazyLock::new(|| expression(r"([А-ЯЁа-яё][А-ЯЁа-яё-]+)[ \t]{1,2}$"));

static WORD_AFTER: LazyLock<Regex> = LazyLock::new(|| expression(r"^[ \t]{1,2}([А-ЯЁа-яё][А-ЯЁа-яё-]+)"));

/// The number of a flat, which is not an area.
static FLAT: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?i)\bкв(?:артир\w*)?\b[\s.:№-]{0,4}[0-9]{1,4}\b|\b[0-9]{1,4}(?:-?[а-я]{1,2})?\s?кв(?:артир\w*)?\b\s?(?:[,;)\n]|$)",
    )
});

/// A street is named after somebody.
static STREET_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?i)\b(?:ул|улиц\w*|пер|переул\w*|пр|пр-т|просп\w*|пл|площад\w*|бульв\w*|б-р|проезд\w*|шоссе|наб|им|имени|памятник\w*|сквер\w*|школ\w*)[\s.]{1,3}(?:[А-ЯЁа-яё-]+\s){0,1}$",
    )
});

/// Who is named by office answers for it by name.
static OFFICE_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?i)\b(?:глав[аыеу]|губернатор\w*|мэр\w*|депутат\w*|директор\w*|начальник\w*|министр\w*|главврач\w*|врач\w*|председател\w*|замест\w*|зам\.?|прокурор\w*|судь[яеи]|заведующ\w+|руководител\w*|инспектор\w*|участков\w+|мастер\w*|инженер\w*|администраци\w+|специалист\w*|исполнител\w*)(?:[\s,:-]+[а-яё«»-]+){0,4}[\s,:-]*$",
    )
});

/// Who is addressed by name and patronymic is an official.
static GREETED_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?i)(?:здравствуйте|уважаем\w+|\bув\.|добр\w+\s+(?:день|вечер|утро|времени суток)|доброго дня)[\s,!.]*$",
    )
});

static GREETED_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    expression(r"(?i)^\s?(?:!|,\s*(?:добр\w+|здравствуйте|прошу|помогите|примите|подскажите|скажите))")
});

static OFFICE_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?i)^[\s,(-]{1,4}(?:глав[аы]|губернатор|мэр|депутат|директор|начальник|министр|главврач|председатель|заместитель|прокурор|руководитель)\b",
    )
});
