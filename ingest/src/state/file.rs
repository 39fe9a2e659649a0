//! The file itself: how it is opened, and what is dropped from it.

use std::path::Path;
use std::time::Duration;

use model::Time;
use rusqlite::{Connection, Result, params};
use sqlite::OpenError;

use super::schema::STEPS;
use crate::schedule::quota;
use crate::time::earlier;

/// Posts are remembered for this long after publication, and feeds may show them again within it without making a version.
const KEEP: Duration = Duration::from_secs(40 * 24 * 3600);

/// And for this long after they left the page, however old they are.
const KEEP_OFF_PAGE: Duration = Duration::from_secs(7 * 24 * 3600);

/// `ingest.db`.
pub(crate) struct State {
    pub(super) db: Connection,
}

impl State {
    /// Opens or makes the file.
    pub(crate) fn open(path: &Path) -> std::result::Result<State, OpenError> {
        Ok(State { db: sqlite::open(path, STEPS)? })
    }

    /// Forgets posts that are old and long off the page. A source that is not read forgets nothing.
    pub(crate) fn prune(&self, now: Time) -> Result<usize> {
        let old = earlier(now, KEEP).as_millisecond();
        self.db.execute("DELETE FROM refused WHERE at < ?1", [old])?;
        self.db.execute("DELETE FROM thread WHERE read_at < ?1", [old])?;
        self.db.execute("DELETE FROM spent WHERE span < ?1", [quota::oldest_span(now)])?;
        self.db.execute(
            "DELETE FROM post WHERE published_at < ?1
             AND page_at < (SELECT max(page_at) FROM post AS other WHERE other.source = post.source) - ?2",
            params![old, KEEP_OFF_PAGE.as_millis() as i64],
        )
    }
}
