//! The rules of a configuration, compiled into one percolator and a lexicon: topics and places first, saved searches once all is known.

use std::sync::Arc;

use config::{Config, Pattern, Topic};
use learned::SectorModel;
use model::{Post, Sector, Tags};
use text::{Candidates, Document, Fields, Lexicon, Percolator, Query, Vocabulary};

use super::hits::{TopicAndPlaceHits, push};
use super::lexicon::EventLexicon;
use super::word_lists::WordLists;

/// Compiled rules.
pub struct Rules {
    pub config: Arc<Config>,
    queries: Percolator,
    /// The phrases of the event rules.
    pub lexicon: Lexicon,
    /// What they mean.
    pub meanings: EventLexicon,
    /// What each of the first queries is for.
    topic_or_place: Vec<TopicOrPlace>,
    /// The queries after these are the program's own.
    pub word_lists: WordLists,
    /// The number of the first saved search: the rest of the queries.
    first_search: usize,
    /// Where each topic stands in the configuration: sector, topic.
    topics: Vec<(usize, usize)>,
}

/// What a match of a query of the first stage means.
#[derive(Clone, Copy)]
enum TopicOrPlace {
    Topic { topic: usize },
    TopicExcept { topic: usize },
    Place { place: usize },
    UnsurePlace { place: usize },
}

impl Rules {
    /// Compiles the rules of a configuration.
    pub fn new(config: Arc<Config>) -> Rules {
        let mut queries = Vec::new();
        let (topic_or_place, topics) = add_topics_and_places(&config, &mut queries);
        let word_lists = WordLists::new(&mut queries);
        let first_search = queries.len();
        queries.extend(config.searches.iter().map(|search| search.query.query.clone()));
        let (meanings, phrases) = EventLexicon::new(&config.events);
        let (queries, lexicon) = Percolator::with_phrases(queries, &phrases);
        Rules { queries, lexicon, meanings, topic_or_place, word_lists, first_search, topics, config }
    }

    /// The terms of all rules.
    pub fn vocabulary(&self) -> Arc<Vocabulary> {
        self.queries.vocabulary()
    }

    /// The rules that a post may match.
    pub fn prefilter<'a>(&'a self, document: &'a Document) -> Candidates<'a> {
        self.queries.prefilter(document)
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
    pub fn topics_and_places(&self, candidates: &Candidates) -> TopicAndPlaceHits {
        let mut found = TopicAndPlaceHits { topics: Vec::new(), places: Vec::new(), unsure: Vec::new() };
        let mut excepted = Vec::new();
        candidates.matches(
            0..self.topic_or_place.len(),
            None,
            &mut |query, positions| match self.topic_or_place[query] {
                TopicOrPlace::Topic { topic } => push(&mut found.topics, topic, positions),
                TopicOrPlace::TopicExcept { topic } => excepted.push(topic),
                TopicOrPlace::Place { place } => push(&mut found.places, place, positions),
                TopicOrPlace::UnsurePlace { place } => push(&mut found.unsure, place, positions),
            },
        );
        found.topics.retain(|(topic, _)| !excepted.contains(topic));
        found
    }

    /// The ids of the saved searches that match, with all tags known.
    pub fn searches(&self, candidates: &Candidates, post: &Post, tags: &Tags) -> Vec<String> {
        let fields = Fields { post, tags, timezone: self.config.timezone() };
        let mut matched = Vec::new();
        let first = self.first_search;
        candidates.matches(first..first + self.config.searches.len(), Some(&fields), &mut |query, _| {
            matched.push(self.config.searches[query - first].id.clone());
        });
        matched
    }
}

/// Adds the queries of topics and places: what each is for, and where each topic stands in the configuration.
fn add_topics_and_places(config: &Config, queries: &mut Vec<Query>) -> (Vec<TopicOrPlace>, Vec<(usize, usize)>) {
    let mut purposes = Vec::new();
    let mut topics = Vec::new();
    for (sector, rules) in config.taxonomy.iter().enumerate() {
        for (at, topic) in rules.topics.iter().enumerate() {
            let number = topics.len();
            topics.push((sector, at));
            add(queries, &mut purposes, &topic.any, TopicOrPlace::Topic { topic: number });
            add(queries, &mut purposes, &topic.except, TopicOrPlace::TopicExcept { topic: number });
        }
    }
    for (place, rules) in config.places.iter().enumerate() {
        add(queries, &mut purposes, &rules.aliases, TopicOrPlace::Place { place });
        add(queries, &mut purposes, &rules.unsure, TopicOrPlace::UnsurePlace { place });
    }
    (purposes, topics)
}

fn add(queries: &mut Vec<Query>, purposes: &mut Vec<TopicOrPlace>, patterns: &[Pattern], purpose: TopicOrPlace) {
    queries.extend(patterns.iter().map(|pattern| pattern.query.clone()));
    purposes.resize(queries.len(), purpose);
}
