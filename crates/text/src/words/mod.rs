//! What a word is: its folded spelling, its dictionary forms, the hash of its lemma and its weight.

mod abbreviations;
mod dictionary;
mod fold;
mod grammar;
mod lemma_hash;
mod morphology;
mod rare;
mod readings;
mod spelling;
mod stretched;
mod weight;

pub(crate) use abbreviations::{Context, Joint, Neighbour};
pub(crate) use dictionary::is_known;
pub(crate) use fold::{fold, fold_into, is_cyrillic, is_invisible, is_letter};
pub use grammar::Grammar;
pub(crate) use lemma_hash::lemma_hash;
pub(crate) use morphology::{WordAnalysis, analyse, analyse_asked};
pub(crate) use weight::{LONG, ORDINARY, RARE, is_number, weight};
