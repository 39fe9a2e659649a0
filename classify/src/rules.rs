//! The rules of a configuration, compiled into one set and asked in stages: topics and places first, then risks, which may ask for
//! what the first found.

use std::sync::Arc;

use config::{Config, Effect, Pattern, Topic};
use learned::SectorModel;
use model::{Post, Sector, Tags};
use text::{Awake, Document, Fields, Query, RuleSet, Vocabulary};

use crate::word_lists::WordLists;

/// Compiled rules.
pub struct Rules {
    pub config: Arc<Config>,
    queries: RuleSet,
    /// What each of the first queries is for.
    first_slots: Vec<FirstSlot>,
    /// What each of the queries after these is for.
    risk_slots: Vec<RiskSlot>,
    /// The first of these that does not make a risk but raises, lowers or excepts it.
    first_detail: usize,
    /// The queries after these are the program's own.
    pub word_lists: WordLists,
    /// The number of the first saved search: the rest of the queries.
    first_search: usize,
    /// Of each risk: the lists that concern it, by number, its own and those that apply everywhere.
    risk_lists: Vec<Vec<(Effect, usize)>>,
    /// Where each topic stands in the configuration: sector, topic.
    topics: Vec<(usize, usize)>,
}

/// Positions of the words that matched, sorted.
pub type Positions = Vec<u32>;

/// A risk's pattern that matched: its number in its list, and the words. A pattern of alternatives has a hit for each.
pub struct Hit {
    pub pattern: usize,
    pub positions: Positions,
}

/// What tells the topics and places of a post, each list in the order of the configuration.
pub struct FirstHits {
    /// Topics by number, without those excepted: the positions of each match.
    pub topics: Vec<(usize, Vec<Positions>)>,
    /// Places by number: the positions of each match.
    pub places: Vec<(usize, Vec<Positions>)>,
    /// Places that may be meant, and others as well.
    pub unsure: Vec<(usize, Vec<Positions>)>,
}

/// Which of a risk's lists a pattern is in.
#[derive(Clone, Copy)]
enum Part {
    Any,
    Except,
    Raise,
    Lower,
}

/// What of a risk's rule matched.
#[derive(Default)]
pub struct RiskHits {
    pub any: Vec<Hit>,
    pub raise: Vec<Hit>,
    pub lower: Vec<Hit>,
    pub except: Vec<Hit>,
}

/// What the risks' rules matched.
#[derive(Default)]
pub struct RisksHits {
    /// By number of the risk, only where one of its `any` matched.
    pub risks: Vec<(usize, RiskHits)>,
    /// By number of the list: the words of each pattern that matched.
    pub lists: Vec<(usize, Positions)>,
}

#[derive(Clone, Copy)]
enum FirstSlot {
    Topic { topic: usize },
    Except { topic: usize },
    Place { place: usize },
    Unsure { place: usize },
}

#[derive(Clone, Copy)]
enum RiskSlot {
    Risk { risk: usize, part: Part, pattern: usize },
    List { list: usize },
}

impl Rules {
    pub fn new(config: Arc<Config>) -> Rules {
        let mut queries = Vec::new();
        let mut first_slots = Vec::new();
        let mut topics = Vec::new();
        for (sector, rules) in config.taxonomy.iter().enumerate() {
            for (at, topic) in rules.topics.iter().enumerate() {
                let number = topics.len();
                topics.push((sector, at));
                add(&mut queries, &mut first_slots, &topic.any, FirstSlot::Topic { topic: number });
                add(&mut queries, &mut first_slots, &topic.except, FirstSlot::Except { topic: number });
            }
        }
        for (place, rules) in config.places.iter().enumerate() {
            add(&mut queries, &mut first_slots, &rules.aliases, FirstSlot::Place { place });
            add(&mut queries, &mut first_slots, &rules.unsure, FirstSlot::Unsure { place });
        }
        // First what makes a risk: nearly all posts match none of it, and are asked nothing else.
        let mut risk_slots = Vec::new();
        for (risk, rules) in config.risks.iter().enumerate() {
            add_risk(&mut queries, &mut risk_slots, risk, Part::Any, &rules.any);
        }
        let first_detail = risk_slots.len();
        for (list, rules) in config.lists.iter().enumerate() {
            for alternative in rules.any.iter().flat_map(|written| alternatives(&written.query)) {
                queries.push(alternative.clone());
                risk_slots.push(RiskSlot::List { list });
            }
        }
        for (risk, rules) in config.risks.iter().enumerate() {
            add_risk(&mut queries, &mut risk_slots, risk, Part::Except, &rules.except);
            add_risk(&mut queries, &mut risk_slots, risk, Part::Raise, &rules.raise);
            add_risk(&mut queries, &mut risk_slots, risk, Part::Lower, &rules.lower);
        }
        let word_lists = WordLists::new(&mut queries);
        let first_search = queries.len();
        queries.extend(config.searches.iter().map(|search| search.query.query.clone()));
        let risk_lists = risk_lists(&config);
        Rules {
            queries: RuleSet::new(queries),
            first_slots,
            risk_slots,
            first_detail,
            word_lists,
            first_search,
            risk_lists,
            topics,
            config,
        }
    }

    /// The terms of all rules.
    pub fn vocabulary(&self) -> Arc<Vocabulary> {
        self.queries.vocabulary()
    }

