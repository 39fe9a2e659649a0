//! A document with a lookup from lemmas and forms to positions.

use std::cell::OnceCell;
use std::collections::HashMap;

use quick_cache::DefaultHashBuilder;

use super::Places;
use crate::Document;
use crate::query::{Term, Word};

/// A document whose tokens can be asked for by lemma and by form.
pub struct Indexed<'a> {
    document: &'a Document,
    /// Made once a query asks: a set of rules has its own.
    lemmas: OnceCell<Lemmas<'a>>,
    /// Forms in order with their positions. Few queries ask for forms: sorted only once one does.
    forms: OnceCell<Vec<(&'a str, u32)>>,
}

/// The positions of each lemma.
struct Lemmas<'a> {
    /// For each lemma the first of its links.
    heads: HashMap<&'a str, u32, DefaultHashBuilder>,
    /// Position, and the next link of the lemma or [`END`]: lists without an allocation per word.
    links: Vec<(u32, u32)>,
}

const END: u32 = u32::MAX;

impl<'a> Indexed<'a> {
    /// Makes a document ready to be asked.
    pub fn new(document: &'a Document) -> Indexed<'a> {
        Indexed { document, lemmas: OnceCell::new(), forms: OnceCell::new() }
    }

    /// The document.
    pub fn document(&self) -> &'a Document {
        self.document
    }

    /// The forms not before one for as long as they meet a condition.
    fn between(&self, first: &str, meets: impl Fn(&str) -> bool) -> &[(&'a str, u32)] {
        let forms = self.forms();
        let rest = &forms[forms.partition_point(|&(form, _)| form < first)..];
        &rest[..rest.partition_point(|&(form, _)| meets(form))]
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

impl Places<Word> for Indexed<'_> {
    fn has(&self, word: &Word) -> bool {
        word.terms.iter().any(|term| match term {
            Term::Lemma(lemma) => self.lemmas().heads.contains_key(&**lemma),
            Term::Form(form) => !self.between(form, |candidate| candidate == &**form).is_empty(),
            Term::Prefix(prefix) => !self.between(prefix, |candidate| candidate.starts_with(&**prefix)).is_empty(),
        })
    }

    fn append(&self, word: &Word, positions: &mut Vec<u32>) {
        let mut append = |found: &[(&str, u32)]| positions.extend(found.iter().map(|&(_, position)| position));
        for term in &word.terms {
            match term {
                Term::Form(form) => append(self.between(form, |candidate| candidate == &**form)),
                Term::Prefix(prefix) => append(self.between(prefix, |candidate| candidate.starts_with(&**prefix))),
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
}
