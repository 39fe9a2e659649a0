//! How many days an event lasts, as its sentence tells: «вторую неделю», «3 дня», «больше месяца».

use std::ops::Range;

use text::Token;

use super::grammar::Clauses;
use crate::post_words::PostWords;

/// Units, their days, and whether they count only with a number: «целый день» is today.
const UNITS: [(&str, u32, bool); 8] = [
    ("день", 1, true),
    ("сутки", 1, true),
    ("неделя", 7, false),
    ("неделька", 7, false),
    ("нед", 7, true),
    ("месяц", 30, false),
    ("год", 365, false),
    ("полгода", 180, false),
];

/// Number words by what they count to; an ordinal counts what has begun.
const NUMBERS: [(u32, &[&str]); 16] = [
    (1, &["один", "полтора"]),
    (2, &["два", "двое", "второй", "пара", "который"]),
    (3, &["три", "трое", "третий", "несколько"]),
    (4, &["четыре", "четвертый", "четверо"]),
    (5, &["пять", "пятый"]),
    (6, &["шесть", "шестой"]),
    (7, &["семь", "седьмой"]),
    (8, &["восемь", "восьмой"]),
    (9, &["девять", "девятый"]),
    (10, &["десять", "десятый", "десяток"]),
    (11, &["одиннадцать", "одиннадцатый"]),
    (12, &["двенадцать", "двенадцатый"]),
    (14, &["четырнадцать", "четырнадцатый"]),
    (15, &["пятнадцать", "пятнадцатый"]),
    (20, &["двадцать", "двадцатый"]),
    (30, &["тридцать"]),
];

/// Forms that tell a long time by themselves: «неделями не вывозят».
const LONG: [(&str, u32); 3] = [("неделями", 14), ("месяцами", 60), ("годами", 730)];

/// Calendar years.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2100;

/// Before the number of somebody's years: «мне 79 лет», «в возрасте 5 лет».
const AGED: [&str; 12] =
    ["мне", "ему", "ей", "возрасте", "ребенку", "сыну", "дочери", "маме", "бабушке", "дому", "деду", "внуку"];

/// The longest duration that the sentence of a token tells, in days, else those beside it; 0 where none is told.
pub fn days(words: &PostWords, clauses: &Clauses, at: usize) -> u32 {
    let own = clauses.sentence_of(at);
    let beside = [own.start.checked_sub(1), Some(own.end).filter(|end| *end < words.tokens().len())];
    match longest(words, own) {
        0 => beside.into_iter().flatten().map(|at| longest(words, clauses.sentence_of(at))).max().unwrap_or(0),
        days => days,
    }
}

fn longest(words: &PostWords, sentence: Range<usize>) -> u32 {
    let tokens = words.tokens();
    let mut longest = 0;
    for number in sentence {
        let token = &tokens[number];
        if let Some((_, days)) = LONG.iter().find(|(form, _)| *form == &*token.form) {
            longest = longest.max(*days);
            continue;
        }
        let Some((_, days, counted)) =
            UNITS.iter().find(|(unit, ..)| token.lemmas.iter().any(|lemma| &**lemma == *unit))
        else {
            continue;
        };
        let form = |at: usize| tokens.get(at).map_or("", |token| &*token.form);
        if matches!(form(number + 1), "назад" | "спустя") || (number > 0 && form(number - 1) == "в") {
            continue;
        }
        if is_age(words, number) {
            continue;
        }
        let before = number.checked_sub(1).map(|at| &tokens[at]);
        let written = before.and_then(|word| word.form.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().ok());
        // «дней двенадцать»: about so many.
        let count = written.or_else(|| before.and_then(named)).or_else(|| {
            let beside = words.after(number).is_some_and(|after| after == " ");
            tokens.get(number + 1).filter(|_| beside).and_then(named)
        });
        match (count, counted) {
            // A calendar year lasts nothing.
            (Some(count), _) if YEARS.contains(&count) => {}
            (Some(count), _) => longest = longest.max(days.saturating_mul(count.min(1000))),
            (None, false) => longest = longest.max(*days),
            (None, true) => {}
        }
    }
    longest
}

/// Months, by which a date is known.
pub const MONTHS: [&str; 12] = [
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
];

/// Whether the sentence of a token tells how long, or since which date.
pub fn lasts(words: &PostWords, clauses: &Clauses, at: usize) -> bool {
    longest(words, clauses.sentence_of(at)) > 0 || since_date(words, clauses, at)
}

/// «с 26.07», «с 13 июля».
fn since_date(words: &PostWords, clauses: &Clauses, at: usize) -> bool {
    let tokens = words.tokens();
    let digits = |at: usize| tokens.get(at).is_some_and(|token| token.form.starts_with(|c: char| c.is_ascii_digit()));
    let is_month =
        |at: usize| tokens.get(at).is_some_and(|token| token.lemmas.iter().any(|lemma| MONTHS.contains(&&**lemma)));
    let dotted = |at: usize| {
        tokens[at].form.contains('.') || words.after(at).is_some_and(|after| after == ".") && digits(at + 1)
    };
    clauses.sentence_of(at).any(|from| {
        let since = matches!(&*tokens[from].form, "с" | "со") && digits(from + 1);
        since && (dotted(from + 1) || is_month(from + 2))
    })
}

/// What a number word counts to.
fn named(word: &Token) -> Option<u32> {
    let one = |names: &[&str]| word.lemmas.iter().any(|lemma| names.contains(&&**lemma));
    NUMBERS.iter().find(|(_, names)| one(names)).map(|(number, _)| *number)
}

/// Whether a unit tells how old somebody is.
fn is_age(words: &PostWords, unit: usize) -> bool {
    let before = &words.tokens()[unit.saturating_sub(4)..unit];
    before.iter().any(|token| AGED.contains(&&*token.form))
}
