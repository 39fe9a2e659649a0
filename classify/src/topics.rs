//! Topics, and the sectors they speak for.

use model::{Sector, Tags};

use crate::quote::Words;
use crate::rules::{Positions, Rules};

/// Topics outside the six sectors must be this many times stronger to be the main thing: many of them (ecology, safety) colour a
/// post that a sector answers for.
const OTHER_MUST_OUTWEIGH: f32 = 1.25;

/// A topic named in the first words counts so much more than one named in the last: people begin with what it is about.
const EARLY_BONUS: f32 = 0.5;

/// The share of each sector in a post, in the order of [`Sector::ALL`], together 1.
pub type Shares = [f32; Sector::ALL.len()];

/// The topics of a post and how strongly they speak for their sectors.
pub struct Recognised {
    found: Vec<Found>,
    /// Sectors something speaks for, the main one first.
    scores: Vec<Score>,
}

struct Found {
    number: usize,
    sector: Sector,
    strength: f32,
    matches: Vec<Positions>,
}

struct Score {
    sector: Sector,
    strength: f32,
}

impl Recognised {
    /// Weighs the topics that matched.
    pub fn new(rules: &Rules, hits: Vec<(usize, Vec<Positions>)>, words: &Words) -> Recognised {
        let found = hits.into_iter().map(|(number, matches)| {
            let (sector, topic) = rules.topic(number);
            let mut positions: Vec<u32> = matches.iter().flatten().copied().collect();
            positions.sort_unstable();
            positions.dedup();
            Found { number, sector, strength: topic.weight * emphasis(&positions, words), matches }
        });
        let found: Vec<Found> = found.collect();
        let scores = scores(&found);
        Recognised { found, scores }
    }

    /// The main sector.
    pub fn sector(&self) -> Sector {
        self.scores.first().map_or(Sector::Other, |score| score.sector)
    }

    /// The share of each sector in all that was recognised.
    pub fn shares(&self) -> Shares {
        let mut shares = Shares::default();
        let whole: f32 = self.scores.iter().map(|score| score.strength).sum();
        for score in &self.scores {
            shares[score.sector as usize] = score.strength / whole;
        }
        if self.scores.is_empty() {
            shares[Sector::Other as usize] = 1.0;
        }
        shares
    }

    /// Tags sectors and topics, the strongest first, and says why.
    pub fn tag(mut self, rules: &Rules, words: &Words, tags: &mut Tags) {
        for found in &self.found {
            tags.why.push(format!("правило {}: {}", rules.topic(found.number).1.id, words.quote(&found.matches[0])));
        }
        tags.sector = self.sector();
        tags.sectors = self.scores.iter().map(|score| score.sector).collect();
        if tags.sectors.is_empty() {
            tags.sectors.push(Sector::Other);
        }
        if self.scores.len() > 1 {
            let told: Vec<String> = self
                .scores
                .iter()
                .map(|score| format!("{} {}", score.sector.name_ru(), number(score.strength)))
                .collect();
            tags.why.push(format!("главный сектор {}: {}", tags.sector.name_ru(), told.join(", ")));
        }
        let main = tags.sector;
        self.found.sort_by(|a, b| {
            let main_first = (b.sector == main).cmp(&(a.sector == main));
            main_first.then(b.strength.total_cmp(&a.strength)).then(a.number.cmp(&b.number))
        });
        tags.topics = self.found.iter().map(|found| rules.topic(found.number).1.id.clone()).collect();
    }
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
