//! What one poll read.

use std::collections::HashSet;

use model::{MaxMessage, PostId, Time};

use super::failure::Failure;
use crate::fetch::Validators;
use crate::outcome::PollOutcome;
use crate::parsing::{Page, PageProblem, Parsed};
use crate::state::{Known, Thread};

/// Below this share of understood blocks the format has changed for some posts at least; now and then a single odd block
/// is no alarm.
const PARSED_SHARE: f64 = 0.9;

/// Everything a poll read, whole or not.
pub(crate) struct PollResult {
    /// How it ended. Posts read before a failure are kept.
    pub outcome: PollOutcome,
    /// More about a failure.
    pub detail: Option<String>,
    /// When the first request was sent: what is published later was not seen.
    pub started: Time,
    /// Pages fetched.
    pub pages: u32,
    /// Posts on them.
    pub posts: Vec<Parsed>,
    /// Blocks that could not be read.
    pub problems: Vec<PageProblem>,
    /// Their number.
    pub unparsed: usize,
    /// Where blocks stand that were understood and are no posts, and the numbers of an album's further pictures.
    pub left_out: Vec<String>,
    /// Posts whose text the platform does not show on the pages read.
    pub hidden: Vec<Parsed>,
    /// Those of them that were asked for by themselves, in vain; others are asked for in later polls. None: the platform shows them nowhere else.
    pub asked_in_vain: Option<HashSet<PostId>>,
    /// How many texts were not shown that were never read before.
    pub unshown: usize,
    /// Items of which no date could be read.
    pub unreadable_dates: usize,
    /// What was taken in while the rest was still being read.
    pub taken_early: TakenEarly,
    /// Items of a long feed that the next polls read, and where they go on.
    pub left: usize,
    pub go_on: usize,
    /// Where the next older page is.
    pub next: Option<String>,
    /// The page did not name it: it may be that there is none.
    pub next_is_guessed: bool,
    /// What a channel says of itself.
    pub about: Option<String>,
    /// It reached the newest post of the poll before.
    pub overlapped: bool,
    /// It reached the source's first post.
    pub beginning: bool,
    /// Posts and comments read by themselves, which say nothing about where the pages end.
    pub extra: Vec<Parsed>,
    /// Threads of comments that were read.
    pub threads: Vec<Thread>,
    /// Posts whose comments the platform did not show, though it shows those of others.
    pub unseen_threads: usize,
    /// Telegram: whether the widget showed the comments of any post; none: it was not asked.
    pub discussion: Option<bool>,
    /// For the next conditional request; none: keep those there are.
    pub validators: Option<Validators>,
    /// The name that the source gives itself.
    pub title: Option<String>,
    /// Telegram: the channel's number.
    pub channel_number: Option<i64>,
    /// Pause that the page asks for, in minutes.
    pub ttl_minutes: Option<u32>,
    /// Hours of Greenwich at which the page asks not to be read, a bit each.
    pub skip_hours: u32,
    /// Calls that the day's quota has left; none: there is no quota.
    pub quota_left: Option<u32>,
    /// Remembered posts that the source says are gone.
    pub gone: Vec<(PostId, Known)>,
    /// Remembered posts that are not on the pages, of which the source did not say that they are gone.
    pub unclear: Vec<(PostId, Known)>,
}

/// Posts that were in the journal before the poll ended.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct TakenEarly {
    pub new: u32,
    pub edited: u32,
    pub deleted: u32,
}

impl PollResult {
    /// A poll that has read nothing yet.
    pub(crate) fn new(started: Time) -> PollResult {
        PollResult {
            outcome: PollOutcome::Ok,
            detail: None,
            started,
            pages: 0,
            posts: Vec::new(),
            problems: Vec::new(),
            unparsed: 0,
            left_out: Vec::new(),
            hidden: Vec::new(),
            asked_in_vain: None,
            unshown: 0,
            unreadable_dates: 0,
            taken_early: TakenEarly::default(),
            left: 0,
            go_on: 0,
            next: None,
            next_is_guessed: false,
            about: None,
            overlapped: false,
            beginning: false,
            extra: Vec::new(),
            threads: Vec::new(),
            unseen_threads: 0,
            discussion: None,
            validators: None,
            title: None,
            channel_number: None,
            ttl_minutes: None,
            skip_hours: 0,
            quota_left: None,
            gone: Vec::new(),
            unclear: Vec::new(),
        }
    }

    /// Notes why reading ended.
    pub(crate) fn fail(&mut self, failure: Failure) {
        (self.outcome, self.detail) = (failure.outcome, failure.detail);
    }

