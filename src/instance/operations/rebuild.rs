//! Rebuilding the index from the figures, or the figures from the index: both hold every post in full, so each can be rebuilt
//! from the other, with the end of the journal on top.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use indicatif::ProgressBar;
use journal::{Checkpoint, Entry, Journal, Sink, Stream};
use store::search::{SearchIndex, SearchSink};
use tokio::runtime::Handle;

use crate::instance::Instance;

/// Messages between two flushes: bounds the memory that a sink gathers.
const FLUSH: usize = 40_000;

/// Messages of the journal read at once.
const BATCH: usize = 5_000;

/// The journal is asked to bring what it has within this: a cluster may need some seconds to begin.
const SILENCE: Duration = Duration::from_secs(30);

/// Name by which the journal is read; its position is never committed.
const READER: &str = "refill";

/// Fills a new index from the figures, with the end of the journal on top. Blocks.
pub fn index_from_facts(instance: &Instance, index: &SearchIndex, runtime: &Handle, bar: &ProgressBar) -> Result<()> {
    let facts = instance.facts.as_ref().context("the figures are not here: use --from journal")?;
    // Everything up to here is in the figures.
    let mut reader = instance.journal.reader(Stream::Tagged, &instance.reader_name("facts")?)?;
    let counted = reader.seek(&Checkpoint::default()).unwrap_or_default();
    drop(reader);
    let mut sink = index.sink()?.corrected_by(instance.corrections());
    let mut filling = Filling::new(&mut sink, bar);
    runtime.block_on(facts.every_post(|posts| filling.take(posts)))?;
    filling.end()?;
    SearchSink::begin_at(&mut sink, &counted).map_err(anyhow::Error::from_boxed)?;
    tail(&*instance.journal, Some(&counted), &mut sink, bar)
}

/// Fills a new index from the journal alone: posts that it no longer keeps are missing. Blocks.
pub fn index_from_journal(instance: &Instance, index: &SearchIndex, bar: &ProgressBar) -> Result<()> {
    let mut sink = index.sink()?.corrected_by(instance.corrections());
    SearchSink::begin_at(&mut sink, &Checkpoint::default()).map_err(anyhow::Error::from_boxed)?;
    tail(&*instance.journal, None, &mut sink, bar)
}

/// Fills the figures' posts, which must be empty. Blocks.
pub fn facts(instance: &Instance, runtime: &Handle, bar: &ProgressBar) -> Result<()> {
    let (Some(facts), Some(index)) = (&instance.facts, &instance.index) else {
        bail!("the figures are made from the index, and both must be here");
    };
    let mut sink = facts.posts_sink(runtime.clone(), instance.corrections());
    let mut filling = Filling::new(&mut sink, bar);
    index.every_post(|posts| filling.take(posts))?;
    filling.end()?;
    tail(&*instance.journal, index.checkpoint()?.as_ref(), &mut sink, bar)
}

/// Puts the messages of the journal into a sink, from a position or else from the oldest kept; deletions first.
fn tail(journal: &dyn Journal, start: Option<&Checkpoint>, sink: &mut dyn Sink, bar: &ProgressBar) -> Result<()> {
    let end = journal.end(Stream::Tagged)?;
    for deletions in [true, false] {
        let mut gathered = 0;
        let mut reader = journal.reader(Stream::Tagged, READER)?;
        match start {
            Some(start) => {
                reader.seek(start).context("the journal no longer keeps what followed: use --from journal")?
            }
            None => reader.seek(&Checkpoint::default())?,
        };
        while !reader.position().reaches(&end) {
            let mut entries = reader.poll(BATCH, SILENCE)?;
            if entries.is_empty() {
                bail!("the journal stands at {} and brings nothing up to its end {end}", reader.position());
            }
            if deletions {
                entries.retain(is_tombstone);
            }
            // What cannot be read was rejected when it came and is a dead letter already.
            sink.apply(&entries).map_err(anyhow::Error::from_boxed)?;
            gathered += entries.len();
            if gathered >= FLUSH {
                gathered = 0;
                sink.flush().map_err(anyhow::Error::from_boxed)?;
            }
            bar.inc(entries.len() as u64);
        }
        sink.flush().map_err(anyhow::Error::from_boxed)?;
    }
    Ok(())
}

fn is_tombstone(entry: &Entry) -> bool {
    model::wire::read_tagged(&entry.payload).is_ok_and(|tagged| tagged.post.is_deleted())
}

/// Gives messages from elsewhere than the journal to a sink.
pub struct Filling<'a> {
    sink: &'a mut dyn Sink,
    bar: &'a ProgressBar,
    gathered: usize,
}

impl<'a> Filling<'a> {
    /// Nothing given yet.
    pub fn new(sink: &'a mut dyn Sink, bar: &'a ProgressBar) -> Filling<'a> {
        Filling { sink, bar, gathered: 0 }
    }

    /// Gives messages. One that the sink cannot understand is an error: it was understood when it was stored.
    pub fn take(&mut self, payloads: Vec<Vec<u8>>) -> Result<()> {
        // Position 0 of the journal never exists, so none that is stored looks greater than it is.
        let entry = |payload| Entry { partition: 0, offset: 0, key: String::new(), payload };
        let entries: Vec<Entry> = payloads.into_iter().map(entry).collect();
        let applied = self.sink.apply(&entries).map_err(anyhow::Error::from_boxed)?;
        if let Some(refusal) = applied.rejected.first() {
            bail!("a stored message is not understood: {}", refusal.reason);
        }
        self.bar.inc(entries.len() as u64);
        self.gathered += entries.len();
        if self.gathered >= FLUSH {
            self.gathered = 0;
            self.sink.flush().map_err(anyhow::Error::from_boxed)?;
        }
        Ok(())
    }

    /// Makes the last of them durable.
    pub fn end(self) -> Result<()> {
        self.sink.flush().map_err(anyhow::Error::from_boxed)
    }
}
