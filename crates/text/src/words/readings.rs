//! What a form can be a form of, by the dictionary.

use rumorph::{Dictionary, Source, UdTag};

use super::fold::fold_into;
use super::rare::{is_kept, is_rare};

/// A lemma less likely than this is left out: most such readings occur in the dictionary only.
const LEMMA_SHARE: f64 = 0.03;

/// An imperative, a short form or a converb less likely than this is left out beside a noun and its like: «порыв» is no «порыть».
const ODD_SHARE: f64 = 0.2;

/// Guesses for words the dictionary lacks spread over many endings; only strong ones are kept.
const GUESS_SHARE: f64 = 0.1;

/// No word of the dictionary has more that are likely; the bound keeps postings small whatever a guess brings.
const MAX_LEMMAS: usize = 4;

/// Where the form of a query is the dictionary form of a word, that word is meant if its reading is at least as likely as this.
const MEANT_SHARE: f64 = 0.5;

/// As [`MEANT_SHARE`] for a noun, an infinitive or an adjective: people ask for things by their names.
const NAMED_SHARE: f64 = 0.1;

/// A lemma of a form.
pub(super) struct Reading {
    pub(super) lemma: String,
    share: f64,
    /// Of all its readings none is but an imperative, a short form or a converb.
    is_odd: bool,
    /// One is of a noun, a verb or an adjective.
    is_content: bool,
    /// One is of a verb or an adjective.
    is_inflected_like_odd: bool,
}

/// All that is found out about a form.
pub(super) struct Readings {
    /// Likely lemmas, the likeliest first, each once.
    pub(super) lemmas: Vec<Reading>,
    /// The dictionary lacks the form.
    pub(super) guessed: bool,
    /// It may be a short adjective, which is an adverb as well.
    pub(super) short: bool,
}

impl Readings {
    pub(super) fn of(dictionary: &Dictionary, form: &str) -> Readings {
        let analyses = dictionary.analyze(form);
        let guessed = analyses.iter().any(|analysis| analysis.source == Source::Guess);
        let mut short = false;
        let (mut lemmas, mut lemma) = (Vec::<Reading>::new(), String::new());
        for analysis in analyses {
            lemma.clear();
            fold_into(&analysis.lemma, &mut lemma);
            if lemma.is_empty() {
                continue;
            }
            let tag = dictionary.ud_tag(analysis.ud);
            let part = tag.map_or("", |tag| tag.pos());
            let is_short = tag.is_some_and(|tag| tag.feat("Variant") == Some("Short"));
            short |= is_short;
            let odd = is_short || tag.is_some_and(|tag| is_odd_verb(&tag));
            let content = matches!(part, "NOUN" | "VERB" | "ADJ");
            let inflected = matches!(part, "VERB" | "ADJ" | "AUX");
            match lemmas.iter_mut().find(|known| known.lemma == lemma) {
                Some(known) => {
                    known.share += analysis.prob;
                    known.is_odd &= odd;
                    known.is_content |= content;
                    known.is_inflected_like_odd |= inflected;
                }
                None => lemmas.push(Reading {
                    lemma: lemma.clone(),
                    share: analysis.prob,
                    is_odd: odd,
                    is_content: content,
                    is_inflected_like_odd: inflected,
                }),
            }
        }
        lemmas.sort_by(|a, b| b.share.total_cmp(&a.share));
        let mut readings = Readings { lemmas, guessed, short };
        readings.keep_likely();
        readings
    }

    fn keep_likely(&mut self) {
        let cut = if self.guessed { GUESS_SHARE } else { LEMMA_SHARE };
        let beside_noun = self.lemmas.first().is_some_and(|first| !first.is_inflected_like_odd);
        let mut rank = 0;
        self.lemmas.retain(|reading| {
            rank += 1;
            let likely = reading.share >= cut && !(beside_noun && reading.is_odd && reading.share < ODD_SHARE);
            rank == 1 || likely || is_kept(&reading.lemma)
        });
        let all: Vec<String> = self.lemmas.iter().map(|reading| reading.lemma.clone()).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        self.lemmas.retain(|reading| !is_rare(&reading.lemma, &all));
        self.lemmas.truncate(MAX_LEMMAS);
    }

    /// Leaves the word whose dictionary form a query's word is, where it is likely enough: who asks for «метан» does not mean «метать».
    pub(super) fn keep_meant(&mut self, form: &str) {
        let meant = |reading: &Reading| {
            let share = if reading.is_content { NAMED_SHARE } else { MEANT_SHARE };
            reading.lemma == form && reading.share >= share
        };
        if !self.guessed && self.lemmas.iter().any(meant) {
            self.lemmas.retain(|reading| reading.lemma == form);
        }
    }
}

fn is_odd_verb(tag: &UdTag) -> bool {
    matches!(tag.pos(), "VERB" | "AUX") && (tag.feat("Mood") == Some("Imp") || tag.feat("VerbForm") == Some("Conv"))
}
