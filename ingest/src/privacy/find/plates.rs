//! Number plates of cars, and of motorcycles and trailers where a word says so.

use std::sync::LazyLock;

use regex::Regex;

use super::{Found, context, expression};
use crate::privacy::table::What;

/// How far a word for cars may stand from what is a plate only with one.
const NEAR: usize = 120;

/// Bytes before and after the three digits of a plate that may belong to it.
const BEFORE: usize = 6;
const AFTER: usize = 24;

/// Finds them.
pub(super) fn find(text: &str, found: &mut Found) {
    let mut from = 0;
    while let Some(digits) = text[from..].find(|c: char| c.is_ascii_digit()).map(|at| from + at) {
        from = text[digits..].find(|c: char| !c.is_ascii_digit()).map_or(text.len(), |length| digits + length);
        match from - digits {
            3 => of_a_car(text, digits, found),
            4 => of_another(text, digits, found),
            _ => {}
        }
    }
}

/// A plate of a car, if these three digits are one's.
fn of_a_car(text: &str, digits: usize, found: &mut Found) {
    let start = text.ceil_char_boundary(digits.saturating_sub(BEFORE));
    let window = &text[start..text.floor_char_boundary((digits + AFTER).min(text.len()))];
    let Some(plate) = PLATE.captures(window) else { return };
    let Some(core) = plate.name("core") else { return };
    let letters: String = core.as_str().chars().filter(|c| c.is_alphabetic()).collect();
    let spaced = core.as_str().contains([' ', '-']);
    let upper = letters.chars().all(char::is_uppercase);
    let region = plate.name("country").or(plate.name("region"));
    let last: String = letters.chars().skip(1).collect::<String>().to_lowercase();
    let is_unit = UNITS.contains(&last.as_str()) || (spaced && WORDS.contains(&last.as_str()));
    let evident = (upper && (!spaced || region.is_some())) || (!spaced && region.is_some() && !is_unit);
    if evident || (!is_unit && is_near_a_car(text, digits)) {
        found.push(start + core.start(), start + region.unwrap_or(core).end(), What::Plate);
    }
}

/// A plate of a motorcycle or a trailer.
fn of_another(text: &str, digits: usize, found: &mut Found) {
    let start = text.ceil_char_boundary(digits.saturating_sub(BEFORE));
    let window = &text[start..text.floor_char_boundary((digits + AFTER).min(text.len()))];
    if let Some(plate) = OTHER.find(window).filter(|_| is_near_a_car(text, digits)) {
        found.push(start + plate.start(), start + plate.end(), What::Plate);
    }
}

fn is_near_a_car(text: &str, at: usize) -> bool {
    CAR.is_match(context::before_within(text, at, NEAR)) || CAR.is_match(context::after_within(text, at, NEAR))
}

/// Two letters of a plate that are a unit: `в 100 мм`.
const UNITS: [&str; 5] = ["мм", "см", "км", "кв", "мк"];

/// Two letters that are a word of their own where they stand apart: `в 100 на 20`.
const WORDS: [&str; 15] = ["на", "то", "от", "но", "во", "со", "ко", "ту", "те", "та", "ст", "ем", "ух", "ах", "ом"];

/// A letter, three digits, two letters, and mostly a region; of the letters that look alike in both alphabets.
static PLATE: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?ix) (?: ^ | [^\w] ) (?P<core> [авекмнорстухabekmhopctyx] [\s-]? [0-9]{3} [\s-]? [авекмнорстухabekmhopctyx]{2} )
        (?: [\s/|(-]{0,3} (?P<region> [1279]?[0-9]{2} ) (?: \s? (?P<country> rus | рус\b ) | $ | [^0-9] ) | \b )",
    )
});

/// Motorcycles, trailers and taxis.
static OTHER: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?i)\b(?:[0-9]{4}\s?[авекмнорстух]{2}|[авекмнорстух]{2}\s?[0-9]{4}|[авекмнорстух]{2}\s?[0-9]{3})\s?[1279]?[0-9]{2}\b",
    )
});

static CAR: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?ix) \b (?: гос\.?\s?-?\s?ном\w* | госномер\w* | г/н | г\.н\. | г\.р\.з | грз | номер\w*\s+(?:авто|машин)\w* | авто\b | автомобил\w* | автомашин\w* | машин\w*
        | мотоцикл\w* | прицеп\w* | такси | маршрутк\w* | ваз\w* | lada | лад[аыуе] | газел\w* | камаз\w* | киа | kia | toyota | тойот\w* | рено | renault | hyundai
        | хенд[еэ] | форд | ford | нисс?ан | nissan | шкод\w* | skoda | мазд\w* | бмв | bmw | ауди | audi | мерседес\w* | шевроле | приор\w* | гранта | веста | водител\w* )",
    )
});
