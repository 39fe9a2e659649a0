//! The dictionary forms of a word.

use std::sync::{Arc, OnceLock};

use rumorph::{Dictionary, Source};

use crate::fold::{fold, fold_into, is_cyrillic};
use crate::spelling::mended;

/// A lemma less likely than this is left out. Higher, and a post is missed whose word has the rarer meaning: «сталь» has a hundredth
/// of «стали». Lower brings lemmas that occur in the dictionary only.
const LEMMA_SHARE: f64 = 0.003;

/// Guesses for words the dictionary lacks spread over many endings; only strong ones are kept.
const GUESS_SHARE: f64 = 0.1;

/// No word of the dictionary has more that are likely; the bound keeps postings small whatever a guess brings.
const MAX_LEMMAS: usize = 4;

/// Stretched letters are tried short and double in every combination; four runs in one word make sixteen.
const MAX_STRETCHED: usize = 4;

/// A word as it is indexed.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) form: Arc<str>,
    pub(crate) lemmas: Arc<[Arc<str>]>,
}

/// The form and the lemmas of a folded word. An abbreviation's lemmas are the words it stands for.
pub(crate) fn entry(word: &str) -> Entry {
    let form = unstretch(word);
    let lemmas = match expansions(&form) {
        [] => lemmas(&form).into_iter().map(Arc::from).collect(),
        expansions => expansions.iter().copied().map(Arc::from).collect(),
    };
    Entry { lemmas, form: form.into() }
}

/// Whether a folded word is in the dictionary or is a known abbreviation.
pub(crate) fn is_known(word: &str) -> bool {
    !expansions(word).is_empty() || dictionary().is_some_and(|dictionary| dictionary.is_known(word))
}

/// Loaded once per process and shared; reading compiled-in data fails only in a build without them, where words stay as they are.
fn dictionary() -> Option<&'static Dictionary> {
    static DICTIONARY: OnceLock<Option<Dictionary>> = OnceLock::new();
    DICTIONARY.get_or_init(|| Dictionary::bundled().ok()).as_ref()
}

fn lemmas(form: &str) -> Vec<String> {
    let itself = || vec![form.to_owned()];
    let is_word = form.chars().all(|c| is_cyrillic(c) || c == '-' || c == '\'');
    let Some(dictionary) = dictionary().filter(|_| is_word && !UNINFLECTED.contains(&form)) else {
        return itself();
    };
    let analyses = dictionary.analyze(form);
    let guessed = analyses.iter().any(|analysis| analysis.source == Source::Guess);
    // What has no vowel is an abbreviation; guessing an ending for it would only invent a word.
    if guessed && !form.chars().any(is_vowel) {
        return itself();
    }
    // Every short neuter adjective in -о is an adverb as well, and the dictionary lacks many of those.
    let adverb = form.ends_with('о')
        && analyses
            .iter()
            .filter_map(|analysis| dictionary.ud_tag(analysis.ud))
            .any(|tag| tag.feat("Variant") == Some("Short"));
    let mut shares: Vec<(String, f64)> = Vec::new();
    let mut lemma = String::new();
    for analysis in analyses {
        lemma.clear();
        fold_into(&analysis.lemma, &mut lemma);
        match shares.iter_mut().find(|(known, _)| *known == lemma) {
            Some((_, share)) => *share += analysis.prob,
            None => shares.push((lemma.clone(), analysis.prob)),
        }
    }
    shares.retain(|(lemma, _)| !lemma.is_empty());
    shares.sort_by(|a, b| b.1.total_cmp(&a.1));
    let cut = if guessed { GUESS_SHARE } else { LEMMA_SHARE };
    let likely = shares.into_iter().enumerate().filter(|(rank, (_, share))| *rank == 0 || *share >= cut);
    let mut lemmas: Vec<String> = likely.map(|(_, (lemma, _))| lemma).take(MAX_LEMMAS).collect();
    // Before the guesses: a word written by ear is commoner than one that the dictionary lacks.
    if guessed && let Some(meant) = mended(form, &|word| dictionary.is_known(word)) {
        let likeliest = dictionary.analyze(&meant).into_iter().max_by(|a, b| a.prob.total_cmp(&b.prob));
        let meant = likeliest.map(|analysis| fold(&analysis.lemma)).filter(|meant| !lemmas.contains(meant));
        lemmas.splice(0..0, meant);
    }
    // A guess can be wrong: an unknown word is its own lemma too, and is found as written whatever was guessed.
    if lemmas.is_empty() || ((guessed || adverb) && !lemmas.iter().any(|lemma| lemma == form)) {
        lemmas.push(form.to_owned());
    }
    lemmas
}

fn is_vowel(c: char) -> bool {
    "аеиоуыэюя".contains(c)
}

