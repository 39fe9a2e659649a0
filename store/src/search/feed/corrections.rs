//! Corrections of posts that are in the index already.

use journal::{Applied, Checkpoint, Entry, Sink, SinkError};
use model::wire;

use super::sink::{FAILED, SearchSink};

impl SearchSink {
    /// The position in the corrections stored with the last commit: the beginning, where there is none.
    pub fn corrections_position(&mut self) -> Result<Checkpoint, SinkError> {
        self.index.ensure_intact()?;
        // Posts of an earlier index come with what was applied to them there.
        self.carry_over()?;
        if self.open.is_none() {
            self.reopen()?;
        }
        let stored = self.index.positions()?.unwrap_or_default().corrections;
        Ok(if stored.0.is_empty() { Checkpoint::at(0) } else { stored })
    }

    /// Notes corrections, and tags the posts they are about anew, in one commit with everything that was applied before.
    pub fn correct(&mut self, entries: &[Entry]) -> Result<Applied, SinkError> {
        self.index.ensure_intact()?;
        // Every post that was applied is to be found.
        self.flush()?;
        let mut open = self.open.take().ok_or(FAILED)?;
        let mut known = self.corrections.known()?;
        let (posts, rejected) = known.take(entries);
        for id in posts {
            let Some(stored) = self.index.get(&id)? else { continue };
            let corrected = known.apply(stored.clone());
            if corrected != stored {
                open.replace(&self.index, &corrected, &wire::write_tagged(&corrected))?;
            }
        }
        entries.iter().for_each(|entry| open.positions.corrections.advance(entry));
        open.commit(&self.index)?;
        drop(known);
        self.open = Some(open);
        Ok(Applied { rejected })
    }
}
