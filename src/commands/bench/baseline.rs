//! What tantivy alone does with the same posts: the measure that the whole path is held against.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use journal::Stream;
use model::wire;
use store::search::{PlainDocument, PlainWriter};

use super::usage;
use crate::instance::Instance;

/// Documents are made before the clock starts and held in memory, some 3 KB each; of a greater run the first ones are taken.
const MOST: u64 = 300_000;

/// How long to wait for messages that a journal on the network has and did not bring yet.
const WAIT: Duration = Duration::from_secs(2);

/// What tantivy did.
pub struct Plain {
    pub posts_per_s: f64,
    /// Processor time of the whole process.
    pub cpu_us_per_post: f64,
    pub posts: u64,
}

/// Documents that wait to be indexed.
pub struct Prepared {
    writer: PlainWriter,
    documents: Vec<PlainDocument>,
}

/// Makes documents of the tagged posts of the journal, for an index in a folder of its own.
pub fn prepare(instance: &Instance, folder: &Path, count: u64) -> Result<Prepared> {
    let writer = PlainWriter::new(folder)?;
    let mut reader = instance.journal.reader(Stream::Tagged, "bench-tantivy")?;
    let mut documents = Vec::new();
    while (documents.len() as u64) < count.min(MOST) {
        let entries = reader.poll(5_000, WAIT)?;
        if entries.is_empty() {
            break;
        }
        // Emptied by a deletion.
        for entry in entries.iter().filter(|entry| !entry.payload.is_empty()) {
            documents.push(writer.document(&wire::read_tagged(&entry.payload)?, &entry.payload));
        }
    }
    Ok(Prepared { writer, documents })
}

impl Prepared {
    /// Indexes them with a commit after each so many. Like the whole path it is done with its last commit, whatever merges
    /// are still under way.
    pub fn run(mut self, commit: u64) -> Result<Plain> {
        let posts = self.documents.len() as u64;
        let (begun, before) = (Instant::now(), usage::cpu());
        self.writer.index(self.documents, commit as usize)?;
        let (took, used) = (begun.elapsed(), usage::cpu() - before);
        let each = |time: Duration| time.as_secs_f64() / posts as f64;
        Ok(Plain { posts_per_s: 1.0 / each(took), cpu_us_per_post: 1e6 * each(used), posts })
    }
}
