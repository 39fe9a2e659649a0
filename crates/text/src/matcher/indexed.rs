//! A document with a lookup from lemmas and forms to positions.

use std::cell::OnceCell;
use std::collections::HashMap;

use quick_cache::DefaultHashBuilder;

use crate::Document;
use crate::query::Term;

/// A document whose tokens can be asked for by lemma and by form.
pub struct Indexed<'a> {
    document: &'a Document,
    /// For each lemma the first of its links.
    heads: HashMap<&'a str, u32, DefaultHashBuilder>,
    /// Position, and the next link of the lemma or [`END`]: lists without an allocation per word.
    links: Vec<(u32, u32)>,
    /// Forms in order with their positions. Few queries ask for forms: sorted only once one does.
    forms: OnceCell<Vec<(&'a str, u32)>>,
}

const END: u32 = u32::MAX;

impl<'a> Indexed<'a> {
    /// Makes the lookup of a document.
    pub fn new(document: &'a Document) -> Indexed<'a> {
        let tokens = &document.tokens;
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
        Indexed { document, heads, links, forms: OnceCell::new() }
    }

    /// The document.
    pub fn document(&self) -> &'a Document {
        self.document
    }

    /// The positions of the tokens a word meets, sorted, each once.
    pub fn positions(&self, terms: &[Term]) -> Vec<u32> {
        let mut positions = Vec::new();
        self.append_positions(terms, &mut positions);
        if !matches!(terms, [Term::Lemma(_)]) {
            positions.sort_unstable();
            positions.dedup();
        }
        positions
    }

    /// Whether any token is met.
    pub(super) fn has(&self, terms: &[Term]) -> bool {
        terms.iter().any(|term| match term {
            Term::Lemma(lemma) => self.heads.contains_key(&**lemma),
            Term::Form(form) => !self.between(form, |candidate| candidate == &**form).is_empty(),
            Term::Prefix(prefix) => !self.between(prefix, |candidate| candidate.starts_with(&**prefix)).is_empty(),
        })
    }

    /// Every lemma of the document, once.
    pub(super) fn lemmas(&self) -> impl Iterator<Item = &'a str> {
        self.heads.keys().copied()
    }

    /// Every form of the document, once.
    pub(super) fn distinct_forms(&self) -> impl Iterator<Item = &'a str> {
        self.forms().chunk_by(|a, b| a.0 == b.0).map(|same| same[0].0)
    }

    /// Appends the positions that any of the terms meets, in no order.
    pub(super) fn append_positions(&self, terms: &[Term], positions: &mut Vec<u32>) {
        let mut append = |found: &[(&str, u32)]| positions.extend(found.iter().map(|&(_, position)| position));
        for term in terms {
            match term {
                Term::Form(form) => append(self.between(form, |candidate| candidate == &**form)),
                Term::Prefix(prefix) => append(self.between(prefix, |candidate| candidate.starts_with(&**prefix))),
                Term::Lemma(lemma) => {
                    let mut next = self.heads.get(&**lemma).copied().unwrap_or(END);
                    while let Some(&(position, after)) = self.links.get(next as usize) {
                        append(&[("", position)]);
                        next = after;
                    }
                }
            }
        }
    }

    /// The forms not before one for as long as they meet a condition.
    fn between(&self, first: &str, meets: impl Fn(&str) -> bool) -> &[(&'a str, u32)] {
        let forms = self.forms();
        let rest = &forms[forms.partition_point(|&(form, _)| form < first)..];
        &rest[..rest.partition_point(|&(form, _)| meets(form))]
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