/// Undoes stretching («водааа», «нееет»): of one and two letters for each run, the first combination the dictionary knows.
///
/// A vowel is tried single first, a consonant double first («ссора» is a word, and so is «сора»).
fn unstretch(word: &str) -> String {
    let mut before = ('\0', '\0');
    let thrice = |c: char| {
        let thrice = before == (c, c);
        before = (before.1, c);
        thrice
    };
    if !word.chars().any(thrice) {
        return word.to_owned();
    }
    let mut runs: Vec<(char, usize)> = Vec::new();
    for c in word.chars() {
        match runs.last_mut() {
            Some((last, count)) if *last == c && c.is_alphabetic() => *count += 1,
            _ => runs.push((c, 1)),
        }
    }
    let stretched: Vec<usize> = (0..runs.len()).filter(|&i| runs[i].1 >= 3).collect();
    if stretched.is_empty() || is_known(word) {
        return word.to_owned();
    }
    let spell = |double: &dyn Fn(usize, char) -> bool| -> String {
        let mut spelled = String::with_capacity(word.len());
        for (i, &(c, count)) in runs.iter().enumerate() {
            let count = if count < 3 { count } else { 1 + usize::from(double(i, c)) };
            spelled.extend(std::iter::repeat_n(c, count));
        }
        spelled
    };
    for choice in 0..1_u32 << stretched.len().min(MAX_STRETCHED) {
        let candidate = spell(&|i, c| {
            let other = stretched.iter().position(|&s| s == i).is_some_and(|bit| bit < 32 && choice >> bit & 1 == 1);
            other == is_vowel(c)
        });
        if is_known(&candidate) {
            return candidate;
        }
    }
    spell(&|_, _| false)
}

/// Abbreviations that are written like words whose ending the dictionary would guess.
const UNINFLECTED: &[&str] = &[
    "аэс",
    "гбоу",
    "гбу",
    "доу",
    "еддс",
    "еирц",
    "ерц",
    "кгу",
    "мау",
    "мбдоу",
    "мбоу",
    "мбу",
    "мкоу",
    "мку",
    "муп",
    "мцу",
    "нко",
    "огэ",
    "омвд",
    "оэз",
    "рэо",
    "сош",
    "тбо",
    "тко",
    "тос",
    "ук",
    "уфас",
    "фок",
    "цур",
];

/// What an abbreviation stands for, with what else the same letters can be.
fn expansions(form: &str) -> &'static [&'static str] {
    match form {
        "ул" => &["улица"],
        "д" => &["дом", "деревня", "далее"],
        "кв" => &["квартира"],
        "эт" => &["этаж"],
        "корп" => &["корпус"],
        "стр" => &["строение", "страница"],
        "пр-т" | "пр-кт" | "просп" => &["проспект"],
        "пр-д" => &["проезд"],
        "пер" | "пер-к" => &["переулок"],
        "пл" => &["площадь"],
        "б-р" | "бул" | "бульв" => &["бульвар"],
        "ш" => &["шоссе"],
        "наб" => &["набережная"],
        "мкр" | "мкрн" | "мкр-н" | "м-н" | "мк-н" => &["микрорайон"],
        "р-н" | "р-он" => &["район"],
        "обл" => &["область"],
        "г" => &["год", "город"],
        "пос" => &["поселок"],
        "дер" => &["деревня"],
        "ост" => &["остановка"],
        "тел" => &["телефон", "тело"],
        "руб" => &["рубль"],
        "чел" => &["человек"],
        "мин" => &["минута", "мина"],
        "д-с" | "д-сад" => &["детсад"],
        "б-ца" => &["больница"],
        "п-ка" => &["поликлиника"],
        "зп" => &["зарплата"],
        "пн" => &["понедельник"],
        "вт" => &["вторник"],
        "чт" => &["четверг"],
        "пт" => &["пятница"],
        "сб" => &["суббота"],
        "вс" => &["воскресенье"],
        "норм" => &["норма", "норм"],
        // Variants that some writers take for words of their own.
        "во" => &["в", "во"],
        "ко" => &["к", "ко"],
        "чтоб" => &["чтобы", "чтоб"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(word: &str, form: &str, lemmas: &[&str]) {
        let entry = entry(word);
        let mut found: Vec<&str> = entry.lemmas.iter().map(|lemma| &**lemma).collect();
        let mut expect = lemmas.to_vec();
        found.sort_unstable();
        expect.sort_unstable();
        assert_eq!((&*entry.form, found), (form, expect));
    }

    #[test]
    fn the_dictionary_is_there() {
        assert!(dictionary().is_some());
    }

    #[test]
    fn all_likely_lemmas_are_kept() {
        check("стали", "стали", &["стать", "сталь"]);
        check("воды", "воды", &["вода"]);
        check("люди", "люди", &["человек"]);
        check("елки", "елки", &["елка"]);
        check("35", "35", &["35"]);
        check("water", "water", &["water"]);
    }

    #[test]
    fn stretched_letters_are_undone_by_the_dictionary() {
        check("водааа", "вода", &["вода"]);
        check("нееет", "нет", &["нет"]);
        check("длиннный", "длинный", &["длинный"]);
        check("сссора", "ссора", &["ссора"]);
        check("жжжкккххх", "жкх", &["жкх"]);
        check("ссср", "ссср", &["ссср"]);
    }

    #[test]
    fn abbreviations_stay_themselves_or_are_what_they_stand_for() {
        check("тко", "тко", &["тко"]);
        check("ук", "ук", &["ук"]);
        check("жкх", "жкх", &["жкх"]);
        check("тсж", "тсж", &["тсж"]);
        check("ул", "ул", &["улица"]);
        check("мкр", "мкр", &["микрорайон"]);
        check("эт", "эт", &["этаж"]);
        check("пр-т", "пр-т", &["проспект"]);
        check("улица", "улица", &["улица"]);
    }

    #[test]
    fn an_unknown_word_is_found_as_written() {
        let entry = entry("варабурами");
        assert!(
            entry.lemmas.len() > 1 && entry.lemmas.iter().any(|lemma| **lemma == *"варабурами"),
            "{:?}",
            entry.lemmas
        );
    }
}
