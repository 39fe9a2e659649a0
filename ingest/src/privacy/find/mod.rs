//! Finds what names a person in a plain text. One pass over the text says which of the finders have anything to do.

mod context;
mod documents;
mod given_names;
mod groups;
mod links;
mod mail;
mod names;
mod phones;
mod plates;
mod spoken;

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

pub(super) use links::is_of_a_person as is_link_to_a_person;
pub(super) use names::is_of_a_person as is_name_of_a_person;

use super::plain::Plain;
use super::public_numbers::PublicNumbers;
use super::table::{Voice, What};

/// Digits of the shortest number that is looked for: a local telephone's.
const FEWEST_DIGITS: usize = 5;

/// Digits of a plate.
const DIGITS_OF_A_PLATE: usize = 3;

/// What was found, in no order.
#[derive(Debug, Default)]
pub(super) struct Found(Vec<(usize, usize, What)>);

impl Found {
    fn push(&mut self, start: usize, end: usize, what: What) {
        self.0.push((start, end, what));
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn has(&self, at: usize) -> bool {
        self.0.iter().any(|(start, end, _)| (*start..*end).contains(&at))
    }

    /// The pieces in the order of the text, none within another: of two that meet the one that begins first stays, the longer of
    /// two that begin together.
    fn in_order(mut self, voice: Voice) -> Vec<(usize, usize, What)> {
        self.0.retain(|(start, end, what)| start < end && what.is_masked_for(voice));
        self.0.sort_by_key(|(start, end, _)| (*start, std::cmp::Reverse(*end)));
        let mut kept: Vec<(usize, usize, What)> = Vec::with_capacity(self.0.len());
        for (start, end, what) in self.0 {
            match kept.last_mut() {
                // What sticks out of the one before belongs to it: nothing of either may stay.
                Some(last) if start < last.1 => last.1 = last.1.max(end),
                _ => kept.push((start, end, what)),
            }
        }
        kept
    }
}

/// Finds what is masked in what a voice says.
pub(super) fn find(plain: &Plain<'_>, voice: Voice, public: &PublicNumbers) -> Vec<(usize, usize, What)> {
    let text = &*plain.text;
    let hints = Hints::of(text);
    let mut found = Found::default();
    if hints.has(LINK) {
        links::find(text, &mut found);
    }
    if hints.has(MAIL) && What::Mail.is_masked_for(voice) {
        mail::find(text, &mut found);
    }
    if hints.has(FLAT) {
        names::find(text, hints.has(PATRONYMIC), &mut found);
    }
    if plain.digits >= DIGITS_OF_A_PLATE && What::Plate.is_masked_for(voice) {
        plates::find(text, &mut found);
    }
    if plain.digits >= FEWEST_DIGITS {
        if hints.has(PASSPORT) {
            documents::find_passports(text, &mut found);
        }
        for chain in groups::chains(text) {
            let digits: usize = chain.groups.iter().map(|group| group.digits.len()).sum();
            if digits < FEWEST_DIGITS {
                continue;
            }
            documents::find(text, &chain, &mut found);
            if What::Phone.is_masked_for(voice) && !chain.groups.iter().any(|group| found.has(group.start)) {
                phones::find(text, &chain, public, &mut found);
            }
        }
    }
    if hints.has(SPOKEN) && What::Phone.is_masked_for(voice) {
        spoken::find(text, public, &mut found);
    }
    found.in_order(voice)
}

const LINK: u8 = 1;
const MAIL: u8 = 2;
const FLAT: u8 = 4;
const PASSPORT: u8 = 8;
const SPOKEN: u8 = 16;
const PATRONYMIC: u8 = 32;

/// Pieces of text without which a finder finds nothing. Cyrillic ones without their first letter, which may be a capital, and in
/// capitals as a whole.
const PIECES: [(&str, u8); 61] = [
    ("[id", LINK),
    ("@id", LINK),
    ("*id", LINK),
    ("vk.", LINK),
    ("vk:", LINK),
    ("vkontakte", LINK),
    ("wall", LINK),
    ("photo", LINK),
    ("video", LINK),
    ("doc", LINK),
    ("t.me", LINK),
    ("telegram.", LINK),
    ("tg:", LINK),
    ("wa.me", LINK),
    ("whatsapp", LINK),
    ("viber", LINK),
    ("ok.ru", LINK),
    ("odnoklassniki", LINK),
    ("max.ru", LINK),
    ("facebook", LINK),
    ("skype", LINK),
    ("/id", LINK),
    ("@", MAIL),
    ("[at", MAIL),
    ("(at", MAIL),
    ("{at", MAIL),
    ("<at", MAIL),
    ("[ at", MAIL),
    ("( at", MAIL),
    (" at ", MAIL),
    ("*at*", MAIL),
    ("dog", MAIL),
    ("обак", MAIL),
    ("ОБАК", MAIL),
    ("[гав", MAIL),
    ("[эт", MAIL),
    ("(эт", MAIL),
    ("кв", FLAT),
    ("Кв", FLAT),
    ("КВ", FLAT),
    ("ери", PASSPORT),
    ("аспорт", PASSPORT),
    ("ятьсот", SPOKEN),
    ("ович", PATRONYMIC),
    ("евич", PATRONYMIC),
    ("ьич", PATRONYMIC),
    ("овн", PATRONYMIC),
    ("евн", PATRONYMIC),
    ("ичн", PATRONYMIC),
    ("оглы", PATRONYMIC),
    ("кызы", PATRONYMIC),
    ("лукич", PATRONYMIC),
    ("фомич", PATRONYMIC),
    ("зьмич", PATRONYMIC),
    ("ЛУКИЧ", PATRONYMIC),
    ("ОВИЧ", PATRONYMIC),
    ("ЕВИЧ", PATRONYMIC),
    ("ЬИЧ", PATRONYMIC),
    ("ОВН", PATRONYMIC),
    ("ЕВН", PATRONYMIC),
    ("ИЧН", PATRONYMIC),
];

static FINDERS: LazyLock<AhoCorasick> = LazyLock::new(|| automaton(PIECES.map(|(piece, _)| piece)));

/// Which finders have anything to do.
struct Hints(u8);

impl Hints {
    fn of(text: &str) -> Hints {
        Hints(FINDERS.find_overlapping_iter(text).fold(0, |hints, found| hints | PIECES[found.pattern().as_usize()].1))
    }

    fn has(&self, hint: u8) -> bool {
        self.0 & hint != 0
    }
}

#[allow(clippy::expect_used)] // The pieces are constants, few and short.
fn automaton<const N: usize>(pieces: [&str; N]) -> AhoCorasick {
    AhoCorasick::builder().ascii_case_insensitive(true).build(pieces).expect("a few constant pieces")
}

#[allow(clippy::expect_used)] // The expressions are constants, and the tests use each.
fn expression(text: &str) -> Regex {
    Regex::new(text).expect("a constant expression")
}
