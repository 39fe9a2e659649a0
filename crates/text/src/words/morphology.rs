//! The dictionary forms of a word.

use std::sync::Arc;

use super::abbreviations::{Context, UNINFLECTED, anywhere, in_context};
use super::dictionary::dictionary;
use super::fold::{fold, is_cyrillic};
use super::grammar::{Grammar, grammar};
use super::readings::Readings;
use super::spelling::corrected;
use super::stretched::{is_vowel, unstretch};

/// What the dictionary says of a word: how it is indexed.
#[derive(Debug, Clone)]
pub(crate) struct WordAnalysis {
    pub(crate) form: Arc<str>,
    pub(crate) lemmas: Arc<[Arc<str>]>,
    pub(crate) grammar: Grammar,
}

/// The form and the lemmas of a folded word. An abbreviation's lemmas are the words it stands for where it stands.
pub(crate) fn analyse(word: &str) -> WordAnalysis {
    let (word, context) = Context::unmark(word);
    let form = unstretch(word);
    let lemmas = match in_context(&form, context) {
        Some(expansions) => expansions.iter().copied().map(Arc::from).collect(),
        None => lemmas(&form, false).into_iter().map(Arc::from).collect(),
    };
    WordAnalysis { grammar: grammar(&form), lemmas, form: form.into() }
}

/// The form and the lemmas that the word of a query asks for: an abbreviation without context is all it may stand for, and the
/// dictionary form of a word is that word.
pub(crate) fn analyse_asked(word: &str, context: Context) -> WordAnalysis {
    let form = unstretch(word);
    let expansions = if context.is_told() { in_context(&form, context) } else { anywhere(&form) };
    let lemmas = match expansions {
        Some(expansions) => expansions.iter().copied().map(Arc::from).collect(),
        None => lemmas(&form, true).into_iter().map(Arc::from).collect(),
    };
    WordAnalysis { grammar: grammar(&form), lemmas, form: form.into() }
}

/// The lemmas of a form that is no abbreviation; `asked`: of a query.
fn lemmas(form: &str, asked: bool) -> Vec<String> {
    let itself = || vec![form.to_owned()];
    let is_word = form.chars().all(|c| is_cyrillic(c) || c == '-' || c == '\'');
    let Some(dictionary) = dictionary().filter(|_| is_word && !UNINFLECTED.contains(&form)) else {
        return itself();
    };
    // A letter alone names a house or is a word that has no other form; what the dictionary makes of it are abbreviations.
    if form.chars().nth(1).is_none() {
        return itself();
    }
    let mut readings = Readings::of(dictionary, form);
    let guessed = readings.guessed;
    // What has no vowel is an abbreviation; guessing an ending for it would only invent a word.
    if guessed && !form.chars().any(is_vowel) {
        return itself();
    }
    if asked {
        readings.keep_meant(form);
    }
    // Every short neuter adjective in -о is an adverb as well, and the dictionary lacks many of those.
    let adverb = form.ends_with('о') && readings.short;
    let mut lemmas: Vec<String> = readings.lemmas.into_iter().map(|reading| reading.lemma).collect();
    // Before the guesses: a word written by ear is commoner than one that the dictionary lacks.
    if guessed && let Some(meant) = corrected(form, &|word| dictionary.is_known(word)) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(word: &str, form: &str, lemmas: &[&str]) {
        let entry = analyse(word);
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
    fn readings_that_nobody_means_are_left_out() {
        check("ямы", "ямы", &["яма"]);
        check("моем", "моем", &["мой"]);
        check("дали", "дали", &["дать"]);
        check("дороги", "дороги", &["дорога"]);
        check("порыв", "порыв", &["порыв"]);
        check("пришли", "пришли", &["прийти"]);
        check("данном", "данном", &["данный"]);
        check("текущий", "текущий", &["текущий"]);
        check("клещей", "клещей", &["клещ"]);
        check("е", "е", &["е"]);
        check("метал", "метал", &["метал", "метать"]);
    }

    #[test]
    fn the_dictionary_form_of_a_word_asks_for_that_word() {
        let asked = |word: &str| analyse_asked(word, Context::default()).lemmas.join(" ");
        for word in ["метан", "душ", "пар", "вести", "метал", "дорогой", "банка", "ком"]
        {
            assert_eq!(asked(word), word);
        }
        assert_eq!(asked("стали"), "стать сталь");
        assert_eq!(asked("дома"), "дом дома");
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
        let entry = analyse("варабурами");
        assert!(
            entry.lemmas.len() > 1 && entry.lemmas.iter().any(|lemma| **lemma == *"варабурами"),
            "{:?}",
            entry.lemmas
        );
    }
}
