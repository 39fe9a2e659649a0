//! What was deleted at its source, and from where its text is gone here.

use anyhow::{Context, Result};
use model::Time;
use serde::{Deserialize, Serialize};
use store::facts::Deletion;

use crate::instance::Instance;

/// When deleted texts were last taken out of the files, in the data folder: a restart must not put off the next time.
const PURGES: &str = "purges.json";

/// Purges remembered: a year of daily ones covers every deletion that a backup may bring back.
const REMEMBERED: usize = 400;

/// A deletion, and since when its text is gone from where. The journal empties its rows when the deletion is appended; alerts, the
/// outbox and every query drop the text when it is applied; the files of the index and the figures lose it with the next purge.
#[derive(Debug, Serialize, Deserialize)]
pub struct Deleted {
    /// The post.
    pub id: String,
    /// Its source.
    pub source: String,
    /// When the deletion was seen, and the text gone from the journal.
    pub at: Time,
    /// When it went from the files of the index; null: with the next purge.
    pub index: Option<Time>,
    /// When it went from the files of the figures; null: with the next purge.
    pub facts: Option<Time>,
}

impl Instance {
    /// The latest deletions.
    pub async fn deletions(&self, limit: usize) -> Result<Vec<Deleted>> {
        let facts = self.facts.as_ref().context("the figures do not run here")?;
        let purges = self.purges()?;
        let deleted = |Deletion { id, source, at, versions_on_disk }: Deletion| {
            let purged = purges.iter().copied().find(|purge| *purge >= at);
            Deleted { id, source, at, index: purged, facts: purged.filter(|_| versions_on_disk == 0) }
        };
        Ok(facts.deletions(limit).await?.into_iter().map(deleted).collect())
    }

    /// When deleted texts were last taken out of the files.
    pub fn last_purge(&self) -> Result<Option<Time>> {
        Ok(self.purges()?.pop())
    }

    /// Notes a purge.
    pub(in crate::instance) fn note_purge(&self, began: Time) -> Result<()> {
        let mut purges = self.purges()?;
        purges.push(began);
        purges.drain(..purges.len().saturating_sub(REMEMBERED));
        self.folder.write_json(PURGES, &purges)
    }

    fn purges(&self) -> Result<Vec<Time>> {
        Ok(self.folder.read_json(PURGES)?.unwrap_or_default())
    }
}
