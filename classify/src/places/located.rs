//! Places named, and whether the post is about the district at all.

use config::Place;
use model::{Post, Tags};

use crate::post_words::PostWords;
use crate::rules::{Positions, Rules};

/// The places of a post, ours first and the most exact before the rest.
pub struct Located {
    pub places: Vec<Named>,
}

/// A place that a post names.
pub struct Named {
    /// Its number in the configuration.
    pub place: usize,
    /// Positions of the longest name it has in the text.
    pub words: Vec<u32>,
}

struct Found<'a> {
    place: &'a Place,
    number: usize,
    /// Of all aliases that matched.
    positions: Vec<u32>,
    /// Of the longest alias.
    longest: Vec<u32>,
}

/// Tags places, ours before those elsewhere and the most exact first, and says why. Where none is named for sure, those that may be
/// meant are tagged with the doubt.
pub fn tag(
    rules: &Rules,
    hits: Vec<(usize, Vec<Positions>)>,
    unsure: Vec<(usize, Vec<Positions>)>,
    words: &PostWords,
    post: &Post,
    tags: &mut Tags,
) -> Located {
    let is_sure = !hits.is_empty();
    let named = if is_sure { hits } else { unsure };
    let found: Vec<Found> =
        named.into_iter().filter_map(|(number, hits)| find(&rules.config.places[number], number, hits)).collect();
    let covered =
        |a: &Found| found.iter().any(|b| a.positions.len() < b.positions.len() && within(&a.positions, &b.positions));
    let mut kept: Vec<&Found> = found.iter().filter(|place| !covered(place)).collect();
    kept.sort_by_key(|found| (rank(&found.place.kind), usize::MAX - found.longest.len(), found.number));
    for found in &kept {
        tags.places.push(found.place.id.clone());
        let doubt = found.place.doubt.as_ref().filter(|_| !is_sure);
        let doubt = doubt.map_or(String::new(), |doubt| format!(", не наверняка: {doubt}"));
        tags.why.push(format!("место «{}»: {}{doubt}", found.place.name, words.quote(&found.longest)));
    }
    // In doubt the post counts as ours: a false alarm costs a look, a missed one more.
    let surely_named: &[&Found] = if is_sure { &kept } else { &[] };
    tags.elsewhere = elsewhere_reason(rules, surely_named, post);
    tags.why.extend(tags.elsewhere.clone());
    Located { places: kept.iter().map(|found| Named { place: found.number, words: found.longest.clone() }).collect() }
}

/// Why a post is not about the district; none where nothing says so.
fn elsewhere_reason(rules: &Rules, kept: &[&Found], post: &Post) -> Option<String> {
    match kept.first() {
        Some(found) if elsewhere(found.place) => Some(format!("речь о другом месте ({})", found.place.name)),
        Some(_) => None,
        None => {
            let away = rules.config.sources.iter().any(|source| source.id == post.source && !source.home);
            away.then(|| "источник не о нашем округе, а место не названо".to_owned())
        }
    }
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
