use proptest::prelude::*;

use super::context::Before;
use super::scanner::Scanner;
use super::{Scanned, scan};

#[track_caller]
fn check(text: &str, expect: &str) {
    let mut words = Vec::new();
    scan(text, &mut |Scanned { word, start, end, .. }| {
        assert!(text.get(start..end).is_some_and(|covered| !covered.is_empty()), "{start}..{end}");
        words.push(word.to_owned());
        true
    });
    assert_eq!(words.join(" "), expect, "{text:?}");
}

#[test]
fn words_and_numbers_are_apart() {
    check("Нет ВОДЫ, третий день!", "нет воды третий день");
    check("д.35, 35дом, 2 часа", "д 35 35 дом 2 часа");
    check("5-я школа, 10го ноября, 5м", "5 школа 10 ноября 5 м");
    check("12-этажный", "12 этажный");
    check("дом, двор и т. д., т.е. всё", "дом двор и т.д т.е все");
    check("ж/д переезд, а/м; и/или", "ж/д переезд а/м и или");
    check("12.11.2026 в 10:30", "12 11 2026 в 10 30");
    check("", "");
    check("...—!", "");
}

#[test]
fn hyphens_join_what_the_dictionary_joins() {
    check("кто-то из-за пр-т", "кто-то из-за пр-т");
    check("пятой-школы школа-интернат", "пятой школы школа интернат");
    check("водо-\n  снабжение", "водоснабжение");
    check("диван-\nкровать", "диван кровать");
    check("Список:\n- вода\n- свет", "список вода свет");
    check("а-б-в-г-д-е", "а б в г д е");
}

#[test]
fn hashtags_are_cut() {
    check("#НетВоды", "нет воды");
    check("#нет_воды2026", "нет воды 2026");
    check("#ГБУЖилищник#Курск", "гбу жилищник курск");
    check("# #_", "");
}

#[test]
fn emoji_are_words() {
    check("вода🔥🔥!", "вода 🔥 🔥");
    check("👍🏽 ❤️", "👍 ❤");
    check("👨\u{200d}👩\u{200d}👧", "👨👩👧");
    check("🇷🇺🇧🇾", "🇷🇺 🇧🇾");
    check("1\u{fe0f}\u{20e3}", "1");
}

proptest! {
    #[test]
    fn words_lie_in_order_between_characters_of_any_text(text in "([а-яА-ЯёЁa-zA-Z0-9 .\\-#@_'\n\\[|:/🔥👍🇷🏽\u{200b}\u{200d}\u{301}\u{ad}]|.){0,80}") {
        let mut last = 0;
        scan(&text, &mut |Scanned { word, start, end, .. }| {
            assert!(last <= start && start < end && text.get(start..end).is_some() && !word.is_empty());
            last = end;
            true
        });
    }
}

proptest! {
    #[test]
    fn a_plain_word_is_what_any_word_is(text in "([а-яА-ЯёЁ]{0,5}([ \\-.,'!т\n«»—_дa1\u{301}ѐ\u{483}]|т\\. ?д)){0,12}") {
        let (mut short, mut long) = (Vec::new(), Vec::new());
        scan(&text, &mut |Scanned { word, start, end, .. }| {
            short.push((word.to_owned(), start, end));
            true
        });
        let mut push = |Scanned { word, start, end, .. }: Scanned<'_>| {
            long.push((word.to_owned(), start, end));
            true
        };
        let mut scanner = Scanner { text: &text, word: String::new(), emit: &mut push, go_on: true, before: Before::default() };
        let mut at = 0;
        while at < text.len() {
            at = scanner.any(at);
        }
        prop_assert_eq!(short, long);
    }
}

#[test]
fn the_reader_can_stop() {
    let mut count = 0;
    scan("а б в г", &mut |_| {
        count += 1;
        count < 2
    });
    assert_eq!(count, 2);
}
