//! Posts that were forgotten because somebody asked for it: their ids and nothing else, for as long as anything could bring them again.

use std::collections::HashSet;
use std::path::Path;

use model::{PostId, Time};
use rusqlite::{Result, params};

use super::file::State;

/// The posts of a data folder that were forgotten.
#[derive(Debug, Default)]
pub struct Forgotten(HashSet<String>);

impl Forgotten {
    /// Reads them from a data folder; none where nothing was ever collected or forgotten.
    ///
    /// # Errors
    /// Where `ingest.db` is there and cannot be read.
    pub fn read(data_dir: &Path) -> std::result::Result<Forgotten, sqlite::OpenError> {
        let path = data_dir.join("ingest.db");
        if !path.exists() {
            return Ok(Forgotten::default());
        }
        Ok(State::open(&path)?.forgotten()?.into_iter().collect())
    }

    /// Whether a post is among them.
    pub fn holds(&self, id: &PostId) -> bool {
        self.0.contains(id.as_str())
    }
}

impl FromIterator<String> for Forgotten {
    fn from_iter<I: IntoIterator<Item = String>>(ids: I) -> Forgotten {
        Forgotten(ids.into_iter().collect())
    }
}

impl State {
    /// Remembers of posts that they were forgotten, and nothing else.
    pub(crate) fn forget(&mut self, ids: &[PostId], at: Time) -> Result<()> {
        let change = self.db.transaction()?;
        for id in ids {
            change.execute(
                "INSERT OR IGNORE INTO forgotten VALUES (?1, ?2)",
                params![id.as_str(), at.as_millisecond()],
            )?;
            for (table, column) in [("post", "id"), ("thread", "post"), ("refused", "position")] {
                change.execute(&format!("DELETE FROM {table} WHERE {column} = ?1"), [id.as_str()])?;
            }
        }
        change.commit()
    }

    /// Whether a post was forgotten.
    pub(crate) fn is_forgotten(&self, id: &PostId) -> Result<bool> {
        self.db.prepare_cached("SELECT 1 FROM forgotten WHERE id = ?1")?.exists([id.as_str()])
    }

    /// The ids of all that were forgotten.
    pub(crate) fn forgotten(&self) -> Result<Vec<String>> {
        let mut select = self.db.prepare("SELECT id FROM forgotten ORDER BY id")?;
        let ids = select.query_map([], |row| row.get(0))?;
        ids.collect()
    }
}