    /// Takes a page. Returns how many of its posts are not on an earlier page of this poll.
    pub(crate) fn add(&mut self, page: Page) -> usize {
        self.pages += 1;
        self.unparsed += page.unread();
        let (left_out, problems): (Vec<_>, Vec<_>) = page.problems.into_iter().partition(PageProblem::is_left_out);
        self.problems.extend(problems);
        self.left_out.extend(left_out.into_iter().map(|problem| problem.position));
        self.left_out.extend(page.album_parts.iter().map(u64::to_string));
        self.ttl_minutes = self.ttl_minutes.or(page.ttl_minutes);
        self.skip_hours |= page.skip_hours;
        (self.left, self.go_on) = (page.left, page.go_on);
        self.unreadable_dates += page.notes.iter().filter(|note| note.reason.starts_with("unreadable_date")).count();
        self.about = self.about.take().or(page.about);
        let known: HashSet<PostId> = self.hidden.iter().map(|parsed| parsed.post.id.clone()).collect();
        self.hidden.extend(page.hidden.into_iter().filter(|parsed| !known.contains(&parsed.post.id)));
        self.title = self.title.take().or(page.title);
        self.channel_number = self.channel_number.or(page.channel_number);
        let seen: HashSet<PostId> = self.posts.iter().map(|parsed| parsed.post.id.clone()).collect();
        let before = self.posts.len();
        self.posts.extend(page.posts.into_iter().filter(|parsed| !seen.contains(&parsed.post.id)));
        self.posts.len() - before
    }

    /// Takes what was read by itself: posts that were checked, comments.
    pub(crate) fn add_extra(&mut self, read: impl IntoIterator<Item = Parsed>) {
        let mut seen: HashSet<PostId> = self.everything().map(|parsed| parsed.post.id.clone()).collect();
        self.extra.extend(read.into_iter().filter(|parsed| seen.insert(parsed.post.id.clone())));
    }

    /// Takes events in their order: several may be about one post. Those whose post is not `meant` are left out.
    pub(crate) fn add_events(&mut self, mut page: Page, meant: impl Fn(&PostId) -> bool) {
        self.add_problems(&mut page);
        self.extra.extend(page.posts.into_iter().filter(|parsed| meant(&parsed.post.id)));
    }

    /// Takes what a page read by itself says of blocks that are no posts.
    pub(crate) fn add_problems(&mut self, page: &mut Page) {
        self.unparsed += page.unread();
        self.problems.extend(page.problems.drain(..).filter(|problem| !problem.is_left_out()));
    }

    /// All that was read.
    pub(crate) fn everything(&self) -> impl Iterator<Item = &Parsed> {
        self.posts.iter().chain(&self.extra)
    }

    /// Names what a poll that seems fine lacks.
    pub(crate) fn finish(&mut self) {
        if self.outcome != PollOutcome::Ok {
            return;
        }
        let read = self.everything().count();
        if self.posts.is_empty() {
            self.outcome = if self.unparsed > 0 { PollOutcome::NothingParsed } else { PollOutcome::Empty };
        } else if (read as f64) < PARSED_SHARE * (read + self.unparsed) as f64 {
            self.outcome = PollOutcome::PartlyParsed;
            self.detail = Some(format!("{} of {} blocks were not understood", self.unparsed, read + self.unparsed));
        } else if self.left > 0 {
            self.outcome = PollOutcome::ItemsLeft;
            self.detail =
                Some(format!("{} items of the feed are left for the next polls, {read} were read", self.left));
        }
    }

    /// Whether every post since the poll before, or back to where this one had to begin, was read.
    pub(crate) fn is_whole(&self) -> bool {
        self.outcome.is_ok() && (self.overlapped || self.beginning)
    }

    /// The lowest number read. A pinned post stands above newer ones and says nothing about where the page ends.
    pub(crate) fn lowest(&self) -> Option<u64> {
        self.in_order().filter_map(|parsed| number(&parsed.post.id)).min()
    }

    /// The highest number read.
    pub(crate) fn highest(&self) -> Option<u64> {
        self.posts.iter().chain(&self.hidden).filter_map(|parsed| number(&parsed.post.id)).max()
    }

    /// When the oldest post read was published.
    pub(crate) fn oldest(&self) -> Option<Time> {
        self.in_order().filter(|parsed| !parsed.undated).map(|parsed| parsed.post.published_at).min()
    }

    fn in_order(&self) -> impl Iterator<Item = &Parsed> {
        self.posts.iter().chain(&self.hidden).filter(|parsed| !parsed.pinned)
    }
}

/// The number of a post in its channel, wall or chat: what stands after the last `/` or `_` of its id, or is held by it.
pub(crate) fn number(id: &PostId) -> Option<u64> {
    let end = id.as_str().rsplit(['/', '_']).next()?;
    end.parse().ok().or_else(|| MaxMessage::of_mid(end).map(|message| message.number))
}
