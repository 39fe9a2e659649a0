//! Which words of a clause a document must have, and which of these are rare.

use std::collections::HashMap;

use crate::query::{Query, Term, Word};

/// Words of which at least one is in every document that a clause matches, and how often they will be met; none where the clause
/// requires no word.
pub(super) fn anchors<'q>(clause: &'q Query, uses: &HashMap<&Term, u32>) -> Option<(u64, Vec<&'q Word>)> {
    let word = |word: &'q Word| (cost(word, uses), vec![word]);
    let cheapest = |(cost, _): &(u64, Vec<&Word>)| *cost;
    match clause {
        Query::Word(one) => Some(word(one)),
        Query::Phrase { words, .. } | Query::Near { words, .. } => words.iter().map(word).min_by_key(cheapest),
        Query::And(parts) => parts.iter().filter_map(|part| anchors(part, uses)).min_by_key(cheapest),
        Query::Or(parts) => parts.iter().try_fold((0, Vec::new()), |(sum, mut all), part| {
            let (cost, words) = anchors(part, uses)?;
            all.extend(words);
            Some((sum + cost, all))
        }),
        Query::Not(_) | Query::Field(_) => None,
    }
}

/// Calls `visit` with every word that is in every document a clause matches.
fn each_required<'q>(clause: &'q Query, visit: &mut dyn FnMut(&'q Word)) {
    match clause {
        Query::Word(word) => visit(word),
        Query::Phrase { words, .. } | Query::Near { words, .. } => words.iter().for_each(visit),
        Query::And(parts) => parts.iter().for_each(|part| each_required(part, visit)),
        Query::Or(_) | Query::Not(_) | Query::Field(_) => {}
    }
}

/// The rarest word that a clause requires besides its anchors.
pub(super) fn guard<'q>(clause: &'q Query, anchors: &[&Word], uses: &HashMap<&Term, u32>) -> Option<&'q Word> {
    let mut others = Vec::new();
    each_required(clause, &mut |word| {
        if !anchors.iter().any(|anchor| std::ptr::eq(*anchor, word)) {
            others.push(word);
        }
    });
    others.into_iter().min_by_key(|word| cost(word, uses))
}

/// An estimate of how often a word will be met, without knowing the posts: short words are frequent in any text, and a word that many
/// rules name is what posts talk about.
fn cost(word: &Word, uses: &HashMap<&Term, u32>) -> u64 {
    let cost = |term: &Term| {
        let (Term::Lemma(key) | Term::Form(key) | Term::Prefix(key)) = term;
        let short = match key.chars().count() {
            0..=2 => 2000,
            3 => 300,
            4 => 60,
            5 => 20,
            _ => 5,
        };
        let prefix = if matches!(term, Term::Prefix(_)) { 20 } else { 0 };
        short + prefix + u64::from(uses.get(term).copied().unwrap_or_default())
    };
    word.terms.iter().map(cost).sum()
}

/// The clauses of a query: the parts of `a | b`, and of those nested in it.
pub(super) fn split<'q>(query: &'q Query, clauses: &mut Vec<&'q Query>) {
    match query {
        Query::Or(parts) => parts.iter().for_each(|part| split(part, clauses)),
        one => clauses.push(one),
    }
}
