//! Fifteen days of posts from the content: the daily flow, its echoes (answers, replies, reposts, near-copies), later changes,
//! and the stories.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::civil::Weekday;
use model::{Sector, Time};

use crate::clock::after;
use crate::content::{Address, Content, Group, Kind, Rhythm, Source};
use crate::rng::{Deck, Rng};
use crate::slots::{Slots, local};
use crate::stories;
use crate::style::by_hand;
use crate::world::{DAYS, Post};

const ANSWERS: usize = 45;
const REPLIES: usize = 40;
const REPOSTS: usize = 40;
const COPIES: usize = 28;
const EDITS: usize = 24;
const DELETIONS: usize = 15;
/// Of the edits and deletions, so many are of posts of the last day and a half, so that they are seen to happen.
const LATE: usize = 8;

/// Invented numbers of private people lie beyond any that the platform has given out.
const FIRST_AUTHOR: i64 = 9_000_000_000;

/// Makes the posts of a world, in the order of publication.
pub(crate) fn posts(content: &Content, start: Time, end: Time, seed: u64) -> Vec<Post> {
    let mut maker = Maker { content, start, end, seed, posts: Vec::new(), slots: BTreeMap::new() };
    maker.daily_flow();
    maker.answers();
    maker.replies();
    maker.copies();
    maker.reposts();
    maker.edits();
    maker.deletions();
    maker.posts.extend(stories::posts(content, start, end, seed, maker.posts.len()));
    number(in_order(maker.posts, start, end), content, seed)
}

/// When a source answers 503.
pub(crate) fn down(content: &Content, source: &Source, end: Time) -> Option<(Time, Time)> {
    let [from, to] = source.down?;
    let begin = content.stories.first().map(|story| stories::begin(story, end))?;
    Some((after(begin, hours(from)), after(begin, hours(to))))
}

pub(crate) fn hours(hours: f64) -> SignedDuration {
    SignedDuration::from_secs((hours * 3600.0) as i64)
}

struct Maker<'c> {
    content: &'c Content,
    start: Time,
    end: Time,
    seed: u64,
    posts: Vec<Post>,
    /// What the slots of a post were filled with, for an answer about the same place.
    slots: BTreeMap<usize, BTreeMap<String, String>>,
}

