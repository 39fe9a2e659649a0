//! The sink of the posts.

use journal::{Applied, Checkpoint, Entry, Sink, SinkError};
use tokio::runtime::Handle;

use super::rows::read_rows;
use crate::corrections::Corrections;
use crate::facts::client::{Facts, FactsError};
use crate::facts::tables::{PostRow, post_row};

impl Facts {
    /// Takes in the stream `tagged`, as people corrected it. The sink blocks: it must not run on a thread of the runtime.
    pub fn posts_sink(&self, handle: Handle, corrections: Corrections) -> impl Sink + use<> {
        PostsSink { facts: self.clone(), handle, corrections, rows: Vec::new() }
    }
}

struct PostsSink {
    facts: Facts,
    handle: Handle,
    corrections: Corrections,
    /// Not yet inserted, with the tags of the rules.
    rows: Vec<PostRow>,
}

impl Sink for PostsSink {
    fn position(&mut self) -> Result<Option<Checkpoint>, SinkError> {
        self.rows.clear();
        Ok(None)
    }

    fn apply(&mut self, entries: &[Entry]) -> Result<Applied, SinkError> {
        Ok(read_rows(entries, post_row, self.facts.retention.oldest_ms(), &mut self.rows))
    }

    /// Corrected here and not when they were applied: a correction that came meanwhile looked for them in the table.
    fn flush(&mut self) -> Result<(), SinkError> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let known = self.corrections.known()?;
        self.rows.iter_mut().try_for_each(|row| row.correct(&known)).map_err(FactsError::Stored)?;
        self.handle.block_on(self.facts.insert("posts", &self.rows))?;
        drop(known);
        self.rows.clear();
        Ok(())
    }
}
