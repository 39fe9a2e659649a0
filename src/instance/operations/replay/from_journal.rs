//! Posts that the journal has.

use std::hash::{DefaultHasher, Hash, Hasher};

use anyhow::Result;
use journal::{Checkpoint, Stream};
use model::{Time, wire};

use super::{COMPACTION_WAIT, Replay, ReplayLine};
use crate::instance::stages::batching::BATCH;

const NAME: &str = "replay";

/// The hash of a post's id.
pub(super) fn hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

impl Replay<'_> {
    /// Classifies the posts that came into the journal at `from` or later, before its end. Returns whether all that it has are among them:
    /// older ones may have been let go.
    pub(super) fn read_journal(&mut self, from: Time, end: &Checkpoint) -> Result<bool> {
        let journal = &self.instance.journal;
        let start = journal.position_at(Stream::Posts, from)?;
        let all = start == journal.position_at(Stream::Posts, Time::MIN)?;
        let mut reader = journal.reader(Stream::Posts, NAME)?;
        reader.seek(&start)?;
        let (mut done, of) = (0, start.behind(end));
        while !reader.position().reaches(end) {
            let entries = reader.poll(BATCH, COMPACTION_WAIT)?;
            if entries.is_empty() {
                break;
            }
            if all {
                self.in_journal.extend(entries.iter().map(|entry| hash(&entry.key)));
            }
            let read = entries.iter().filter(|entry| !entry.payload.is_empty());
            // What cannot be read was rejected when it came and is a dead letter already.
            let records: Vec<_> = read
                .filter_map(|entry| Some((entry.partition, wire::read_post(&entry.payload, None).ok()?)))
                .map(|(partition, post)| self.again(post, partition))
                .collect();
            self.posts += records.len() as u64;
            journal.append(Stream::Tagged, &records)?;
            done += entries.len() as u64;
            (self.tell)(ReplayLine::Progress { archive: false, done, of: of.max(done) });
        }
        Ok(all)
    }
}
