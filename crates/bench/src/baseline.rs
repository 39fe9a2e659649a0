//! What tantivy alone does with the same posts: the yardstick for the whole path.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use classify::Classifier;
use config::Config;
use model::wire;
use store::search::{PlainDocument, PlainWriter};

use crate::cpu;
use crate::posts::Posts;

/// Documents are made before the clock starts and held in memory, some 3 KB each: of a longer run only the first ones are taken.
const MAX_DOCUMENTS: u64 = 300_000;

/// What tantivy did.
pub struct Plain {
    /// Posts indexed in a second.
    pub posts_per_s: f64,
    /// Processor time of the whole process.
    pub cpu_us_per_post: f64,
    /// Posts indexed.
    pub posts: u64,
}

/// Documents that wait to be indexed.
pub struct Prepared {
    writer: PlainWriter,
    documents: Vec<PlainDocument>,
}

/// Makes documents of the posts as the classifier tags them, for an index in a folder of its own.
pub fn prepare(config: Arc<Config>, mut posts: Posts, folder: &Path, count: u64) -> Result<Prepared> {
    let writer = PlainWriter::new(folder)?;
    let mut classifier = Classifier::new(config, 1);
    let mut documents = Vec::new();
    for _ in 0..count.min(MAX_DOCUMENTS) {
        let tagged = classifier.classify(posts.next()?);
        documents.push(writer.document(&tagged, &wire::write_tagged(&tagged)));
    }
    Ok(Prepared { writer, documents })
}

impl Prepared {
    /// Indexes them with a commit after each so many. Like the whole path it is done with its last commit, whatever merges
    /// are still under way.
    pub fn run(mut self, commit: u64) -> Result<Plain> {
        let posts = self.documents.len() as u64;
        let (begun, before) = (Instant::now(), cpu::process_time());
        self.writer.index(self.documents, commit as usize)?;
        let (took, used) = (begun.elapsed(), cpu::process_time() - before);
        let each = |time: Duration| time.as_secs_f64() / posts as f64;
        Ok(Plain { posts_per_s: 1.0 / each(took), cpu_us_per_post: 1e6 * each(used), posts })
    }
}
