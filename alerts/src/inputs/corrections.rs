//! The stream of corrections: what people said of posts, into the audit and onto the posts.
//!
//! A correction comes in two steps, each a transaction of its own. First it is noted with the position in the stream: every version of
//! its post that comes from then on meets it. Most posts are about nothing and leave no trace in the file, so the version that was
//! there before is asked of the archive, once that has read the tagged posts as far as they were read here when the correction was
//! noted; then it is taken once more as the person said. A kill between the two leaves the post waiting.

use std::sync::Arc;

use journal::{Applied, Checkpoint, Entry, Rejected, Sink, SinkError};
use model::{Correction, PostId, TaggedPost, wire};
use rusqlite::Transaction;

use super::batch::Batch;
use super::tagged::TAGGED;
use crate::rules::detector::DetectorState;
use crate::store::audit::{self, Record};
use crate::store::error::AlertError;
use crate::store::handle::Alerts;
use crate::store::positions;
use crate::store::tag_corrections::{self, Waiting};

const CORRECTIONS: &str = "corrections";

/// Posts that are taken once more in one transaction; as many are held in memory.
const BATCH: usize = 500;

/// Finds the latest version of a post among the tagged posts before a position, with the tags of the rules; none where it was deleted or
/// never was. It fails while the archive has not read that far.
pub type FindPost = Arc<dyn Fn(&PostId, &Checkpoint) -> Result<Option<TaggedPost>, SinkError> + Send + Sync>;

/// Follows the stream of corrections.
pub struct CorrectionsSink {
    alerts: Alerts,
    find: FindPost,
}

impl Alerts {
    /// The sink of the stream of corrections; it finds the posts by `find`.
    pub fn corrections_sink(&self, find: FindPost) -> CorrectionsSink {
        CorrectionsSink { alerts: self.clone(), find }
    }
}

impl CorrectionsSink {
    /// Takes the posts that wait for it once more, as people said.
    fn settle(&self) -> Result<(), SinkError> {
        loop {
            let waiting = tag_corrections::waiting(&self.alerts.database(), BATCH)?;
            if waiting.is_empty() {
                return Ok(());
            }
            let found = waiting.into_iter().map(|Waiting { said, since }| {
                let post = (self.find)(&said.id, &since)?;
                Ok((said, post))
            });
            self.retake(found.collect::<Result<_, SinkError>>()?)?;
        }
    }

    fn retake(&self, found: Vec<(Correction, Option<TaggedPost>)>) -> Result<(), AlertError> {
        let mut database = self.alerts.database();
        let mut detector = DetectorState::load(&database, &self.alerts.config().alerts)?;
        let transaction = database.transaction()?;
        let mut batch = Batch::new(&self.alerts, &transaction, &mut detector)?;
        for (said, post) in found {
            if let Some(post) = post {
                batch.retake(&post.corrected(Some(&said)))?;
            }
            tag_corrections::settle(&transaction, &said)?;
        }
        batch.finish()?;
        transaction.commit()?;
        self.alerts.note_post_moved();
        Ok(())
    }
}

impl Sink for CorrectionsSink {
    fn position(&mut self) -> Result<Option<Checkpoint>, SinkError> {
        self.settle()?;
        let stored = positions::load(&self.alerts.database(), CORRECTIONS)?;
        // From the first on: what the journal noted is of the reader, not of this file, which may come from a backup.
        Ok(Some(stored.unwrap_or_else(|| Checkpoint::at(0))))
    }

    fn apply(&mut self, entries: &[Entry]) -> Result<Applied, SinkError> {
        let mut database = self.alerts.database();
        let mut position = positions::load(&database, CORRECTIONS)?.unwrap_or_default();
        let since = positions::load(&database, TAGGED)?.unwrap_or_default();
        let mut applied = Applied::default();
        let transaction = database.transaction()?;
        for entry in entries {
            position.advance(entry);
            if let Err(reason) = note(&transaction, entry, &since)? {
                applied.rejected.push(Rejected { partition: entry.partition, offset: entry.offset, reason });
            }
        }
        positions::store(&transaction, CORRECTIONS, &position)?;
        transaction.commit()?;
        Ok(applied)
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        self.settle()
    }
}

/// Notes one message; or returns why it is rejected.
fn note(transaction: &Transaction<'_>, entry: &Entry, since: &Checkpoint) -> Result<Result<(), String>, AlertError> {
    if entry.payload.is_empty() {
        // Its post was deleted, and the tombstone takes it out. To tag it anew meanwhile could ring for a post that is gone.
        return match PostId::new(entry.key.clone()) {
            Ok(post) => tag_corrections::forget(transaction, &post).map(Ok),
            Err(error) => Ok(Err(error.to_string())),
        };
    }
    let said = match wire::read_correction(&entry.payload) {
        Ok(said) => said,
        Err(error) => return Ok(Err(error.to_string())),
    };
    tag_corrections::note(transaction, &said, since)?;
    let what = if said.withdrawn { "withdraw" } else { "correct" };
    let (subject, detail) = (said.id.as_str(), detail(&said));
    audit::append(transaction, &Record { at: said.at, who: &said.by, what, subject, detail: &detail })?;
    Ok(Ok(()))
}

/// What the person said, in codes alone: the audit holds no text.
fn detail(said: &Correction) -> String {
    let topics = said.topics.as_ref().map(|topics| topics.join(","));
    let parts = [
        ("sector", said.sector.map(|sector| sector.as_str().to_owned())),
        ("level", said.level.map(|level| level.as_str().to_owned())),
        ("kind", said.kind.clone()),
        ("topics", topics),
    ];
    let said = parts.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?)));
    said.collect::<Vec<_>>().join(" ")
}
