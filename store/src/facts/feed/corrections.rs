//! Corrections of posts that are in the table already.

use journal::{Applied, Checkpoint, Entry, Sink, SinkError};
use tokio::runtime::Handle;

use crate::corrections::Corrections;
use crate::facts::client::Facts;
use crate::facts::queries::PostsFilter;
use crate::facts::tables::row_of;

impl Facts {
    /// Takes in the stream `corrections`; the sink of the posts must share them. The sink blocks, like [`Facts::posts_sink`].
    ///
    /// A corrected post is inserted once more under the same version: of rows of one version the last one inserted counts. While this
    /// reads and inserts, the other sink inserts nothing.
    pub fn corrections_sink(&self, handle: Handle, corrections: Corrections) -> impl Sink + use<> {
        CorrectionsSink { facts: self.clone(), handle, corrections }
    }
}

struct CorrectionsSink {
    facts: Facts,
    handle: Handle,
    corrections: Corrections,
}

impl Sink for CorrectionsSink {
    fn position(&mut self) -> Result<Option<Checkpoint>, SinkError> {
        Ok(None)
    }

    fn apply(&mut self, entries: &[Entry]) -> Result<Applied, SinkError> {
        let mut known = self.corrections.known()?;
        let (posts, rejected) = known.take(entries);
        let ids: Vec<String> = posts.into_iter().map(String::from).collect();
        if !ids.is_empty() {
            let filter = PostsFilter { ids, ..PostsFilter::default() };
            let stored = self.handle.block_on(self.facts.posts(&filter, filter.ids.len()))?;
            let corrected = stored.into_iter().filter_map(|stored| {
                let corrected = known.apply(stored.clone());
                (corrected != stored).then(|| row_of(corrected))
            });
            let rows: Vec<_> = corrected.collect();
            if !rows.is_empty() {
                self.handle.block_on(self.facts.insert("posts", &rows))?;
            }
        }
        Ok(Applied { rejected })
    }
}
