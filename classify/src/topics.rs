//! Topics, and the sectors they speak for.

use model::{Sector, Tags};

use crate::quote::Words;
use crate::rules::{Positions, Rules};

/// Topics outside the six sectors must be this many times stronger to be the main thing: many of them (ecology, safety) colour a
/// post that a sector answers for.
const OTHER_MUST_OUTWEIGH: f32 = 1.25;

/// A topic named in the first words counts so much more than one named in the last: people begin with what it is about.
const EARLY_BONUS: f32 = 0.5;

struct Found {
    number: usize,
    sector: Sector,
    strength: f32,
}

struct Score {
    sector: Sector,
    strength: f32,
}

/// Tags sectors and topics, the strongest first, and says why.
pub fn tag(rules: &Rules, hits: Vec<(usize, Vec<Positions>)>, words: &Words, tags: &mut Tags) {
    let mut found = Vec::new();
    for (number, matches) in &hits {
        let (sector, topic) = rules.topic(*number);
        let mut positions: Vec<u32> = matches.iter().flatten().copied().collect();
        positions.sort_unstable();
        positions.dedup();
        found.push(Found { number: *number, sector, strength: topic.weight * emphasis(&positions, words) });
        tags.why.push(format!("правило {}: {}", topic.id, words.quote(&matches[0])));
    }
    let scores = scores(&found);
    tags.sectors = scores.iter().map(|score| score.sector).collect();
    if tags.sectors.is_empty() {
        tags.sectors.push(Sector::Other);
    }
    tags.sector = tags.sectors[0];
    if scores.len() > 1 {
        let told: Vec<String> =
            scores.iter().map(|score| format!("{} {}", score.sector.name_ru(), number(score.strength))).collect();
        tags.why.push(format!("главный сектор {}: {}", tags.sector.name_ru(), told.join(", ")));
    }
    let main = tags.sector;
    found.sort_by(|a, b| {
        let main_first = (b.sector == main).cmp(&(a.sector == main));
        main_first.then(b.strength.total_cmp(&a.strength)).then(a.number.cmp(&b.number))
    });
    tags.topics = found.iter().map(|found| rules.topic(found.number).1.id.clone()).collect();
}

/// How much of a post is about a topic, from the words that matched: more of them, each adding less, and earlier ones.
fn emphasis(positions: &[u32], words: &Words) -> f32 {
    let first = positions.first().and_then(|position| words.at(*position)).unwrap_or_default();
    let place = first as f32 / words.tokens().len().max(1) as f32;
    // The square root rather than a logarithm: it is exact, so every machine gives the same tags.
    (positions.len().max(1) as f32).sqrt() * (1.0 + EARLY_BONUS * (1.0 - place))
}

/// Sectors by summed strength, the main one first.
fn scores(found: &[Found]) -> Vec<Score> {
    let mut scores: Vec<Score> = Vec::new();
    for sector in Sector::ALL {
        let strength: f32 = found.iter().filter(|found| found.sector == sector).map(|found| found.strength).sum();
        if strength > 0.0 {
            scores.push(Score { sector, strength });
        }
    }
    // Stable: equal ones keep the order of `Sector::ALL`.
    scores.sort_by(|a, b| b.strength.total_cmp(&a.strength));
    if let [first, second, ..] = &scores[..]
        && first.sector == Sector::Other
        && first.strength < OTHER_MUST_OUTWEIGH * second.strength
    {
        let other = scores.remove(0);
        scores.insert(1, other);
    }
    scores
}

/// A number as Russian readers write it.
fn number(strength: f32) -> String {
    format!("{strength:.2}").trim_end_matches('0').trim_end_matches('.').replace('.', ",")
}
