//! What a parser makes of one page, answer or feed. Parsers are pure: bytes in, [`Page`] out, no clock, no network.

use model::{Post, Time, wire::MAX_TEXT_BYTES};

/// Reasons of a [`PageProblem`] that are no failure to read: the block was understood and is not a public post.
const LEFT_OUT: [&str; 4] = ["service_message", "not_published", "repeated", "text_not_shown"];

/// Dates before this are broken, not old: VK opened in 2006, RSS and the first municipal sites a little before 2000.
const EARLIEST_S: i64 = 946_684_800;

/// Dates from 2100 on are broken as well. Whether a date lies ahead of the clock is the collector's question.
const LATEST_S: i64 = 4_102_444_800;

/// Whether a post can have been published then.
pub(crate) fn is_possible(published_at: Time) -> bool {
    (EARLIEST_S..LATEST_S).contains(&published_at.as_second())
}

/// The posts of a page and what else the page tells the collector.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Posts in the order of the page. `seen_at` is left empty: the collector sets it. `author` is null: a parser has no key.
    pub posts: Vec<Parsed>,
    /// What looked like a post and could not be read, or an item left out for a named reason.
    pub problems: Vec<PageProblem>,
    /// What is wrong with posts that were taken all the same: a date that cannot be one.
    pub notes: Vec<PageProblem>,
    /// Posts that are there and whose text the platform does not show here. Each is among the problems too, and none among the posts: an empty
    /// text would take the place of the one that was read before.
    pub hidden: Vec<Parsed>,
    /// Blocks on the page that look like posts, read or not: a renamed class must not look like silence.
    pub blocks: usize,
    /// Items of a long feed that were not read this time: they come after those that were.
    pub left: usize,
    /// Where the next poll goes on to read them; 0: nothing was left.
    pub go_on: usize,
    /// Numbers that the further pictures of albums bear: an album is one post and as many numbers as it has pictures.
    pub album_parts: Vec<u64>,
    /// The cursor of the next older page, as the page itself gives it.
    pub older: Option<String>,
    /// Telegram: the page gave none, and its lowest number stands there in its place.
    pub older_is_guessed: bool,
    /// Telegram: the page says that it found no posts. A search says so, a page past the end, and one that was asked for too often.
    pub says_nothing_found: bool,
    /// Telegram: what the channel says of itself.
    pub about: Option<String>,
    /// Pause between polls that the page asks for (`ttl` of a feed), in minutes.
    pub ttl_minutes: Option<u32>,
    /// Hours of Greenwich at which the page asks not to be read (`skipHours` of a feed), a bit each.
    pub skip_hours: u32,
    /// The name people see for the channel, community or feed.
    pub title: Option<String>,
    /// Telegram's number of the channel, which survives a change of its name.
    pub channel_number: Option<i64>,
}

impl Page {
    /// Blocks that look like posts and were not understood. Above zero, the format may have changed.
    pub fn unread(&self) -> usize {
        let left_out = self.problems.iter().filter(|problem| problem.is_left_out()).count();
        self.blocks.saturating_sub(self.posts.len() + left_out)
    }

    /// Takes a post whose date is possible, cutting a text no store accepts; anything else becomes a problem.
    pub(crate) fn admit(&mut self, mut parsed: Parsed, position: &str) {
        if !parsed.undated && !is_possible(parsed.post.published_at) {
            self.problem(position, format!("date_out_of_range: {}", parsed.post.published_at));
            return;
        }
        let title = parsed.post.title.get_or_insert_default();
        title.truncate(title.floor_char_boundary(MAX_TITLE_BYTES));
        let text = &mut parsed.post.text;
        text.truncate(text.floor_char_boundary(MAX_TEXT_BYTES - title.len()));
        if title.is_empty() {
            parsed.post.title = None;
        }
        self.posts.push(parsed);
    }

    /// Notes a post whose text is not shown.
    pub(crate) fn hide(&mut self, parsed: Parsed, position: &str, why: &str) {
        self.problem(position, format!("text_not_shown: {why}"));
        self.hidden.push(parsed);
    }

    /// Notes a block that did not become a post.
    pub(crate) fn problem(&mut self, position: impl ToString, reason: impl Into<String>) {
        self.problems.push(PageProblem { position: position.to_string(), reason: reason.into() });
    }
}

/// A longer headline is a text in the wrong field, and lists of headlines would not survive it.
const MAX_TITLE_BYTES: usize = 2048;

/// Stands in `published_at` of a post that is undated or whose platform does not say.
pub(crate) const NO_DATE: Time = Time::UNIX_EPOCH;

/// A post and what must not leave `ingest` with it.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The post, author null.
    pub post: Post,
    /// The platform's own id of a private author. The collector turns it into a keyed hash and forgets it.
    pub private_author: Option<String>,
    /// A community publishes it, and a private person wrote it or what it repeats: it is masked as that person's own words.
    pub private_words: bool,
    /// It stands on the wall of a private person: the collector drops it and counts it.
    pub private_wall: bool,
    /// Pinned: it stands above newer posts, so its age says nothing about where the page ends.
    pub pinned: bool,
    /// The page gives no date: `published_at` is 1970 and the collector puts the time of first sight there.
    pub undated: bool,
    /// The date was told by the distance from now («3 hours ago»): what was read at first sight is the best there is.
    pub coarse: bool,
    /// The platform says that it is deleted: the collector makes the tombstone, with its clock.
    pub deleted: bool,
    /// The text of its own page, which takes the place of the teaser that the feed gives. Versions are told by the teaser.
    pub article: Option<String>,
}

impl Parsed {
    /// A post with nothing else known.
    pub(crate) fn plain(post: Post) -> Parsed {
        Parsed {
            post,
            private_author: None,
            private_words: false,
            private_wall: false,
            pinned: false,
            undated: false,
            coarse: false,
            deleted: false,
            article: None,
        }
    }
}

/// A block that did not become a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageProblem {
    /// Which block: its id on the page or its number.
    pub position: String,
    /// Named reason, then words: `no_date: …`.
    pub reason: String,
}

impl PageProblem {
    /// Whether the block was understood and left out on purpose.
    pub fn is_left_out(&self) -> bool {
        LEFT_OUT.contains(&self.name())
    }

    /// Whether it is a post that is there and whose text the platform does not show.
    pub(crate) fn is_text_not_shown(&self) -> bool {
        self.name() == "text_not_shown"
    }

    fn name(&self) -> &str {
        self.reason.split(':').next().unwrap_or_default()
    }
}
