//! Posts that are older than what is kept.

use std::ops::Bound;

use journal::{Sink, SinkError};
use model::Time;
use tantivy::Term;
use tantivy::collector::Count;
use tantivy::query::RangeQuery;

use super::sink::{FAILED, SearchSink};
use crate::search::schema::millis;

impl SearchSink {
    /// Removes every post that was published before a time, in one commit with everything that was applied before; their texts leave the disk
    /// when their segments are [rewritten](SearchSink::rewrite). Tombstones stay. Returns how many posts went.
    pub fn let_go(&mut self, before: Time) -> Result<usize, SinkError> {
        self.index.ensure_intact()?;
        // Every post that was applied is to be found.
        self.flush()?;
        let before = Term::from_field_i64(self.index.fields.published_at, millis(before));
        let older = RangeQuery::new(Bound::Unbounded, Bound::Excluded(before));
        let posts = self.index.reader.searcher().search(&older, &Count)?;
        if posts > 0 {
            let mut open = self.open.take().ok_or(FAILED)?;
            open.writer.delete_query(Box::new(older))?;
            open.commit(&self.index)?;
            self.open = Some(open);
        }
        Ok(posts)
    }
}
