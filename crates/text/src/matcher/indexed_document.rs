//! One query against one document, whose lemmas and forms are looked up.

use std::cell::OnceCell;
use std::collections::HashMap;

use quick_cache::DefaultHashBuilder;

use super::evaluate::{WordPositions, evaluate, has_words};
use super::fields::Fields;
use crate::analysis::Document;
use crate::query::{Query, Term, Word};

/// A document whose tokens can be looked up by lemma and by form.
pub struct IndexedDocument<'a> {
    document: &'a Document,
    /// Made when the first query asks: a percolator does without.
    lemmas: OnceCell<Lemmas<'a>>,
    /// Sorted forms with their positions. Few queries ask for forms, so they are sorted when the first one does.
    forms: OnceCell<Vec<(&'a str, u32)>>,
    sentence_ends: OnceCell<Vec<u32>>,
}

/// The positions of each lemma.
struct Lemmas<'a> {
    /// For each lemma the first of its links.
    heads: HashMap<&'a str, u32, DefaultHashBuilder>,
    /// Position, and the next link of the lemma or [`END`]: lists without an allocation per word.
    links: Vec<(u32, u32)>,
}

const END: u32 = u32::MAX;

impl<'a> IndexedDocument<'a> {
    /// Prepares a document for queries.
    pub fn new(document: &'a Document) -> IndexedDocument<'a> {
        IndexedDocument { document, lemmas: OnceCell::new(), forms: OnceCell::new(), sentence_ends: OnceCell::new() }
    }

    /// The document.
    pub fn document(&self) -> &'a Document {
        self.document
    }

    /// The forms from one on, as long as they fulfil a condition.
    fn forms_from(&self, first: &str, fits: impl Fn(&str) -> bool) -> &[(&'a str, u32)] {
        let forms = self.forms();
        let rest = &forms[forms.partition_point(|&(form, _)| form < first)..];
        &rest[..rest.partition_point(|&(form, _)| fits(form))]
    }

    fn lemmas(&self) -> &Lemmas<'a> {
        self.lemmas.get_or_init(|| {
            let tokens = &self.document.tokens;
            let mut heads = HashMap::with_capacity_and_hasher(tokens.len(), DefaultHashBuilder::default());
            let mut links = Vec::with_capacity(tokens.len() + tokens.len() / 4);
            // Last token first: each list then begins with the first position.
            for token in tokens.iter().rev() {
                for lemma in token.lemmas.iter() {
                    let head = heads.entry(&**lemma).or_insert(END);
                    links.push((token.position, *head));
                    *head = links.len() as u32 - 1;
                }
            }
            Lemmas { heads, links }
        })
    }

    fn forms(&self) -> &[(&'a str, u32)] {
        self.forms.get_or_init(|| {
            let tokens = self.document.tokens.iter();
            let mut forms: Vec<(&str, u32)> = tokens.map(|token| (&*token.form, token.position)).collect();
            forms.sort_unstable();
            forms
        })
    }
}

/// The positions of the words that made a query match, sorted; none where it does not match.
///
/// Empty where only fields and negations decided. Without `fields` every field test is false.
pub fn matches(query: &Query, document: &IndexedDocument, fields: Option<&Fields>) -> Option<Vec<u32>> {
    if !has_words(query, document) {
        return None;
    }
    let mut found = Vec::new();
    let matched = evaluate(query, document, fields, &mut found);
    found.sort_unstable();
    found.dedup();
    matched.then_some(found)
}

impl WordPositions<Word> for IndexedDocument<'_> {
    fn has(&self, word: &Word) -> bool {
        word.terms.iter().any(|term| match term {
            Term::Lemma(lemma) => self.lemmas().heads.contains_key(&**lemma),
            Term::Form(form) => !self.forms_from(form, |candidate| candidate == &**form).is_empty(),
            Term::Prefix(prefix) => !self.forms_from(prefix, |candidate| candidate.starts_with(&**prefix)).is_empty(),
        })
    }

    fn append(&self, word: &Word, positions: &mut Vec<u32>) {
        let mut append = |found: &[(&str, u32)]| positions.extend(found.iter().map(|&(_, position)| position));
        for term in &word.terms {
            match term {
                Term::Form(form) => append(self.forms_from(form, |candidate| candidate == &**form)),
                Term::Prefix(prefix) => append(self.forms_from(prefix, |candidate| candidate.starts_with(&**prefix))),
                Term::Lemma(lemma) => {
                    let lemmas = self.lemmas();
                    let mut next = lemmas.heads.get(&**lemma).copied().unwrap_or(END);
                    while let Some(&(position, after)) = lemmas.links.get(next as usize) {
                        append(&[("", position)]);
                        next = after;
                    }
                }
            }
        }
    }

    fn sorted(&self, word: &Word) -> bool {
        matches!(word.terms.as_slice(), [Term::Lemma(_)])
    }

    fn sentence_ends(&self) -> &[u32] {
        self.sentence_ends.get_or_init(|| self.document.sentence_ends())
    }
}
