//! Lists of words that the program itself looks for in every post. They are queries beside those of the rules, so that each word of a
//! text is looked up once for both.

use std::collections::BTreeMap;

use text::{Candidates, Query, Term, Word};

/// Forms of which one makes a post an advertisement: the law demands the first of every one on the internet.
const ADVERTISING_SURE: [&str; 2] = ["erid", "промокод"];

/// Lemmas that together make an advertisement.
const ADVERTISING: [&str; 20] = [
    "скидка",
    "акция",
    "распродажа",
    "заказать",
    "заказывать",
    "доставка",
    "цена",
    "недорого",
    "гарантия",
    "рассрочка",
    "прайс",
    "ассортимент",
    "купить",
    "продажа",
    "продать",
    "звонить",
    "розыгрыш",
    "выгодный",
    "опт",
    "монтаж",
];

/// So many different words of [`ADVERTISING`]: single ones occur in complaints about prices too.
const ADVERTISING_WORDS: usize = 3;

/// Words that announce a street, as a lemma or as written, and how its name is written then.
const STREET_KINDS: [(&str, &str); 12] = [
    ("ул", "ул."),
    ("улица", "ул."),
    ("улка", "ул."),
    ("пер", "пер."),
    ("переулок", "пер."),
    ("проспект", "пр-т"),
    ("пр-т", "пр-т"),
    ("бульвар", "б-р"),
    ("шоссе", "ш."),
    ("мкр", "мкр."),
    ("микрорайон", "мкр."),
    ("площадь", "пл."),
];

/// The queries of the lists among those of the rules.
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
    pub fn advertisement(&self, candidates: &Candidates) -> bool {
        let (mut common, mut sure) = (0, false);
        let end = self.first + ADVERTISING.len();
        candidates.matches(self.first..end, None, &mut |_, _| common += 1);
        candidates.matches(end..end + ADVERTISING_SURE.len(), None, &mut |_, _| sure = true);
        sure || common >= ADVERTISING_WORDS
    }

    /// The words that announce a street, by position: how the kind of street is written before its name.
    pub fn streets(&self, candidates: &Candidates) -> BTreeMap<u32, &'static str> {
        let first = self.first + ADVERTISING.len() + ADVERTISING_SURE.len();
        let mut streets = BTreeMap::new();
        candidates.matches(first..first + STREET_KINDS.len(), None, &mut |query, positions| {
            for position in positions {
                // Of several the kind that is listed first.
                streets.entry(position).or_insert(STREET_KINDS[query - first].1);
            }
        });
        streets
    }
}

fn word(terms: &[Term]) -> Query {
    Query::Word(Word { span: 0..0, terms: terms.to_vec() })
}