    /// The rules that a post may match.
    pub fn wake(&self, document: &Document) -> Awake<'_> {
        self.queries.wake(document)
    }

    /// The topic of a number, with its sector.
    pub fn topic(&self, number: usize) -> (Sector, &Topic) {
        let (sector, topic) = self.topics[number];
        let rules = &self.config.taxonomy[sector];
        (rules.sector, &rules.topics[topic])
    }

    /// The trained model, where one is configured.
    pub fn model(&self) -> Option<&SectorModel> {
        self.config.settings.classify.model.as_ref().map(|model| &model.sectors)
    }

    /// Matches topics and places.
    pub fn first(&self, awake: &Awake) -> FirstHits {
        let mut found = FirstHits { topics: Vec::new(), places: Vec::new(), unsure: Vec::new() };
        let mut excepted = Vec::new();
        awake.matches(0..self.first_slots.len(), None, &mut |query, positions| match self.first_slots[query] {
            FirstSlot::Topic { topic } => push(&mut found.topics, topic, positions),
            FirstSlot::Except { topic } => excepted.push(topic),
            FirstSlot::Place { place } => push(&mut found.places, place, positions),
            FirstSlot::Unsure { place } => push(&mut found.unsure, place, positions),
        });
        found.topics.retain(|(topic, _)| !excepted.contains(topic));
        found
    }

    /// The ids of the saved searches that match, with all tags known.
    pub fn searches(&self, awake: &Awake, post: &Post, tags: &Tags) -> Vec<String> {
        let fields = Fields { post, tags, timezone: self.config.timezone() };
        let mut matched = Vec::new();
        let first = self.first_search;
        awake.matches(first..first + self.config.searches.len(), Some(&fields), &mut |query, _| {
            matched.push(self.config.searches[query - first].id.clone());
        });
        matched
    }

    /// Matches risks with the tags found so far.
    pub fn risks(&self, awake: &Awake, post: &Post, tags: &Tags) -> RisksHits {
        let fields = Fields { post, tags, timezone: self.config.timezone() };
        let mut found = RisksHits::default();
        let first = self.first_slots.len();
        let details = first + self.first_detail;
        awake.matches(first..details, Some(&fields), &mut |query, positions| {
            let RiskSlot::Risk { risk, pattern, .. } = self.risk_slots[query - first] else { return };
            if found.risks.last().is_none_or(|(last, _)| *last != risk) {
                found.risks.push((risk, RiskHits::default()));
            }
            let Some((_, parts)) = found.risks.last_mut() else { return };
            parts.any.push(Hit { pattern, positions });
        });
        if found.risks.is_empty() {
            return found;
        }
        awake.matches(details..first + self.risk_slots.len(), Some(&fields), &mut |query, positions| {
            let (risk, part, pattern) = match self.risk_slots[query - first] {
                RiskSlot::List { list } => return found.lists.push((list, positions)),
                RiskSlot::Risk { risk, part, pattern } => (risk, part, pattern),
            };
            let Ok(at) = found.risks.binary_search_by_key(&risk, |(risk, _)| *risk) else { return };
            let (_, parts) = &mut found.risks[at];
            let hit = Hit { pattern, positions };
            match part {
                Part::Any => parts.any.push(hit),
                Part::Except => parts.except.push(hit),
                Part::Raise => parts.raise.push(hit),
                Part::Lower => parts.lower.push(hit),
            }
        });
        found
    }

    /// The lists with an effect on a risk, by number.
    pub fn lists(&self, risk: usize, effect: Effect) -> impl Iterator<Item = usize> {
        self.risk_lists[risk].iter().filter(move |(own, _)| *own == effect).map(|(_, list)| *list)
    }
}

fn risk_lists(config: &Config) -> Vec<Vec<(Effect, usize)>> {
    let of_risk = |risk: &config::RiskRules| {
        let effects = config.lists.iter().enumerate().flat_map(|(number, list)| {
            let own = risk.lists.iter().filter(|(_, id)| *id == list.id).map(|(effect, _)| *effect);
            list.everywhere.into_iter().chain(own).map(move |effect| (effect, number))
        });
        let mut effects: Vec<(Effect, usize)> = effects.collect();
        effects.dedup();
        effects
    };
    config.risks.iter().map(of_risk).collect()
}

fn add(queries: &mut Vec<Query>, slots: &mut Vec<FirstSlot>, patterns: &[Pattern], slot: FirstSlot) {
    queries.extend(patterns.iter().map(|pattern| pattern.query.clone()));
    slots.resize(queries.len(), slot);
}

fn add_risk(queries: &mut Vec<Query>, slots: &mut Vec<RiskSlot>, risk: usize, part: Part, patterns: &[Pattern]) {
    for (pattern, written) in patterns.iter().enumerate() {
        for alternative in alternatives(&written.query) {
            queries.push(alternative.clone());
            slots.push(RiskSlot::Risk { risk, part, pattern });
        }
    }
}

/// The parts of `a | b`, matched each by itself: «пожара нет, дым от костра» takes back the fire and not the smoke.
fn alternatives(query: &Query) -> &[Query] {
    match query {
        Query::Or(parts) => parts,
        one => std::slice::from_ref(one),
    }
}

/// Adds a match to its owner's list; matches come in the order of the configuration.
fn push(owners: &mut Vec<(usize, Vec<Positions>)>, owner: usize, positions: Positions) {
    match owners.last_mut() {
        Some((last, matches)) if *last == owner => matches.push(positions),
        _ => owners.push((owner, vec![positions])),
    }
}
