//! What one post brings about: answers, replies, near-copies and reposts.

use std::collections::BTreeMap;

use super::compose::{post_of, repost};
use super::daily::Generator;
use super::timing::moment;
use crate::content::{Group, Kind, Rhythm};
use crate::post::Post;
use crate::rng::{Deck, Rng};
use crate::time::{after, hours};

const ANSWERS: usize = 45;
const REPLIES: usize = 40;
const REPOSTS: usize = 40;
const COPIES: usize = 28;

impl<'c> Generator<'c> {
    /// Authorities answer some complaints, some hours later and about the same place.
    pub(super) fn answers(&mut self) {
        let mut rng = Rng::new(self.seed, "answers");
        let mut decks: BTreeMap<usize, Deck> = BTreeMap::new();
        for to in self.some(ANSWERS, &mut rng, |post| post.kind == Kind::Complaint) {
            let sector = self.posts[to].sector;
            let Some(number) =
                self.content.groups.iter().position(|group| group.kind == Kind::Answer && group.sector == sector)
            else {
                continue;
            };
            let group = &self.content.groups[number];
            let text = &group.texts[decks.entry(number).or_default().deal(group.texts.len(), &mut rng)];
            let source = self.content.source(rng.pick(&group.sources).as_str());
            let asked = self.posts[to].published_at;
            let at = moment(Rhythm::Office, after(asked, hours(2.0)), after(asked, hours(40.0)), &mut rng);
            let given = self.slots.get(&to).cloned().unwrap_or_default();
            self.add(source, at, group, text, &given, &mut rng);
        }
    }

    /// Neighbours reply within hours, in the same channel.
    pub(super) fn replies(&mut self) {
        let mut rng = Rng::new(self.seed, "replies");
        let groups: Vec<&Group> = self.content.groups.iter().filter(|group| group.kind == Kind::Reply).collect();
        for group in groups {
            let mut deck = Deck::default();
            let source = self.content.source(&group.sources[0]);
            let wanted = |post: &Post| post.source == source && post.kind == Kind::Complaint;
            for to in self.some(REPLIES, &mut rng, wanted) {
                let at = after(self.posts[to].published_at, hours(0.05 + 3.0 * rng.unit()));
                let text = &group.texts[deck.deal(group.texts.len(), &mut rng)];
                let given = self.slots.get(&to).cloned().unwrap_or_default();
                let reply = self.add(source, at, group, text, &given, &mut rng);
                self.posts[reply].reply_to = Some(to);
                self.posts[reply].sector = self.posts[to].sector;
            }
        }
    }

    /// Somebody carries a text to another place, with a word of their own.
    pub(super) fn copies(&mut self) {
        let mut rng = Rng::new(self.seed, "copies");
        let open: Vec<usize> = (0..self.content.sources.len()).filter(|&at| self.content.sources[at].private).collect();
        for of in self.some(COPIES, &mut rng, |post| post.kind == Kind::Complaint && post.text.len() > 120) {
            let elsewhere: Vec<usize> = open.iter().copied().filter(|&at| at != self.posts[of].source).collect();
            let around = rng.pick(&self.content.changes.copies);
            let text = around.replace("{text}", &self.posts[of].text);
            let at = after(self.posts[of].published_at, hours(0.2 + 5.0 * rng.unit()));
            let source = *rng.pick(&elsewhere);
            let mut post = post_of(self.content, source, at, text, Kind::Copy, self.posts[of].sector, &mut rng);
            post.ring = self.posts[of].ring.clone();
            self.posts.push(post);
        }
    }

    pub(super) fn reposts(&mut self) {
        let mut rng = Rng::new(self.seed, "reposts");
        let pairs = &self.content.changes.reposts;
        for (n, [to, from]) in pairs.iter().enumerate() {
            let (to, from) = (self.content.source(to), self.content.source(from));
            let wanted = |post: &Post| post.source == from && matches!(post.kind, Kind::Notice | Kind::News);
            let share = REPOSTS / pairs.len() + usize::from(n < REPOSTS % pairs.len());
            for of in self.some(share, &mut rng, wanted) {
                let original = &self.posts[of];
                let at = after(original.published_at, hours(0.1 + 4.0 * rng.unit()));
                let post = repost(self.content, to, at, of, original, &mut rng);
                self.posts.push(post);
            }
        }
    }
}
