//! The daily flow of posts.

use std::collections::BTreeMap;

use model::Time;

use super::compose::post_of;
use super::slots::Slots;
use super::timing::moment;
use crate::content::{Content, Group, Kind, Source};
use crate::post::Post;
use crate::rng::{Deck, Rng};

/// How long the world lasts.
pub const DAYS: i64 = 15;

/// The posts made so far, and what further ones are made from.
pub(super) struct Generator<'c> {
    pub(super) content: &'c Content,
    pub(super) start: Time,
    pub(super) end: Time,
    pub(super) seed: u64,
    pub(super) posts: Vec<Post>,
    /// What the slots of a post were filled with, for an answer about the same place.
    pub(super) slots: BTreeMap<usize, BTreeMap<String, String>>,
}

impl<'c> Generator<'c> {
    pub(super) fn daily_flow(&mut self) {
        let mut decks: BTreeMap<usize, Deck> = BTreeMap::new();
        for (at, source) in self.content.sources.iter().enumerate() {
            let mut rng = Rng::new(self.seed, &source.id);
            let groups = self.groups_of(source);
            for _ in 0..(source.per_day * DAYS as f64) as usize {
                let time = moment(source.rhythm, self.start, self.end, &mut rng);
                let number = weighted(self.content, &groups, &mut rng);
                let group = &self.content.groups[number];
                let text = &group.texts[decks.entry(number).or_default().deal(group.texts.len(), &mut rng)];
                self.add(at, time, group, text, &BTreeMap::new(), &mut rng);
            }
        }
    }

    fn groups_of(&self, source: &Source) -> Vec<usize> {
        let daily = |group: &Group| !matches!(group.kind, Kind::Answer | Kind::Reply);
        let of_source = |group: &Group| daily(group) && group.sources.contains(&source.id);
        (0..self.content.groups.len()).filter(|&at| of_source(&self.content.groups[at])).collect()
    }

    /// Adds a post of a group's text and returns its index.
    pub(super) fn add(
        &mut self,
        source: usize,
        at: Time,
        group: &Group,
        text: &str,
        given: &BTreeMap<String, String>,
        rng: &mut Rng,
    ) -> usize {
        let mut slots = Slots::new(&self.content.district, at, given);
        let filled = slots.fill(text, rng);
        let mut post = post_of(self.content, source, at, filled, group.kind, group.sector, rng);
        if !group.polls.is_empty() {
            post.poll = Some(rng.pick(&group.polls).clone());
        }
        post.ad = group.kind == Kind::Ad;
        post.ring = group.ring(text);
        self.slots.insert(self.posts.len(), slots.known().clone());
        self.posts.push(post);
        self.posts.len() - 1
    }

    /// Some posts that fulfil a condition, chosen by chance.
    pub(super) fn some(&self, count: usize, rng: &mut Rng, wanted: impl Fn(&Post) -> bool) -> Vec<usize> {
        let mut all: Vec<usize> = (0..self.posts.len()).filter(|&at| wanted(&self.posts[at])).collect();
        rng.shuffle(&mut all);
        all.truncate(count);
        all
    }
}

fn weighted(content: &Content, groups: &[usize], rng: &mut Rng) -> usize {
    let total: f64 = groups.iter().map(|&at| content.groups[at].weight).sum();
    let mut left = rng.unit() * total;
    for &at in groups {
        left -= content.groups[at].weight;
        if left < 0.0 {
            return at;
        }
    }
    groups[groups.len() - 1]
}
