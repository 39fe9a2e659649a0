//! Lists of words that the program itself looks for in every post. They are asked as queries beside the rules: what a word of a text
//! meets is found out once for both.

use std::collections::BTreeMap;

use text::{Awake, Query, Term, Word};

use crate::context::{ADVERTISING, ADVERTISING_SURE, ADVERTISING_WORDS};
use crate::subject::STREET_KINDS;

/// The queries of the lists among those of a set of rules.
pub struct WordLists {
    /// The number of the first query.
    first: usize,
}

impl WordLists {
    /// Adds the queries.
    pub fn new(queries: &mut Vec<Query>) -> WordLists {
        let first = queries.len();
        queries.extend(ADVERTISING.map(|lemma| word(&[Term::Lemma(lemma.into())])));
        queries.extend(ADVERTISING_SURE.map(|form| word(&[Term::Form(form.into())])));
        queries.extend(STREET_KINDS.map(|(kind, _)| word(&[Term::Lemma(kind.into()), Term::Form(kind.into())])));
        WordLists { first }
    }

    /// Whether a post is an advertisement.
    pub fn advertisement(&self, awake: &Awake) -> bool {
        let (mut common, mut sure) = (0, false);
        let end = self.first + ADVERTISING.len();
        awake.matches(self.first..end, None, &mut |_, _| common += 1);
        awake.matches(end..end + ADVERTISING_SURE.len(), None, &mut |_, _| sure = true);
        sure || common >= ADVERTISING_WORDS
    }

    /// The words that announce a street: the position and the number of the kind of each, in the order of the text.
    pub fn streets(&self, awake: &Awake) -> BTreeMap<u32, usize> {
        let first = self.first + ADVERTISING.len() + ADVERTISING_SURE.len();
        let mut streets = BTreeMap::new();
        awake.matches(first..first + STREET_KINDS.len(), None, &mut |query, positions| {
            for position in positions {
                // Of several the kind that is listed first.
                streets.entry(position).or_insert(query - first);
            }
        });
        streets
    }
}

fn word(terms: &[Term]) -> Query {
    Query::Word(Word { span: 0..0, terms: terms.to_vec() })
}
