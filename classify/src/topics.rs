//! The topics of a post, and the sectors that they and a trained model speak for.

use learned::Opinion;
use model::{Sector, Tags};

use crate::post_words::PostWords;
use crate::rules::{Positions, Rules};

/// The strongest topic of a sector counts in full, and each further one this much: they often rest on the same words.
const FURTHER_TOPICS: f32 = 0.5;

/// How much more a topic counts in the first words than in the last: people begin with what it is about.
const EARLY_BONUS: f32 = 0.5;

/// The weight of a sector's share in what the rules found, beside the margin of a trained model, which is about 1 where the model is
/// sure. Measured by cross-validation in four ways of dealing: at 1.6 macro-F1 is a hundredth less, from 2.2 to 3.5 nothing changes.
const RULES_BESIDE_MODEL: f32 = 2.5;

/// Turns sums of margin and share into shares: at a lead of one the leader gets nine tenths.
const SHARPNESS: f32 = 3.0;

/// Words of a post that an explanation of the model names.
const REASONS: usize = 4;

/// The share of each sector in a post, in the order of [`Sector::ALL`], together 1.
pub type Shares = [f32; Sector::ALL.len()];

/// The topics recognised in a post, and how strongly they and a trained model speak for each sector.
pub struct TopicsAndSectors {
    found: Vec<Found>,
    /// Sectors some topic speaks for, the strongest first.
    scores: Vec<Score>,
    /// What the model says, where there is one.
    opinion: Option<Opinion>,
}

/// A topic that matched.
struct Found {
    /// Its number in the configuration.
    number: usize,
    sector: Sector,
    strength: f32,
    matches: Vec<Positions>,
}

/// How strongly the topics speak for a sector.
struct Score {
    sector: Sector,
    strength: f32,
}

impl TopicsAndSectors {
    /// Weighs the topics that matched, beside what a model says.
    pub fn new(
        rules: &Rules,
        hits: Vec<(usize, Vec<Positions>)>,
        words: &PostWords,
        opinion: Option<Opinion>,
    ) -> TopicsAndSectors {
        let found = hits.into_iter().map(|(number, matches)| {
            let (sector, topic) = rules.topic(number);
            let mut positions: Vec<u32> = matches.iter().flatten().copied().collect();
            positions.sort_unstable();
            positions.dedup();
            Found { number, sector, strength: topic.weight * emphasis(&positions, words), matches }
        });
        let found: Vec<Found> = found.collect();
        let scores = scores(&found);
        TopicsAndSectors { found, scores, opinion }
    }

    /// The main sector: the one that rules and model together speak for most.
    pub fn sector(&self) -> Sector {
        let Some(opinion) = &self.opinion else { return self.rules_sector() };
        let sums = self.sums(opinion);
        let best = (1..sums.len()).fold(0, |best, at| if sums[at] > sums[best] { at } else { best });
        Sector::ALL[best]
    }

    /// How much of all that speaks for some sector speaks for each.
    pub fn shares(&self) -> Shares {
        match &self.opinion {
            Some(opinion) => {
                let sums = self.sums(opinion);
                let most = sums.iter().copied().fold(f32::MIN, f32::max);
                let powers = sums.map(|sum| (SHARPNESS * (sum - most)).exp());
                let whole: f32 = powers.iter().sum();
                powers.map(|power| power / whole)
            }
            None if self.scores.is_empty() => {
                let mut shares = Shares::default();
                shares[Sector::Other as usize] = 1.0;
                shares
            }
            None => self.rules_shares(),
        }
    }

    /// Tags sectors and topics, the strongest first, and says why.
    pub fn tag(mut self, rules: &Rules, words: &PostWords, tags: &mut Tags) {
        for found in &self.found {
            tags.why.push(format!("правило {}: {}", rules.topic(found.number).1.id, words.quote(&found.matches[0])));
        }
        tags.sector = self.sector();
        tags.sectors = self.sectors(tags.sector);
        if self.scores.len() > 1 {
            let scores: Vec<String> = self
                .scores
                .iter()
                .map(|score| format!("{} {}", score.sector.name_ru(), number(score.strength)))
                .collect();
            tags.why.push(format!("главный сектор {}: {}", self.rules_sector().name_ru(), scores.join(", ")));
        }
        tags.why.extend(self.why_model(rules, words, tags.sector));
        let main = tags.sector;
        self.found.sort_by(|a, b| {
            let main_first = (b.sector == main).cmp(&(a.sector == main));
            main_first.then(b.strength.total_cmp(&a.strength)).then(a.number.cmp(&b.number))
        });
        tags.topics = self.found.iter().map(|found| rules.topic(found.number).1.id.clone()).collect();
    }

