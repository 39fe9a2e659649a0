//! Classifying again what is held: first what the journal has, then from the archive what the journal has let go.

mod archive;
mod deletions;
mod from_journal;

pub use archive::each_page;

use std::collections::HashSet;
use std::time::Duration;

use anyhow::{Result, bail};
use classify::Classifier;
use ingest::privacy::Masks;
use journal::{Record, Stream};
use model::{Origin, Post, Time};
use serde::{Deserialize, Serialize};

use crate::instance::Instance;
use crate::instance::stages::classify::tagged_record;

/// What a replay did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replayed {
    /// Posts classified again.
    pub posts: u64,
    /// Number of the rule set that classified them.
    pub rules: u32,
}

/// A line of what a replay tells while it goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplayLine {
    /// How far it is.
    Progress {
        /// Whether it reads the archive by now, and not the journal.
        archive: bool,
        /// Read so far.
        done: u64,
        /// To be read.
        of: u64,
    },
    /// It is done.
    Replayed(Replayed),
    /// It failed, in words. What was classified before stays so, and a new replay goes on from there.
    Failed(String),
}

/// How long messages before the end of a stream are waited for: they may have been compacted away.
pub const COMPACTION_WAIT: Duration = Duration::from_secs(5);

/// A replay under way.
struct Replay<'a> {
    instance: &'a Instance,
    classifier: Classifier,
    masks: Masks,
    /// Posts that the journal has, as hashes of their ids: two ids of one hash would cost one of the two its new tags.
    in_journal: HashSet<u64>,
    posts: u64,
    tell: &'a mut dyn FnMut(ReplayLine),
}

impl Replay<'_> {
    /// A stored post, masked and classified anew.
    fn again(&mut self, post: Post, partition: u32) -> Record {
        let stored = self.masks.stored(post);
        // When it was published nobody knows now either.
        let origin = if stored.origin == Origin::Found { Origin::Found } else { Origin::Replay };
        let post = Post { origin, ..stored };
        tagged_record(&self.classifier.classify(post), partition)
    }
}

/// Masks posts anew, classifies them with the rules in force and appends them to the tagged stream: those that came into the journal at `from` or later,
/// and where that reaches beyond its oldest message also those of the archive that were read at `from` or later and have tags of older
/// rules. Their `seen_at` stays and their rule set is greater, so they replace what the old rules said, and anything read later replaces
/// them. They notify nobody. Blocks.
pub fn replay(instance: &Instance, from: Time, tell: &mut dyn FnMut(ReplayLine)) -> Result<Replayed> {
    if instance.rules == 0 {
        bail!("no classifier runs here: ask the role classify, or the process that runs all roles");
    }
    let (classifier, masks) = (instance.classifier(), Masks::new(&instance.config));
    let mut replay = Replay { instance, classifier, masks, in_journal: HashSet::new(), posts: 0, tell };
    let end = instance.journal.end(Stream::Posts)?;
    if replay.read_journal(from, &end)? {
        replay.read_archive(from)?;
    }
    deletions::say_again(&*instance.journal, &mut replay.classifier, &end)?;
    let (posts, rules) = (replay.posts, instance.rules);
    tracing::info!(posts, rules, "replayed");
    Ok(Replayed { posts, rules })
}
