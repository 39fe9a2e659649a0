//! What becomes of posts later: edits and deletions.

use std::collections::BTreeMap;

use super::daily::Generator;
use super::slots::Slots;
use crate::content::{Address, Kind};
use crate::post::Post;
use crate::rng::Rng;
use crate::time::{after, before, hours};

const EDITS: usize = 24;
const DELETIONS: usize = 15;
/// How many of the edits, and of the deletions, are of posts of the last day and a half, so that people see them happen.
const LATE: usize = 8;

impl<'c> Generator<'c> {
    pub(super) fn edits(&mut self) {
        let mut rng = Rng::new(self.seed, "edits");
        let changes = &self.content.changes;
        let wanted = |post: &Post| {
            matches!(post.kind, Kind::Complaint | Kind::Notice) && post.title.is_none() && post.poll.is_none()
        };
        for at in self.some_late(EDITS, &mut rng, wanted) {
            let updates =
                if self.posts[at].kind == Kind::Notice { &changes.notice_updates } else { &changes.complaint_updates };
            let post = &mut self.posts[at];
            let when = after(post.published_at, hours(0.2 + 4.0 * rng.unit()));
            let update =
                Slots::new(&self.content.district, when, &BTreeMap::new()).fill(rng.pick(updates).as_str(), &mut rng);
            post.edits.push((when, format!("{}\n\n{update}", post.text)));
        }
    }

    pub(super) fn deletions(&mut self) {
        let mut rng = Rng::new(self.seed, "deletions");
        let used: Vec<usize> = self.posts.iter().filter_map(|post| post.reply_to.or(post.repost_of)).collect();
        let feed: Vec<bool> =
            self.content.sources.iter().map(|source| matches!(source.address, Address::Feed { .. })).collect();
        let wanted = |post: &Post| !feed[post.source] && post.edits.is_empty() && post.kind != Kind::Notice;
        for at in
            self.some_late(DELETIONS + 4, &mut rng, wanted).into_iter().filter(|at| !used.contains(at)).take(DELETIONS)
        {
            let post = &mut self.posts[at];
            post.deleted_at = Some(after(post.published_at, hours(0.4 + 7.0 * rng.unit())));
        }
    }

    /// As [`Self::some`], [`LATE`] of them from the last day and a half.
    fn some_late(&self, count: usize, rng: &mut Rng, wanted: impl Fn(&Post) -> bool) -> Vec<usize> {
        let late_from = before(self.end, hours(34.0));
        let mut chosen = self.some(LATE, rng, |post| wanted(post) && post.published_at > late_from);
        let early = self.some(count - chosen.len(), rng, |post| wanted(post) && post.published_at <= late_from);
        chosen.extend(early);
        chosen
    }
}