    fn rules_sector(&self) -> Sector {
        self.scores.first().map_or(Sector::Other, |score| score.sector)
    }

    /// The share of each sector in what the rules found; all zero where that is nothing.
    fn rules_shares(&self) -> Shares {
        let whole: f32 = self.scores.iter().map(|score| score.strength).sum();
        let mut shares = Shares::default();
        self.scores.iter().for_each(|score| shares[score.sector as usize] = score.strength / whole);
        shares
    }

    fn sums(&self, opinion: &Opinion) -> Shares {
        let mut sums = opinion.margins;
        sums.iter_mut().zip(self.rules_shares()).for_each(|(sum, share)| *sum += RULES_BESIDE_MODEL * share);
        sums
    }

    /// The main sector, then those of topics, then those the model is for rather than against.
    fn sectors(&self, main: Sector) -> Vec<Sector> {
        let mut sectors = vec![main];
        let of_topics = self.scores.iter().map(|score| score.sector);
        let of_model = Sector::ALL.into_iter().filter(|sector| {
            *sector != Sector::Other
                && self.opinion.as_ref().is_some_and(|opinion| opinion.margins[*sector as usize] > 0.0)
        });
        for sector in of_topics.chain(of_model) {
            if !sectors.contains(&sector) {
                sectors.push(sector);
            }
        }
        sectors
    }

    /// What the model said, which words made it, and what came of it where the rules had said something else.
    fn why_model(&self, rules: &Rules, words: &PostWords, main: Sector) -> Option<String> {
        let told = self.opinion.as_ref()?.sector();
        let mut positions: Vec<u32> = rules
            .model()?
            .reasons(words.tokens(), told, REASONS)
            .into_iter()
            .map(|token| words.tokens()[token].position)
            .collect();
        positions.sort_unstable();
        let mut why = format!("модель: {}", told.name_ru());
        if !positions.is_empty() {
            why.push_str(&format!(", слова {}", words.quote(&positions)));
        }
        if !self.scores.is_empty() && told != self.rules_sector() {
            why.push_str(&format!("; вместе с правилами: {}", main.name_ru()));
        }
        Some(why)
    }
}

/// How much of a post is about a topic, from the words that matched: more of them, each adding less, and earlier ones.
fn emphasis(positions: &[u32], words: &PostWords) -> f32 {
    let first = positions.first().and_then(|position| words.at(*position)).unwrap_or_default();
    let place = first as f32 / words.tokens().len().max(1) as f32;
    // The square root rather than a logarithm: it is exact, so every machine gives the same tags.
    (positions.len().max(1) as f32).sqrt() * (1.0 + EARLY_BONUS * (1.0 - place))
}

/// Sectors by the strength of their topics, the main one first.
fn scores(found: &[Found]) -> Vec<Score> {
    let mut scores: Vec<Score> = Vec::new();
    for sector in Sector::ALL {
        let strengths = || found.iter().filter(|found| found.sector == sector).map(|found| found.strength);
        let strongest = strengths().fold(0.0, f32::max);
        let strength = strongest + FURTHER_TOPICS * (strengths().sum::<f32>() - strongest);
        if strength > 0.0 {
            scores.push(Score { sector, strength });
        }
    }
    // Stable: equal ones keep the order of `Sector::ALL`.
    scores.sort_by(|a, b| b.strength.total_cmp(&a.strength));
    scores
}

/// A number as Russian readers write it.
fn number(strength: f32) -> String {
    format!("{strength:.2}").trim_end_matches('0').trim_end_matches('.').replace('.', ",")
}
