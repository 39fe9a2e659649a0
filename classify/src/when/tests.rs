//! What is passed over at a glance, and how a text is cut.

use proptest::prelude::*;

use super::duration::{duration, ordinal};
use super::lexicon::{BEGINNINGS, FILLERS, MONTHS, NUMBERS, ORDINALS, PARTS, WEEKDAYS};
use super::moment::moment;
use super::pieces::Pieces;

/// Words that begin, continue or only resemble a moment, in small letters and great.
fn word() -> impl Strategy<Value = String> {
    let listed: Vec<&str> = PARTS.iter().map(|part| part.0).chain(NUMBERS.iter().map(|number| number.0)).collect();
    let stems =
        MONTHS.into_iter().chain(WEEKDAYS.iter().map(|day| day.0)).chain(ORDINALS.iter().map(|ordinal| ordinal.0));
    let stems: Vec<&str> = stems.chain(BEGINNINGS).chain(FILLERS).collect();
    let endings =
        ["", "а", "я", "ь", "ого", "ий", "ый", "ую", "ью", "у", "ы", "и", "е", "ей", "ней", "шнего", "шней", "ой"];
    let others = ["с", "до", "дня", "числа", "года", "часов", "ч", "мин", "уже", "Вода", "нет", "й"];
    prop_oneof![
        prop::sample::select(listed).prop_map(str::to_owned),
        (prop::sample::select(stems), prop::sample::select(endings.to_vec()))
            .prop_map(|(stem, ending)| format!("{stem}{ending}")),
        prop::sample::select(others.to_vec()).prop_map(str::to_owned),
        (0..2100_u32).prop_map(|number| number.to_string()),
    ]
}

proptest! {
    #[test]
    fn where_nothing_may_be_told_nothing_is(words in prop::collection::vec((word(), " |\\.|:|-|, "), 1..8)) {
        let text: String = words.iter().flat_map(|(word, glue)| [word.as_str(), glue.as_str()]).collect();
        let now = jiff::civil::date(2026, 11, 24).at(14, 30, 0, 0);
        for mut cursor in Pieces::new(&text, 4_000).sentences() {
            while cursor.word().is_some() {
                let told = moment(cursor, now).is_some() || ordinal(cursor).is_some() || duration(cursor).is_some();
                prop_assert!(cursor.may_tell() || !told, "{:?}", cursor.word());
                cursor = cursor.skip(1);
            }
        }
    }

    #[test]
    fn pieces_are_runs_of_letters_or_of_digits_in_small_letters(text in "([А-яЁё a-zA-Z0-9.,№²½—\n]|.){0,40}") {
        // The last letter of a Greek word has a small form of its own.
        let small = text.to_lowercase().replace('ё', "е").replace('ς', "σ");
        let mut runs: Vec<String> = Vec::new();
        let mut last = None;
        for c in small.chars() {
            let kind = c.is_alphanumeric().then_some(c.is_ascii_digit());
            match runs.last_mut() {
                Some(run) if kind.is_some() && kind == last => run.push(c),
                _ if kind.is_some() => runs.push(c.to_string()),
                _ => {}
            }
            last = kind;
        }
        let pieces = Pieces::new(&text, 4_000);
        let words = pieces.words.iter().map(|&(start, end)| pieces.text[start..end].replace('ς', "σ"));
        prop_assert_eq!(words.collect::<Vec<_>>(), runs);
    }
}
