//! A post through all stages of recognition.

use std::sync::Arc;

use config::Config;
use model::{Post, Sector, TaggedPost, Tags};
use text::Analyzer;

use crate::post_words::PostWords;
use crate::recipients::recipient;
use crate::rules::{Rules, TopicAndPlaceHits};
use crate::topics::{Shares, TopicsAndSectors};
use crate::{events, places, when};

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

    /// The numbers of the rows of the table of levels that decide on the events of a post.
    pub fn deciding_rows(&mut self, post: &Post) -> Vec<usize> {
        events::deciding_rows(&self.rules, &self.analyzer.post_document(post), post)
    }

    /// The main sector of a post and the share of each.
    pub fn sectors(&mut self, post: &Post) -> (Sector, Shares) {
        let document = self.analyzer.post_document(post);
        let words = PostWords::new(&document, post);
        let TopicAndPlaceHits { topics, .. } = self.rules.topics_and_places(&self.rules.prefilter(&document));
        let opinion = self.rules.model().map(|model| model.opinion(words.tokens()));
        let recognised = TopicsAndSectors::new(&self.rules, topics, &words, opinion);
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
        let candidates = self.rules.prefilter(&document);
        let words = PostWords::new(&document, post);
        let mut tags = Tags {
            language: text::language(&post.text).or_else(|| text::language(post.title.as_deref()?)).map(str::to_owned),
            signature: text::signature(&document),
            sketch: text::sketch(&document, post.title.as_deref(), &post.text),
            ..Tags::default()
        };

        let TopicAndPlaceHits { topics, places, unsure } = self.rules.topics_and_places(&candidates);
        let opinion = self.rules.model().map(|model| model.opinion(words.tokens()));
        TopicsAndSectors::new(&self.rules, topics, &words, opinion).tag(&self.rules, &words, &mut tags);
        let located = places::tag(&self.rules, places, unsure, &words, post, &mut tags);
        let advertisement = post.advert || self.rules.word_lists.advertisement(&candidates);
        events::tag(&self.rules, &document, &words, post, advertisement, &mut tags);

        if !tags.risks.is_empty() || !tags.topics.is_empty() {
            let stated = when::stated(post, config.timezone());
            (tags.since, tags.until) = (stated.since, stated.until);
        }
        tags.subject = places::subject(&self.rules, &candidates, &tags, &located, &words);
        if let Some((recipient, reason)) = recipient(config, post, &tags) {
            tags.why.push(format!("ответственный: {reason}"));
            tags.recipient = Some(recipient.id.clone());
        }
        tags.matched = self.rules.searches(&candidates, post, &tags);
        tags
    }
}
