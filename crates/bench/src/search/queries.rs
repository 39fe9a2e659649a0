//! What is searched for.

use anyhow::Result;
use model::{Sector, Time};
use serde::Serialize;
use store::search::SearchRequest;

use crate::posts::{DAYS, Generated, Posts, Random};

/// Texts that the searched words are taken from.
const TEXTS: u64 = 2_000;

/// What is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One word.
    Word,
    /// Two words beside each other.
    Phrase,
    /// Two words close to each other.
    Proximity,
    /// One word within a sector and some days.
    FilterDateSort,
    /// Counts of what one word finds.
    Facets,
}

/// All of them.
pub const KINDS: [Kind; 5] = [Kind::Word, Kind::Phrase, Kind::Proximity, Kind::FilterDateSort, Kind::Facets];

/// Texts like those in the index.
pub fn texts(generated: &Generated) -> Result<Vec<Vec<String>>> {
    let mut posts = Posts::new(generated, TEXTS, Time::now())?;
    let mut texts = Vec::new();
    for _ in 0..TEXTS {
        let words = posts
            .next()?
            .text
            .split(|c: char| !c.is_alphabetic())
            .filter(|word| word.chars().count() > 2)
            .map(str::to_owned)
            .collect::<Vec<_>>();
        if words.len() > 3 {
            texts.push(words);
        }
    }
    anyhow::ensure!(!texts.is_empty(), "the texts have no words to search for");
    Ok(texts)
}

/// A search for words of a text: frequent words come often, as people search for what is talked about.
pub fn request(kind: Kind, texts: &[Vec<String>], random: &mut Random, end: Time) -> SearchRequest {
    let words = &texts[random.below(texts.len() as u64) as usize];
    let at = random.below(words.len() as u64 - 2) as usize;
    let word = words[at].clone();
    let (next, after) = (&words[at + 1], &words[at + 2]);
    match kind {
        Kind::Word | Kind::Facets => SearchRequest { query: word, ..SearchRequest::default() },
        Kind::Phrase => SearchRequest { query: format!("\"{word} {next}\""), ..SearchRequest::default() },
        Kind::Proximity => SearchRequest { query: format!("\"{word} {after}\"~5"), ..SearchRequest::default() },
        Kind::FilterDateSort => {
            let sector = Sector::ALL[random.below(Sector::ALL.len() as u64) as usize];
            let days = 1 + random.below(u64::from(DAYS) / 2) as i64;
            let from = Time::from_second(end.as_second() - 2 * days * 86_400).ok();
            let to = Time::from_second(end.as_second() - days * 86_400).ok();
            SearchRequest { query: word, sector: Some(sector), from, to, ..SearchRequest::default() }
        }
    }
}
