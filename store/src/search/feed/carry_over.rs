//! Making an index anew out of the one of an earlier build.

use journal::SinkError;
use model::wire;

use super::open::Open;
use crate::search::index::{Positions, SearchError, SearchIndex, StoredFields, each_stored};

/// Posts between two commits. A rebuild that is cut off keeps what was committed and need not index it again.
const COMMIT_POSTS: usize = 200_000;

/// What a rebuild that somebody stopped ends with.
const INTERRUPTED: &str = "the search index is not made anew yet; this goes on with the next start";

/// Takes every post of the earlier index, as people had corrected it there, and then its places in the journal, and removes it. Does
/// nothing where there is none.
pub(super) fn carry_over(index: &SearchIndex, open: &mut Open) -> Result<(), SinkError> {
    let Some(earlier) = index.earlier() else { return Ok(()) };
    let (schema, reader, payload) = earlier.open()?;
    let stored = StoredFields { body: schema.get_field("body")?, tombstone: schema.get_field("tombstone")? };
    let searcher = reader.searcher();
    earlier.begin(searcher.num_docs());
    let oldest = index.retention.oldest_ms();
    let mut uncommitted = 0;
    each_stored::<SinkError>(&searcher, stored, &mut |posts| {
        if earlier.is_interrupted() {
            return Err(INTERRUPTED.into());
        }
        for body in &posts {
            // It was understood when it was stored.
            let tagged = wire::read_tagged(body).map_err(|error| SearchError::Damaged(error.to_string()))?;
            open.take(index, &tagged, body, oldest)?;
        }
        earlier.advance(posts.len());
        uncommitted += posts.len();
        if uncommitted >= COMMIT_POSTS {
            uncommitted = 0;
            open.commit(index)?;
        }
        Ok(())
    })?;
    // Its places in the journal go into the same commit as the last of its posts.
    if let Some(payload) = payload {
        open.positions.merge(&Positions::read(&payload)?);
    }
    open.commit(index)?;
    earlier.finish()?;
    tracing::info!(posts = searcher.num_docs(), "the search index is made anew");
    Ok(())
}
