//! What people said of posts, as a sink knows it: of each post the last message of the stream.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use journal::{Checkpoint, Entry, Error, Journal, Rejected, Stream};
use model::{Correction, PostId, TaggedPost, wire};

/// Name by which the stream is read from its beginning; its position is never committed.
const READER: &str = "known-corrections";

/// Messages read at once.
const BATCH: usize = 5_000;

/// How long messages before the end of the stream are waited for: they may have been compacted away.
const COMPACTION_WAIT: Duration = Duration::from_secs(5);

/// The corrections that a sink knows, shared by the stage that feeds it tagged posts and the one that feeds it corrections. Cheap to
/// clone.
///
/// The stream keeps the last message of each post for ever, so it is the table, and this is a copy in memory: read from the beginning
/// of the stream before the first post is taken, and carried on by the stage of corrections. It may be ahead of what the sink has
/// stored, never behind.
#[derive(Clone, Default)]
pub struct Corrections {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Where they are read from; absent in a store that nobody corrects.
    journal: Option<Arc<dyn Journal>>,
    known: Mutex<KnownCorrections>,
}

/// What is known.
#[derive(Default)]
pub struct KnownCorrections {
    /// How far the stream was read to its end once.
    read_to: Option<Checkpoint>,
    /// The last message of each post, by its offset; without a correction where it was withdrawn.
    by_post: HashMap<PostId, (u64, Option<Correction>)>,
}

impl Corrections {
    /// Those of a journal, which is read when they are first needed.
    pub fn of(journal: Arc<dyn Journal>) -> Corrections {
        Corrections { shared: Arc::new(Shared { journal: Some(journal), known: Mutex::default() }) }
    }

    /// What is known, for as long as it must not change; the stream is read first, if it was not yet.
    pub fn known(&self) -> Result<MutexGuard<'_, KnownCorrections>, Error> {
        // A panic under way leaves a map whose entries are whole.
        let mut known = self.shared.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.read_to.is_none() {
            let end = self.shared.journal.as_ref().map(|journal| known.read(&**journal)).transpose()?;
            known.read_to = Some(end.unwrap_or_default());
        }
        Ok(known)
    }
}

impl KnownCorrections {
    /// Those of a journal as they are now.
    pub fn read_from(journal: &dyn Journal) -> Result<KnownCorrections, Error> {
        let mut known = KnownCorrections::default();
        known.read(journal)?;
        Ok(known)
    }

    fn read(&mut self, journal: &dyn Journal) -> Result<Checkpoint, Error> {
        let end = match journal.end(Stream::Corrections) {
            // An installation of an earlier build, where nobody has corrected anything yet.
            Err(Error::Missing(_)) => return Ok(Checkpoint::default()),
            end => end?,
        };
        let mut reader = journal.reader(Stream::Corrections, READER)?;
        while !reader.position().reaches(&end) {
            let entries = reader.poll(BATCH, COMPACTION_WAIT)?;
            if entries.is_empty() {
                break;
            }
            // What cannot be read is rejected by the stage that reads the stream.
            entries.iter().for_each(|entry| drop(self.note(entry)));
        }
        Ok(end)
    }

    /// Where the stream ended when it was read from its beginning: every message before is known.
    pub fn read_to(&self) -> Checkpoint {
        self.read_to.clone().unwrap_or_default()
    }

    /// Notes messages of the stream. Returns the posts they are about, and what was rejected.
    pub fn take(&mut self, entries: &[Entry]) -> (Vec<PostId>, Vec<Rejected>) {
        let (mut posts, mut rejected) = (Vec::new(), Vec::new());
        for entry in entries {
            match self.note(entry) {
                Ok(post) => posts.push(post),
                Err(reason) => rejected.push(Rejected { partition: entry.partition, offset: entry.offset, reason }),
            }
        }
        posts.sort();
        posts.dedup();
        (posts, rejected)
    }

    /// Whether anybody said anything of a post: else its tags are those of the rules.
    pub fn concern(&self, post: &PostId) -> bool {
        self.by_post.contains_key(post)
    }

    /// A post as its rules and then a person tagged it.
    pub fn apply(&self, tagged: TaggedPost) -> TaggedPost {
        let said = self.by_post.get(&tagged.post.id).and_then(|(_, said)| said.as_ref());
        tagged.corrected(said)
    }

    /// Every correction in force.
    pub fn in_force(self) -> impl Iterator<Item = Correction> {
        self.by_post.into_values().filter_map(|(_, said)| said)
    }

    /// Notes one message, unless a later one of its post is known: messages come again. An empty one withdraws what was said of a post
    /// that was deleted.
    fn note(&mut self, entry: &Entry) -> Result<PostId, String> {
        let (post, said) = match entry.payload.is_empty() {
            true => (PostId::new(entry.key.clone()).map_err(|error| error.to_string())?, None),
            false => {
                let said = wire::read_correction(&entry.payload).map_err(|error| error.to_string())?;
                (said.id.clone(), Some(said).filter(|said| !said.withdrawn))
            }
        };
        match self.by_post.get(&post) {
            Some((offset, _)) if *offset > entry.offset => {}
            // Of most posts that are deleted nobody ever said anything.
            None if said.is_none() => {}
            _ => drop(self.by_post.insert(post.clone(), (entry.offset, said))),
        }
        Ok(post)
    }
}
