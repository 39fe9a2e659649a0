//! Classifying again what the journal holds.

use std::time::Duration;

use anyhow::{Result, bail};
use journal::Stream;
use model::{Origin, Time, wire};
use serde::{Deserialize, Serialize};

use super::{BATCH, Instance};
use crate::instance::classifying::tagged_record;

/// What a replay did.
#[derive(Debug, Serialize, Deserialize)]
pub struct Replayed {
    /// Posts classified again.
    pub posts: u64,
    /// Number of the rule set that classified them.
    pub rules: u32,
}

/// How long messages that are known to be there are waited for: they may have been compacted away.
pub const TAIL: Duration = Duration::from_secs(5);

/// Classifies the posts that came into the journal at `from` or later with the rules in force and appends them to the
/// tagged stream. `seen_at` stays and the rule set is greater, so that they win over what the old rules said and lose
/// against whatever was read since; they notify nobody.
pub fn replay(instance: &Instance, from: Time) -> Result<Replayed> {
    const NAME: &str = "replay";
    if instance.rules == 0 {
        bail!("no classifier runs here: ask the role classify, or the process that runs all roles");
    }
    let journal = &instance.journal;
    let mut classifier = instance.classifier();
    let mut reader = journal.reader(Stream::Posts, NAME)?;
    let end = journal.end(Stream::Posts)?;
    reader.seek(&journal.position_at(Stream::Posts, from)?)?;
    let mut posts = 0;
    while !reader.position().reaches(&end) {
        let entries = reader.poll(BATCH, TAIL)?;
        if entries.is_empty() {
            break;
        }
        let read = entries.iter().filter(|entry| !entry.payload.is_empty());
        // What cannot be read was refused when it came and is a dead letter already.
        let records: Vec<_> = read
            .filter_map(|entry| Some((entry.partition, wire::read_post(&entry.payload, None).ok()?)))
            .map(|(partition, mut post)| {
                post.origin = Origin::Replay;
                tagged_record(&classifier.classify(post), partition)
            })
            .collect();
        posts += records.len() as u64;
        journal.append(Stream::Tagged, &records)?;
    }
    tracing::info!(posts, rules = instance.rules, "replayed");
    Ok(Replayed { posts, rules: instance.rules })
}
