//! The phrases of the event rules, and what each of them means.

use config::EventRules;
use text::Phrase;

/// What a phrase means: a number in the list of the rules that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    Object(usize),
    Says(usize),
    When(usize),
    Scale(usize),
    Harm(usize),
    Who(usize),
    Wish(usize),
    Aside(usize),
    Frost,
}

/// The meanings of the phrases, by their numbers in a lexicon.
pub struct EventLexicon {
    meanings: Vec<Meaning>,
}

impl EventLexicon {
    /// Collects the phrases of all rules.
    pub fn new(rules: &EventRules) -> (EventLexicon, Vec<Phrase>) {
        let (mut meanings, mut phrases) = (Vec::new(), Vec::new());
        let mut add = |words: &[Phrase], meaning: Meaning| {
            phrases.extend_from_slice(words);
            meanings.resize(phrases.len(), meaning);
        };
        rules.objects.iter().enumerate().for_each(|(n, object)| add(&object.words, Meaning::Object(n)));
        rules.says.iter().enumerate().for_each(|(n, says)| add(&says.words, Meaning::Says(n)));
        rules.when.iter().enumerate().for_each(|(n, marker)| add(&marker.words, Meaning::When(n)));
        rules.scales.iter().enumerate().for_each(|(n, marker)| add(&marker.words, Meaning::Scale(n)));
        rules.harms.iter().enumerate().for_each(|(n, marker)| add(&marker.words, Meaning::Harm(n)));
        rules.who.iter().enumerate().for_each(|(n, named)| add(&named.words, Meaning::Who(n)));
        rules.wishes.iter().enumerate().for_each(|(n, named)| add(&named.words, Meaning::Wish(n)));
        rules.asides.iter().enumerate().for_each(|(n, aside)| add(&aside.words, Meaning::Aside(n)));
        add(&rules.frost, Meaning::Frost);
        (EventLexicon { meanings }, phrases)
    }

    /// What a phrase means.
    pub fn meaning(&self, phrase: usize) -> Meaning {
        self.meanings[phrase]
    }
}
