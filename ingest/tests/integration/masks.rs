//! The masks against invented personal data and its look-alikes, against arbitrary texts, and against real texts that lie beside
//! the checkout.

use std::borrow::Cow;

use ingest::privacy::{Masks, Voice};
use proptest::prelude::*;

const MASKED: &str = include_str!("../../fixtures/privacy/masked.tsv");
const STAYS: &str = include_str!("../../fixtures/privacy/stays.tsv");

const VOICES: [Voice; 4] = [Voice::Person, Voice::Comment, Voice::PassedOn, Voice::Official];

fn samples(file: &str) -> impl Iterator<Item = String> {
    file.lines().filter(|line| !line.starts_with('#')).map(unescaped)
}

/// With the characters that `\u{..}` and `\n` stand for.
fn unescaped(line: &str) -> String {
    let mut text = line.replace("\\n", "\n");
    while let Some(at) = text.find("\\u{") {
        let end = at + text[at..].find('}').unwrap();
        let c = u32::from_str_radix(&text[at + 3..end], 16).ok().and_then(char::from_u32).unwrap();
        text.replace_range(at..=end, &c.to_string());
    }
    text
}

#[test]
fn personal_data_is_masked_and_nothing_else_of_its_text() {
    let wrong: Vec<String> = samples(MASKED)
        .filter_map(|line| {
            let (text, expect) = line.split_once('\t').unwrap();
            let masked = Masks::default().text(text, Voice::Person).into_owned();
            (masked != expect).then(|| format!("{text} became {masked}, not {expect}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), samples(MASKED).count(), wrong.join("\n"));
    assert!(samples(MASKED).count() >= 80);
}

#[test]
fn look_alikes_stay() {
    let wrong: Vec<String> = samples(STAYS)
        .filter_map(|text| {
            let masked = Masks::default().text(&text, Voice::Person).into_owned();
            (masked != text).then(|| format!("{text} became {masked}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), samples(STAYS).count(), wrong.join("\n"));
    assert!(samples(STAYS).count() >= 60);
}

/// What a text of the fuzz target and of the properties must keep.
fn check(text: &str) {
    for voice in VOICES {
        let once = Masks::default().text(text, voice).into_owned();
        assert!(matches!(Masks::default().text(&once, voice), Cow::Borrowed(same) if same == once), "{text:?}");
    }
}

/// Pieces that the masks look for, so that chance puts them beside one another.
fn piece() -> impl Strategy<Value = String> {
    let all: Vec<String> =
        samples(MASKED).map(|line| line.split('\t').next().unwrap().to_owned()).chain(samples(STAYS)).collect();
    prop_oneof![
        3 => prop::sample::select(all),
        1 => "[0-9 ().,+-]{1,12}",
        1 => ".{0,6}",
        1 => "[а-яё\u{200b}@\\[\\]|]{0,6}",
    ]
}

proptest! {
    #[test]
    fn masking_twice_is_masking_once(pieces in prop::collection::vec((piece(), any::<usize>()), 1..6)) {
        let mut text = String::new();
        for (piece, at) in pieces {
            let at = text.floor_char_boundary(at % (text.len() + 1));
            text.insert_str(at, &piece);
        }
        check(&text);
    }

    #[test]
    fn any_text_is_masked(text in ".{0,200}") {
        check(&text);
    }
}
