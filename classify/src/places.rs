//! Places named, and whether the post is about the district at all.

use config::Place;
use model::{Post, Tags};

use crate::quote::Words;
use crate::rules::{Positions, Rules};

/// Where what a post reports happens.
pub enum Territory {
    /// In the district, as far as the post says.
    Ours,
    /// Not in the district; why.
    Away(String),
}

struct Found<'a> {
    place: &'a Place,
    number: usize,
    /// Of all aliases that matched.
    positions: Vec<u32>,
    /// Of the longest alias.
    longest: Vec<u32>,
}

/// Tags places, ours before those elsewhere and the most exact first, and says why.
pub fn tag(
    rules: &Rules,
    hits: Vec<(usize, Vec<Positions>)>,
    words: &Words,
    post: &Post,
    tags: &mut Tags,
) -> Territory {
    let found: Vec<Found> =
        hits.into_iter().filter_map(|(number, hits)| find(&rules.config.places[number], number, hits)).collect();
    let covered =
        |a: &Found| found.iter().any(|b| a.positions.len() < b.positions.len() && within(&a.positions, &b.positions));
    let mut kept: Vec<&Found> = found.iter().filter(|place| !covered(place)).collect();
    kept.sort_by_key(|found| (rank(&found.place.kind), usize::MAX - found.longest.len(), found.number));
    for found in &kept {
        tags.places.push(found.place.id.clone());
        tags.why.push(format!("место «{}»: {}", found.place.name, words.quote(&found.longest)));
    }
    territory(rules, &kept, post, tags)
}

fn territory(rules: &Rules, kept: &[&Found], post: &Post, tags: &mut Tags) -> Territory {
    if kept.iter().any(|found| !elsewhere(found.place)) {
        return Territory::Ours;
    }
    let why = if let Some(found) = kept.first() {
        format!("речь о другом месте ({})", found.place.name)
    } else if rules.config.sources.iter().any(|source| source.id == post.source && !source.home) {
        "источник не о нашем округе, а место не названо".to_owned()
    } else {
        return Territory::Ours;
    };
    tags.why.push(why.clone());
    Territory::Away(why)
}

fn find(place: &Place, number: usize, hits: Vec<Positions>) -> Option<Found<'_>> {
    let mut positions: Vec<u32> = hits.iter().flatten().copied().collect();
    positions.sort_unstable();
    positions.dedup();
    // Of equally long ones the alias written first.
    let longest = hits.into_iter().rev().max_by_key(Vec::len)?;
    Some(Found { place, number, positions, longest })
}

/// «Губкин» in «Губкинский городской округ» is not a place of its own.
fn within(part: &[u32], whole: &[u32]) -> bool {
    part.iter().all(|position| whole.binary_search(position).is_ok())
}

fn elsewhere(place: &Place) -> bool {
    place.kind == "elsewhere"
}

fn rank(kind: &str) -> usize {
    ["institution", "street", "settlement", "district", "elsewhere"]
        .iter()
        .position(|known| *known == kind)
        .unwrap_or(usize::MAX)
}
