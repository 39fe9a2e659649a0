//! What one poll read, and how far back it had to read.

use std::collections::HashSet;
use std::time::Duration;

use config::Settings;
use model::{Clock, PostId, Time};

use super::vk::api::Api;
use crate::fetch::{FetchError, Fetcher, Response, Validators};
use crate::outcome::Outcome;
use crate::schedule::earlier;
use crate::state::{Cursor, Known, Thread};
use crate::{Page, PageError, PageProblem, Parsed};

/// A source seen for the first time is read back this far: what the digest compares with, and no more of a stranger's server.
pub(crate) const BACKFILL: Duration = Duration::from_secs(15 * 24 * 3600);

/// Pages of one poll. A channel that publishes more between two polls, or a server that invents pages, ends here; what lies
/// further back is a gap in the ledger.
const MAX_PAGES: u32 = 200;

/// Below this share of understood blocks the format has changed for some posts at least; now and then a single odd block
/// is no alarm.
const PARSED_SHARE: f64 = 0.9;

/// Everything a poll read, whole or not.
pub(crate) struct Reading {
    /// How it ended. Posts read before a failure are kept.
    pub outcome: Outcome,
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
    /// What was taken in while the rest was still being read, see [`crate::collector`].
    pub early: Early,
    /// Where the next older page is.
    pub next: Option<String>,
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

/// Posts that were in the journal before the reading ended.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Early {
    pub new: u32,
    pub edited: u32,
    pub deleted: u32,
}

impl Reading {
    pub(crate) fn new(started: Time) -> Reading {
        Reading {
            outcome: Outcome::Ok,
            detail: None,
            started,
            pages: 0,
            posts: Vec::new(),
            problems: Vec::new(),
            unparsed: 0,
            left_out: Vec::new(),
            early: Early::default(),
            next: None,
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
        self.title = self.title.take().or(page.title);
        self.channel_number = self.channel_number.or(page.channel_number);
        let seen: HashSet<PostId> = self.posts.iter().map(|parsed| parsed.post.id.clone()).collect();
        let before = self.posts.len();
        self.posts.extend(page.posts.into_iter().filter(|parsed| !seen.contains(&parsed.post.id)));
        self.posts.len() - before
    }

    /// Takes what was read by itself: posts that were asked after, comments.
    pub(crate) fn add_extra(&mut self, read: impl IntoIterator<Item = Parsed>) {
        let mut seen: HashSet<PostId> = self.everything().map(|parsed| parsed.post.id.clone()).collect();
        self.extra.extend(read.into_iter().filter(|parsed| seen.insert(parsed.post.id.clone())));
    }

    /// Takes events in their order: one post may be told of several times. Those that are not `meant` are left out.
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

    /// Names what an outwardly fine reading lacks.
    pub(crate) fn judge(&mut self) {
        if self.outcome != Outcome::Ok {
            return;
        }
        let read = self.everything().count();
        if self.posts.is_empty() {
            self.outcome = if self.unparsed > 0 { Outcome::NothingParsed } else { Outcome::Empty };
        } else if (read as f64) < PARSED_SHARE * (read + self.unparsed) as f64 {
            self.outcome = Outcome::PartlyParsed;
            self.detail = Some(format!("{} of {} blocks were not understood", self.unparsed, read + self.unparsed));
        }
    }

    /// Whether every post since the poll before, or back to where reading had to begin, was read.
    pub(crate) fn is_whole(&self) -> bool {
        self.outcome.is_ok() && (self.overlapped || self.beginning)
    }

    /// The lowest number read. A pinned post stands above newer ones and says nothing about where the page ends.
    pub(crate) fn lowest(&self) -> Option<u64> {
        self.in_order().filter_map(|parsed| number(&parsed.post.id)).min()
    }

    /// The highest number read.
    pub(crate) fn highest(&self) -> Option<u64> {
        self.posts.iter().filter_map(|parsed| number(&parsed.post.id)).max()
    }

    /// When the oldest post read was published.
    pub(crate) fn oldest(&self) -> Option<Time> {
        self.in_order().filter(|parsed| !parsed.undated).map(|parsed| parsed.post.published_at).min()
    }

    fn in_order(&self) -> impl Iterator<Item = &Parsed> {
        self.posts.iter().filter(|parsed| !parsed.pinned)
    }
}

/// How far back a poll of numbered pages reads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Goal {
    last_number: Option<u64>,
    back_to: Option<Time>,
    max_pages: u32,
}

impl Goal {
    /// Down to the last seen post; at first sight as far as the backfill goes.
    pub(crate) fn new(cursor: &Cursor, now: Time) -> Goal {
        let back_to = cursor.last_number.is_none().then(|| earlier(now, BACKFILL));
        Goal { last_number: cursor.last_number, back_to, max_pages: MAX_PAGES }
    }

    /// The newest page alone.
    pub(crate) fn newest_page() -> Goal {
        Goal { last_number: None, back_to: None, max_pages: 1 }
    }

    /// Notes in the reading what it has reached, and tells whether to stop.
    pub(crate) fn reached(&self, reading: &mut Reading) -> bool {
        let (Some(lowest), Some(oldest)) = (reading.lowest(), reading.oldest()) else {
            return reading.pages >= self.max_pages;
        };
        reading.overlapped = self.last_number.is_some_and(|last| lowest <= last);
        let done = match self.last_number {
            Some(_) => reading.overlapped,
            None => self.back_to.is_none_or(|back_to| oldest <= back_to),
        };
        done || reading.pages >= self.max_pages
    }
}

/// The number of a post in its channel or wall: what stands after the last `/` or `_` of its id.
pub(crate) fn number(id: &PostId) -> Option<u64> {
    id.as_str().rsplit(['/', '_']).next()?.parse().ok()
}

/// Why a page was not read.
#[derive(Debug)]
pub(crate) struct Failure {
    pub outcome: Outcome,
    pub detail: Option<String>,
}

impl From<Outcome> for Failure {
    fn from(outcome: Outcome) -> Failure {
        Failure { outcome, detail: None }
    }
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Failure {
        Failure { outcome: Outcome::from(&error), detail: Some(error.to_string()) }
    }
}

impl From<PageError> for Failure {
    fn from(error: PageError) -> Failure {
        Failure { outcome: Outcome::from(&error), detail: Some(error.to_string()) }
    }
}

/// What readers of a platform work with.
#[derive(Clone, Copy)]
pub(crate) struct Net<'a> {
    pub fetcher: &'a Fetcher,
    pub settings: &'a Settings,
    pub clock: &'a Clock,
    pub vk: &'a Api,
}

impl Net<'_> {
    /// Gets an address; any status but success is a failure.
    pub(crate) async fn get(&self, url: &str) -> Result<Response, Failure> {
        let response = self.fetcher.get(url, &Validators::default()).await?;
        accept(response)
    }
}

/// Turns a status that is no success into its outcome.
pub(crate) fn accept(response: Response) -> Result<Response, Failure> {
    match Outcome::of_status(&response) {
        Some(outcome) => Err(Failure { outcome, detail: Some(format!("HTTP {}", response.status.as_u16())) }),
        None => Ok(response),
    }
}

/// Runs a parser where it delays nobody. A parser of another's library that panics is an outcome, not the end of a collector.
pub(crate) async fn parse<T: Send + 'static>(
    parser: impl FnOnce() -> Result<T, PageError> + Send + 'static,
) -> Result<T, Failure> {
    match tokio::task::spawn_blocking(parser).await {
        Ok(parsed) => Ok(parsed?),
        Err(_) => Err(Outcome::ParserFailed.into()),
    }
}
