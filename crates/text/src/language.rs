//! The language of a text.

use whatlang::{Lang, Script};

use crate::fold::{is_cyrillic, is_letter};

/// Bytes looked at. Detection is the slowest step there is, and the beginning of a post tells its language.
const MAX_BYTES: usize = 400;

/// Fewer Latin letters than this name a brand or a model, not a language.
const MIN_LATIN: usize = 12;

/// The ISO 639-1 code of the language a text is in; none where it has too few letters to tell.
///
/// Cyrillic is decided by letters only one language has, then by frequent words, and is Russian where neither speaks:
/// that is what the posts are in. Only other alphabets, and Cyrillic ones with letters of none of these, cost a detection.
pub fn language(text: &str) -> Option<&'static str> {
    let text = head(text);
    let letters = Letters::count(text);
    if letters.cyrillic == 0 && letters.other == 0 && letters.latin < MIN_LATIN {
        return None;
    }
    if letters.cyrillic * 2 >= letters.latin && letters.cyrillic >= letters.other && letters.cyrillic > 1 {
        return cyrillic(text, &letters);
    }
    if letters.cyrillic + letters.latin + letters.other < 2 {
        return None;
    }
    let info = whatlang::detect(text)?;
    if info.script() == Script::Cyrillic {
        return Some("ru");
    }
    code(info.lang())
}

/// What tells the alphabets apart.
#[derive(Default)]
struct Letters {
    cyrillic: usize,
    latin: usize,
    other: usize,
    /// ы, э, ъ, ё: Russian and Belarusian, never Ukrainian.
    russian: usize,
    /// і
    dotted: usize,
    /// ї, є, ґ
    ukrainian: usize,
    /// ў
    belarusian: usize,
    /// Letters of further alphabets: ђ, ќ, ә, ө, ң …
    foreign: usize,
}

impl Letters {
    fn count(text: &str) -> Letters {
        let mut letters = Letters::default();
        for c in text.chars() {
            match c {
                'ы' | 'э' | 'ъ' | 'ё' | 'Ы' | 'Э' | 'Ъ' | 'Ё' => {
                    letters.cyrillic += 1;
                    letters.russian += 1;
                }
                'а'..='я' | 'А'..='Я' => letters.cyrillic += 1,
                'a'..='z' | 'A'..='Z' => letters.latin += 1,
                _ if !is_letter(c) => {}
                '\u{c0}'..='\u{24f}' => letters.latin += 1,
                _ if !is_cyrillic(c) => letters.other += 1,
                _ => {
                    letters.cyrillic += 1;
                    match c {
                        'і' | 'І' => letters.dotted += 1,
                        'ї' | 'є' | 'ґ' | 'Ї' | 'Є' | 'Ґ' => letters.ukrainian += 1,
                        'ў' | 'Ў' => letters.belarusian += 1,
                        _ => letters.foreign += 1,
                    }
                }
            }
        }
        letters
    }
}

fn cyrillic(text: &str, letters: &Letters) -> Option<&'static str> {
    // One borrowed name or a typing slip does not make a text foreign.
    let enough = |count: usize| count > 0 && count * 40 >= letters.cyrillic;
    if enough(letters.foreign) && letters.foreign > letters.ukrainian + letters.belarusian {
        let lang = whatlang::detect(text).filter(|info| info.is_reliable() && info.lang() != Lang::Rus)?;
        return code(lang.lang());
    }
    if enough(letters.belarusian) {
        return Some("be");
    }
    if enough(letters.ukrainian) || (enough(letters.dotted) && letters.russian == 0) {
        return Some("uk");
    }
    if enough(letters.dotted) {
        return Some("be");
    }
    if letters.russian == 0 {
        let words = || text.split(|c: char| !is_letter(c)).filter(|word| !word.is_empty());
        let known = |list: &[&str]| words().filter(|word| list.contains(&word.to_lowercase().as_str())).count();
        let (russian, ukrainian) = (known(RUSSIAN), known(UKRAINIAN));
        if ukrainian > russian {
            return Some("uk");
        }
        // Bulgarian writes ъ and shares most letters with Russian: only its own small words tell.
    }
    let is_bulgarian = !text.contains(['ы', 'э', 'Ы', 'Э'])
        && text.split(|c: char| !is_letter(c)).filter(|word| BULGARIAN.contains(word)).nth(1).is_some();
    Some(if is_bulgarian { "bg" } else { "ru" })
}

const RUSSIAN: &[&str] = &[
    "и",
    "в",
    "не",
    "на",
    "что",
    "с",
    "как",
    "это",
    "по",
    "но",
    "из",
    "от",
    "так",
    "нет",
    "когда",
    "уже",
    "или",
    "для",
];
const UKRAINIAN: &[&str] =
    &["та", "що", "не", "на", "як", "це", "але", "до", "про", "вже", "або", "немає", "коли", "за", "від", "у", "й"];
const BULGARIAN: &[&str] =
    &["се", "са", "със", "във", "че", "ще", "беше", "като", "това", "този", "тази", "няма", "сме", "съм"];

/// The beginning of a text, cut between characters.
fn head(text: &str) -> &str {
    let mut end = text.len().min(MAX_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// ISO 639-1 codes of the languages with speakers here and the large ones; others are not worth a name in the tags.
fn code(lang: Lang) -> Option<&'static str> {
    Some(match lang {
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Bel => "be",
        Lang::Bul => "bg",
        Lang::Srp => "sr",
        Lang::Mkd => "mk",
        Lang::Eng => "en",
        Lang::Deu => "de",
        Lang::Fra => "fr",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Pol => "pl",
        Lang::Ces => "cs",
        Lang::Ron => "ro",
        Lang::Tur => "tr",
        Lang::Aze => "az",
        Lang::Uzb => "uz",
        Lang::Hye => "hy",
        Lang::Kat => "ka",
        Lang::Heb => "he",
        Lang::Ara => "ar",
        Lang::Pes => "fa",
        Lang::Cmn => "zh",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Hin => "hi",
        Lang::Vie => "vi",
        Lang::Ell => "el",
        Lang::Est => "et",
        Lang::Lav => "lv",
        Lang::Lit => "lt",
        Lang::Fin => "fi",
        Lang::Nld => "nl",
        Lang::Swe => "sv",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: Option<&str>) {
        assert_eq!(language(text), expect, "{text:?}");
    }

    #[test]
    fn short_russian_is_russian() {
        check("Нет воды", Some("ru"));
        check("вода и свет", Some("ru"));
        check("Когда дадут тепло?", Some("ru"));
        check("Дорога разбита на Мира 5, see photo", Some("ru"));
        check("На улице Гоголя объявление", Some("ru"));
    }

    #[test]
    fn neighbours_are_told_by_their_letters() {
        check("Коли вже буде світло на нашій вулиці?", Some("uk"));
        check("Вада ў доме ёсць, але халодная", Some("be"));
        check("Няма да се върне водата, защото ще има авария и това са новините", Some("bg"));
    }

    #[test]
    fn other_alphabets_are_detected_and_no_letters_are_no_language() {
        check("There is no water in our house since this morning", Some("en"));
        check("今天没有水，大家都在等待修理", Some("zh"));
        check("", None);
        check("12345 🔥🔥", None);
        check("iPhone 15", None);
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        check(&"a".repeat(399).replace('a', "a ").repeat(2), None);
        check(&format!("x{}", "вода ".repeat(100_000)), Some("ru"));
    }
}
