//! What a post reports: language, topics and sectors, places, risks, who answers, and why each was recognised.
//!
//! Pure: the same post and the same rules give the same tags, byte for byte. No clock, no I/O.

mod context;
pub mod evaluation;
mod examples;
pub mod labelled;
mod moments;
mod places;
mod quote;
mod recipients;
mod risks;
mod rules;
mod since;
mod subject;
mod topics;
pub mod training;
mod word_lists;

use std::sync::Arc;

use config::Config;
use model::{Post, Sector, TaggedPost, Tags};
use text::Analyzer;

pub use examples::check_examples;
use quote::Words;
use rules::{FirstHits, Rules};
use topics::Recognised;
pub use topics::Shares;

/// Recognises what posts report. Build it once; a clone shares the compiled rules and has a lemma cache of its own, so give one
/// to each thread.
pub struct Classifier {
    rules: Arc<Rules>,
    number: u32,
    analyzer: Analyzer,
}

impl Clone for Classifier {
    fn clone(&self) -> Classifier {
        Classifier::with_rules(self.rules.clone(), self.number)
    }
}

impl Classifier {
    /// Compiles the rules of a configuration. `rules` is the number of the rule set, which the tags carry.
    pub fn new(config: Arc<Config>, rules: u32) -> Classifier {
        Classifier::with_rules(Arc::new(Rules::new(config)), rules)
    }

    fn with_rules(rules: Arc<Rules>, number: u32) -> Classifier {
        let analyzer = Analyzer::with_vocabulary(rules.vocabulary());
        Classifier { rules, number, analyzer }
    }

    /// The main sector of a post and the share of each.
    pub fn sectors(&mut self, post: &Post) -> (Sector, Shares) {
        let document = self.analyzer.post_document(post);
        let words = Words::new(&document, post);
        let FirstHits { topics, .. } = self.rules.first(&self.rules.wake(&document));
        let opinion = self.rules.model().map(|model| model.opinion(words.tokens()));
        let recognised = Recognised::new(&self.rules, topics, &words, opinion);
        (recognised.sector(), recognised.shares())
    }

    /// Adds the tags. A tombstone passes with none.
    pub fn classify(&mut self, post: Post) -> TaggedPost {
        let tags = if post.is_deleted() { Tags::default() } else { self.tags(&post) };
        TaggedPost { tags: Tags { rules: self.number, ..tags }, post }
    }

    fn tags(&mut self, post: &Post) -> Tags {
        let config = &self.rules.config;
        let document = self.analyzer.post_document(post);
        let awake = self.rules.wake(&document);
        let words = Words::new(&document, post);
        let mut tags = Tags {
            language: text::language(&post.text).or_else(|| text::language(post.title.as_deref()?)).map(str::to_owned),
            signature: text::signature(&document),
            sketch: text::sketch(&document, post.title.as_deref(), &post.text),
            ..Tags::default()
        };

        let FirstHits { topics, places, unsure } = self.rules.first(&awake);
        let opinion = self.rules.model().map(|model| model.opinion(words.tokens()));
        Recognised::new(&self.rules, topics, &words, opinion).tag(&self.rules, &words, &mut tags);
        let located = places::tag(&self.rules, places, unsure, &words, post, &mut tags);
        risks::tag(&self.rules, &awake, &words, post, &mut tags);

        if !tags.risks.is_empty() || !tags.topics.is_empty() {
            let stated = since::stated(post, config.timezone());
            (tags.since, tags.until) = (stated.since, stated.until);
        }
        tags.subject = subject::subject(&self.rules, &awake, &tags, &located, &words);
        if let Some((recipient, reason)) = recipients::recipient(config, post, &tags) {
            tags.why.push(format!("ответственный: {reason}"));
            tags.recipient = Some(recipient.id.clone());
        }
        tags.matched = self.rules.searches(&awake, post, &tags);
        tags
    }
}

#[cfg(test)]
mod tests;
