//! How wide a query is. What it costs to answer is known from this before anything is asked, in a search and in a rule alike.

use std::ops::Range;

use super::cursor::Problem;
use crate::query::ast::{Query, Word};
use crate::query::limits::{MAX_ALTERNATIVES, MAX_PHRASE_WORDS, MAX_PREFIXES, MAX_TESTS, MAX_WORDS};

/// What a query asks for so far.
#[derive(Default)]
pub(super) struct Width {
    words: usize,
    prefixes: usize,
    tests: usize,
}

impl Width {
    /// Counts the words that an item gave; `prefix`: with a star.
    pub(super) fn add_words(&mut self, place: &Range<usize>, words: usize, prefix: bool) -> Result<(), Problem> {
        self.words += words;
        self.prefixes += if prefix { words } else { 0 };
        if self.prefixes > MAX_PREFIXES {
            return refused(
                place,
                format!(
                    "В запросе больше {MAX_PREFIXES} слов со звёздочкой, а каждое значит сотни слов. Напишите слова целиком или разделите запрос на несколько."
                ),
            );
        }
        if self.words > MAX_WORDS {
            return refused(
                place,
                format!(
                    "В запросе больше {MAX_WORDS} слов, считая каждое слово в скобках. Сократите его или разделите на несколько."
                ),
            );
        }
        Ok(())
    }

    /// Counts a test of a field.
    pub(super) fn add_test(&mut self, place: &Range<usize>) -> Result<(), Problem> {
        self.tests += 1;
        if self.tests > MAX_TESTS {
            return refused(
                place,
                format!("В запросе больше {MAX_TESTS} полей. Сократите его или разделите на несколько."),
            );
        }
        Ok(())
    }
}

/// Words side by side, or the only one.
pub(super) fn phrase(mut words: Vec<Word>, across: bool) -> Result<Query, Problem> {
    match (words.len(), words.get(MAX_PHRASE_WORDS)) {
        (1, _) => Ok(Query::Word(words.remove(0))),
        (_, None) => Ok(Query::Phrase { words, across }),
        (_, Some(beyond)) => refused(
            &beyond.span,
            format!(
                "Слов подряд больше {MAX_PHRASE_WORDS}, это первое лишнее. Оставьте самые приметные или разделите фразу на несколько."
            ),
        ),
    }
}

/// Refuses one place with more alternatives than are read together; `place` is the first too many.
pub(super) fn refuse_many_alternatives(count: usize, place: &Range<usize>) -> Result<(), Problem> {
    if count <= MAX_ALTERNATIVES {
        return Ok(());
    }
    refused(
        place,
        format!(
            "На одном месте больше {MAX_ALTERNATIVES} слов через черту. Оставьте главные или разделите запрос на несколько."
        ),
    )
}

fn refused<T>(place: &Range<usize>, message: String) -> Result<T, Problem> {
    Err((place.clone(), message))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Taken with as many parts as there may be, refused with one more, with these words, at the part that is too much.
    #[track_caller]
    fn check_most(most: usize, part: &str, open: &str, joint: &str, close: &str, says: &str) {
        let written = |parts: usize| format!("{open}{}{close}", vec![part; parts].join(joint));
        Query::parse(&written(most)).unwrap_or_else(|error| panic!("{error}"));
        let too_much = written(most + 1);
        let error = Query::parse(&too_much).unwrap_err();
        assert!(error.message.contains(says), "{error}");
        let begins = too_much.rfind(part).unwrap();
        assert_eq!(error.at, begins..begins + part.len(), "{error}");
    }

    #[test]
    fn what_costs_too_much_is_refused_at_the_part_that_is_too_much() {
        check_most(MAX_PHRASE_WORDS, "дом", "\"", " ", "\"", "подряд больше 64");
        check_most(MAX_PHRASE_WORDS, "дом", "", ",", "", "подряд больше 64");
        check_most(MAX_ALTERNATIVES, "дом", "\"нет (", "|", ")\"", "больше 256 слов через черту");
        check_most(MAX_WORDS, "дом", "", " ", "", "больше 512 слов");
        check_most(MAX_WORDS, "дом", "(", " | ", ")", "больше 512 слов");
        check_most(MAX_PREFIXES, "дом*", "", " | ", "", "больше 64 слов со звёздочкой");
        check_most(MAX_TESTS, "охват:>1", "", " ", "", "больше 128 полей");
    }

    #[test]
    fn a_phrase_of_a_hundred_places_of_five_beginnings_is_refused() {
        let places = vec!["(водопр*|газопр*|теплос*|светоф*|дорожн*)"; 100].join(" ");
        let error = Query::parse(&format!("\"{places}\"")).unwrap_err();
        assert!(error.query.len() > 7_000 && error.message.contains("звёздочкой"), "{error}");
    }
}