impl<'c> Maker<'c> {
    fn daily_flow(&mut self) {
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
    fn add(
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
        let mut post = plain(self.content, source, at, filled, group.kind, group.sector, rng);
        if !group.polls.is_empty() {
            post.poll = Some(rng.pick(&group.polls).clone());
        }
        post.ad = group.kind == Kind::Ad;
        self.slots.insert(self.posts.len(), slots.known().clone());
        self.posts.push(post);
        self.posts.len() - 1
    }

    /// Authorities answer some complaints, some hours later and about the same place.
    fn answers(&mut self) {
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
    fn replies(&mut self) {
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
    fn copies(&mut self) {
        let mut rng = Rng::new(self.seed, "copies");
        let open: Vec<usize> = (0..self.content.sources.len()).filter(|&at| self.content.sources[at].private).collect();
        for of in self.some(COPIES, &mut rng, |post| post.kind == Kind::Complaint && post.text.len() > 120) {
            let elsewhere: Vec<usize> = open.iter().copied().filter(|&at| at != self.posts[of].source).collect();
            let around = rng.pick(&self.content.changes.copies);
            let text = around.replace("{text}", &self.posts[of].text);
            let at = after(self.posts[of].published_at, hours(0.2 + 5.0 * rng.unit()));
            let source = *rng.pick(&elsewhere);
            let post = plain(self.content, source, at, text, Kind::Copy, self.posts[of].sector, &mut rng);
            self.posts.push(post);
        }
    }

    fn reposts(&mut self) {
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

    fn edits(&mut self) {
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

    fn deletions(&mut self) {
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

    /// Some posts that fulfil a condition, chosen by chance.
    fn some(&self, count: usize, rng: &mut Rng, wanted: impl Fn(&Post) -> bool) -> Vec<usize> {
        let mut all: Vec<usize> = (0..self.posts.len()).filter(|&at| wanted(&self.posts[at])).collect();
        rng.shuffle(&mut all);
        all.truncate(count);
        all
    }

    /// As [`Self::some`], [`LATE`] of them from the last day and a half.
    fn some_late(&self, count: usize, rng: &mut Rng, wanted: impl Fn(&Post) -> bool) -> Vec<usize> {
        let late_from = crate::clock::before(self.end, hours(34.0));
        let mut chosen = self.some(LATE, rng, |post| wanted(post) && post.published_at > late_from);
        let early = self.some(count - chosen.len(), rng, |post| wanted(post) && post.published_at <= late_from);
        chosen.extend(early);
        chosen
    }
}

/// A post of a source with an author, a hand and readers as that source has them.
pub(crate) fn plain(
    content: &Content,
    source: usize,
    at: Time,
    text: String,
    kind: Kind,
    sector: Sector,
    rng: &mut Rng,
) -> Post {
    let of = &content.sources[source];
    let by_resident = of.private && !matches!(kind, Kind::Ad | Kind::Copy | Kind::Poll | Kind::Story);
    let text = if by_resident { by_hand(&text, kind, rng) } else { text };
    let is_feed = matches!(of.address, Address::Feed { .. });
    let (title, text) = match text.split_once('\n') {
        Some((title, body)) if is_feed => (Some(title.trim().to_owned()), body.trim().to_owned()),
        _ => (None, text),
    };
    // Few write much and many write little.
    let author = of.private.then(|| FIRST_AUTHOR + (900.0 * rng.unit() * rng.unit()) as i64);
    Post {
        source,
        number: 0,
        published_at: at,
        title,
        text,
        edits: Vec::new(),
        deleted_at: None,
        kind,
        sector,
        author,
        ad: false,
        poll: None,
        reply_to: None,
        repost_of: None,
        pinned: false,
        photo: !is_feed && rng.chance(0.2),
        reach: (f64::from(of.reach) * (0.3 + 1.4 * rng.unit() * rng.unit())) as u32,
    }
}

/// A forward shows the original's text as its own; a VK repost has a comment of its own, often none.
pub(crate) fn repost(content: &Content, to: usize, at: Time, of: usize, original: &Post, rng: &mut Rng) -> Post {
    let text = match content.sources[to].address {
        Address::Vk { .. } => rng.pick(&content.changes.comments).clone(),
        _ => original.text.clone(),
    };
    let mut post = plain(content, to, at, String::new(), Kind::Repost, original.sector, rng);
    post.text = text;
    post.repost_of = Some(of);
    post.photo = false;
    post
}

/// A moment at which people of a rhythm write.
pub(crate) fn moment(rhythm: Rhythm, from: Time, to: Time, rng: &mut Rng) -> Time {
    const PEOPLE: [u32; 24] = [2, 1, 1, 1, 1, 2, 5, 8, 9, 8, 7, 7, 8, 8, 7, 7, 8, 9, 10, 10, 9, 8, 6, 4];
    const OFFICE: [u32; 24] = [0, 0, 0, 0, 0, 0, 1, 3, 8, 10, 10, 9, 7, 8, 10, 9, 8, 6, 3, 2, 1, 0, 0, 0];
    const BUSIEST: u32 = 10;
    // Enough tries to leave the night; a window that lies in it all the same keeps its last.
    const TRIES: usize = 200;
    let span = to.duration_since(from).as_secs().max(1);
    let mut at = from;
    for _ in 0..TRIES {
        at = after(from, SignedDuration::from_secs(rng.below(span as usize) as i64));
        let there = local(at);
        let hour = usize::from(there.hour().unsigned_abs());
        let weekend = matches!(there.weekday(), Weekday::Saturday | Weekday::Sunday);
        let busy = match rhythm {
            Rhythm::People => PEOPLE[hour],
            Rhythm::Office if weekend => OFFICE[hour] / 3,
            Rhythm::Office => OFFICE[hour],
        };
        if rng.below(BUSIEST as usize) < busy as usize {
            break;
        }
    }
    at
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

/// Sorts by time, leaves out what would come outside the world, and carries the references along. What refers to another post
/// comes after it, so a post that stays keeps what it refers to.
fn in_order(posts: Vec<Post>, start: Time, end: Time) -> Vec<Post> {
    let within = |at: &usize| start <= posts[*at].published_at && posts[*at].published_at < end;
    let mut order: Vec<usize> = (0..posts.len()).filter(within).collect();
    order.sort_by_key(|&at| (posts[at].published_at, at));
    let mut place = vec![0; posts.len()];
    for (new, &old) in order.iter().enumerate() {
        place[old] = new;
    }
    let mut sorted: Vec<Post> = order.iter().map(|&old| posts[old].clone()).collect();
    for post in &mut sorted {
        post.reply_to = post.reply_to.map(|old| place[old]);
        post.repost_of = post.repost_of.map(|old| place[old]);
    }
    sorted
}

/// Numbers grow with time and have gaps: VK numbers comments along with posts, Telegram service messages and what was removed.
fn number(mut posts: Vec<Post>, content: &Content, seed: u64) -> Vec<Post> {
    let mut rng = Rng::new(seed, "numbers");
    let mut last: Vec<u64> = content.sources.iter().map(|source| source.first).collect();
    for post in &mut posts {
        let gap = match content.sources[post.source].address {
            Address::Vk { .. } => rng.between(1, 23),
            Address::Telegram { .. } => {
                i64::from(rng.chance(0.25)) + i64::from(rng.chance(0.1)) * rng.between(1, 4) + 1
            }
            Address::Feed { .. } => rng.between(1, 3),
        };
        last[post.source] += gap.unsigned_abs();
        post.number = last[post.source];
    }
    posts
}
