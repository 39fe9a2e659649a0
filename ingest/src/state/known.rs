//! What is remembered of a post: enough to tell a repeat from an edit, and no text.

use std::time::Duration;

use model::{Post, Time};
use rusqlite::{Result, Row};
use sha2::{Digest, Sha256};

use crate::time::earlier;

/// `page_at` is not rewritten more often: a poll without news should not rewrite every row of the page.
const PAGE_AT_STEP: Duration = Duration::from_secs(6 * 3600);

/// Of a recent post it is rewritten whenever this part of its age has passed, which is well below the pause after which it
/// is read again ([`crate::schedule::reread`]).
const PAGE_AT_PART: u32 = 16;

/// Views, reactions, reposts and comments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts(pub [Option<u64>; 4]);

impl Counts {
    pub(crate) fn of(post: &Post) -> Counts {
        Counts([post.views, post.reactions, post.reposts, post.comments])
    }

    /// These counters, and the older ones where these are not given.
    pub(crate) fn or(self, older: Counts) -> Counts {
        Counts(std::array::from_fn(|i| self.0[i].or(older.0[i])))
    }
}

/// What is remembered of a post.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Known {
    /// The post's number in its channel or wall; a comment has none.
    pub number: Option<u64>,
    /// Of a comment, the post it stands under.
    pub parent: Option<String>,
    /// Hash of its content.
    pub content: [u8; 16],
    /// The number of the masks with which that was.
    pub masks: u32,
    /// Its counters as last seen.
    pub counts: Counts,
    /// `seen_at` of its last version.
    pub seen_at: Time,
    /// When it was published.
    pub published_at: Time,
    /// A tombstone was written.
    pub deleted: bool,
    /// When it was last looked for and not found.
    pub checked_at: Option<Time>,
    /// When it was last on a page.
    pub page_at: Time,
    /// It has no date and was there when the source was read for the first time, or after a gap: when it was published nobody knows.
    pub of_old: bool,
}

impl Known {
    /// Whether `page_at` is old enough to be worth a write.
    pub(crate) fn page_at_is_stale(&self, now: Time) -> bool {
        let age = Duration::try_from(now.duration_since(self.published_at)).unwrap_or_default();
        self.page_at <= earlier(now, (age / PAGE_AT_PART).min(PAGE_AT_STEP))
    }
}

/// Hash of what makes a version of a post; the same fields as [`Post::same_content`].
pub(crate) fn content_hash(post: &Post) -> [u8; 16] {
    let content = (
        (&post.text, &post.title, &post.poll, &post.url),
        (post.deleted_at.is_some(), post.edited_at, &post.forwarded_from, &post.in_reply_to),
    );
    let mut hash = [0; 16];
    hash.copy_from_slice(&Sha256::digest(model::wire::write(&content))[..16]);
    hash
}

/// The columns that [`read_known`] reads.
pub(super) const COLUMNS: &str = "id, number, content, views, reactions, reposts, comments, seen_at, published_at, deleted, checked_at, page_at, parent, masks, of_old";

/// Reads a row of [`COLUMNS`].
pub(super) fn read_known(row: &Row<'_>) -> Result<(String, Known)> {
    let count = |column| row.get::<_, Option<i64>>(column).map(|count| count.map(|n| n as u64));
    let time = |millis| Time::from_millisecond(millis).unwrap_or(Time::UNIX_EPOCH);
    let known = Known {
        number: count(1)?,
        content: row.get(2)?,
        counts: Counts([count(3)?, count(4)?, count(5)?, count(6)?]),
        seen_at: time(row.get(7)?),
        published_at: time(row.get(8)?),
        deleted: row.get(9)?,
        checked_at: row.get::<_, Option<i64>>(10)?.map(time),
        page_at: time(row.get(11)?),
        parent: row.get(12)?,
        masks: row.get(13)?,
        of_old: row.get(14)?,
    };
    Ok((row.get(0)?, known))
}
