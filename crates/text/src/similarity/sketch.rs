//! The sketch of a post: the words of its beginning that distinguish one event from others on the same subject.

use model::{MAX_TERMS, Sketch, Term};

use crate::analysis::{Document, Token};
use crate::words::{LONG, ORDINARY, RARE, is_number};

/// Words with a weight are read up to this number. What a post is about stands at its beginning; further on it repeats background that
/// other posts on the subject have as well.
const WORDS: usize = 48;

/// How many of them are the opening: about a headline.
const OPENING: usize = 6;

/// Numbers kept besides, where the opening has them: dates, houses. A list of numbers must not crowd out the words.
const NUMBERS: usize = 4;

/// A text with fewer weighted words has no sketch.
const MIN_WORDS: usize = 3;

/// The sketch of a document analysed from this title and text; none for a text that says too little.
///
/// The weight of a word depends on the word alone: names, long numbers and Latin words weigh most, then long words, then the others;
/// frequent words have no weight.
pub fn sketch(document: &Document, title: Option<&str>, text: &str) -> Option<Sketch> {
    let mut builder = SketchBuilder { terms: Vec::with_capacity(WORDS + NUMBERS), weighing: 0, numbers: 0 };
    let (titles, rest) = document.tokens.split_at(document.title_tokens);
    builder.read(title.unwrap_or_default(), titles);
    builder.read(text, &rest[..document.text_tokens.min(rest.len())]);
    builder.finish()
}

/// Distinct words in the order in which they are read.
struct SketchBuilder {
    terms: Vec<Term>,
    weighing: usize,
    numbers: usize,
}

impl SketchBuilder {
    fn read(&mut self, field: &str, tokens: &[Token]) {
        let mut last_end: Option<usize> = None;
        for token in tokens {
            if self.weighing >= WORDS {
                return;
            }
            let Some(hash) = token.hash else {
                last_end = None;
                continue;
            };
            let follows = last_end.replace(token.end as usize);
            self.add(token, hash, || follows.is_some_and(|end| is_name(field, end, token)));
        }
    }

    fn add(&mut self, token: &Token, hash: u64, is_name: impl Fn() -> bool) {
        let weight = token.weight;
        let opening = self.weighing < OPENING;
        let number = opening && is_number(&token.form);
        if weight == 0 && !(number && self.numbers < NUMBERS) {
            return;
        }
        let term = if number { Term::number(hash, weight) } else { Term::new(hash, weight, opening) };
        if self.terms.iter().any(|known| known.word() == term.word()) {
            return;
        }
        let named = matches!(weight, ORDINARY | LONG) && is_name();
        self.terms.push(if named { Term::new(hash, RARE, opening) } else { term });
        self.weighing += usize::from(weight > 0);
        self.numbers += usize::from(number && weight == 0);
    }

    /// Keeps the opening and the heaviest of the rest; among equals those with the smallest hash, so that two texts keep the same words.
    fn finish(mut self) -> Option<Sketch> {
        if self.weighing < MIN_WORDS {
            return None;
        }
        if self.terms.len() > MAX_TERMS {
            self.terms.sort_unstable_by_key(|term| (!term.is_opening(), 3 - term.weight(), term.word()));
        }
        Some(Sketch::new(self.terms))
    }
}

/// Whether a word is capitalised inside a sentence; `end` is where the word before it ends.
fn is_name(field: &str, end: usize, token: &Token) -> bool {
    const BEGIN: [char; 11] = ['.', '!', '?', '…', '\n', '«', '"', '“', ':', '—', '('];
    let between = field.get(end..token.start as usize);
    let written = field.get(token.start as usize..).unwrap_or_default();
    written.starts_with(char::is_uppercase) && between.is_some_and(|between| !between.contains(BEGIN))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Analyzer;
    use model::SAME_EVENT;

    fn of(text: &str) -> Option<Sketch> {
        sketch(&Analyzer::new().document(None, text), None, text)
    }

    #[track_caller]
    fn similarity(a: &str, b: &str) -> f32 {
        of(a).unwrap().similarity(&of(b).unwrap()).unwrap()
    }

    const EVENT: &str = "В посёлке Заречный на улице Кленовой прорвало теплотрассу, без отопления остались четырнадцать \
        пятиэтажек и детский сад. Ремонтная бригада теплосети обещает запустить котельную к полуночи";

    #[test]
    fn one_event_in_other_words_is_near_and_another_on_the_subject_is_far() {
        let retold = "Прорвало теплотрассу в Заречном: на Кленовой без отопления пятиэтажки и детский сад, бригада \
            теплосети на месте, котельную запустят ближе к полуночи";
        let other = "В деревне Ольховка на улице Полевой прорвало водопровод, без холодной воды остались восемь \
            коттеджей и фельдшерский пункт. Аварийная бригада водоканала привезёт цистерну";
        assert!(similarity(EVENT, retold) >= SAME_EVENT, "{}", similarity(EVENT, retold));
        assert!(similarity(EVENT, other) < SAME_EVENT / 2.0, "{}", similarity(EVENT, other));
    }

    #[test]
    fn a_title_and_a_text_are_read_as_one() {
        let mut analyzer = Analyzer::new();
        let (title, text) = EVENT.split_once(", ").unwrap();
        let apart = sketch(&analyzer.document(Some(title), text), Some(title), text);
        assert_eq!(apart.unwrap().similarity(&of(EVENT).unwrap()), Some(1.0));
    }

    #[test]
    fn the_same_notice_for_another_house_is_another_event() {
        let notice = |house: u32| {
            format!(
                "Садовая, {house}: плановая опрессовка трубопровода, просим перекрыть вентили, освободить подвал и \
                предупредить соседей-пенсионеров"
            )
        };
        assert_eq!(similarity(&notice(12), &notice(12)), 1.0);
        assert!(similarity(&notice(12), &notice(48)) < SAME_EVENT);
    }

    #[test]
    fn names_and_long_numbers_weigh_most_and_frequent_words_nothing() {
        let weights = |text: &str| {
            let sketch = of(text).unwrap();
            let mut weights: Vec<u32> = sketch.terms().iter().map(|term| term.weight()).collect();
            weights.sort_unstable();
            weights
        };
        assert_eq!(weights("скажите это был котёл, водонагреватель или Вектор 4815 boiler"), [1, 2, 3, 3, 3]);
        // A small number is kept in the opening only, and for comparing numbers alone.
        assert_eq!(weights("12 котёл кран труба"), [0, 1, 1, 1]);
        assert_eq!(weights("котёл кран труба насос вентиль муфта 12"), [1; 6]);
    }

    #[test]
    fn a_text_of_frequent_words_has_none() {
        assert_eq!(of("Скажите пожалуйста, когда в нашем доме будет вода?"), None);
        assert_eq!(of(""), None);
    }

    #[test]
    fn long_texts_keep_the_same_words() {
        let letters = || "бвгджзклмнпрст".chars();
        let filler: String = letters().flat_map(|a| letters().map(move |b| format!("{a}о{b}ун "))).collect();
        let long = format!("{EVENT}. {filler}");
        let sketch = of(&long).unwrap();
        assert_eq!(sketch.terms().len(), MAX_TERMS);
        assert!(sketch.similarity(&of(EVENT).unwrap()) >= Some(SAME_EVENT));
    }
}
