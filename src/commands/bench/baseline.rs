//! What tantivy alone does with the same posts: the measure that the whole path is held against.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use journal::Stream;
use model::wire;
use store::search::PlainWriter;

use crate::instance::Instance;

/// Documents are made before the clock starts and held in memory, some 3 KB each; of a greater run the first ones are taken.
const MOST: u64 = 300_000;

/// Posts in a commit: about as many as the whole path commits at once while it is behind.
const COMMIT: usize = 100_000;

/// What tantivy did.
pub struct Plain {
    pub posts_per_s: f64,
    pub posts: u64,
}

/// Indexes the tagged posts of the journal in a folder of its own, merges included.
pub fn run(instance: &Instance, folder: &Path, count: u64) -> Result<Plain> {
    let writer = PlainWriter::new(folder)?;
    let mut reader = instance.journal.reader(Stream::Tagged, "bench-tantivy")?;
    let mut documents = Vec::new();
    while (documents.len() as u64) < count.min(MOST) {
        let entries = reader.poll(5_000, Duration::ZERO)?;
        if entries.is_empty() {
            break;
        }
        // Emptied by a deletion.
        for entry in entries.iter().filter(|entry| !entry.payload.is_empty()) {
            documents.push(writer.document(&wire::read_tagged(&entry.payload)?, &entry.payload));
        }
    }
    let posts = documents.len() as u64;
    let begun = Instant::now();
    writer.index(documents, COMMIT)?;
    Ok(Plain { posts_per_s: posts as f64 / begun.elapsed().as_secs_f64(), posts })
}
