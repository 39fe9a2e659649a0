//! The open writer, and what is known of the posts.

use std::collections::HashMap;

use journal::SinkError;
use model::{PostId, TaggedPost, Version};
use tantivy::{IndexWriter, TantivyError, Term};

use super::ids::CommittedIds;
use super::writer::open_writer;
use crate::search::index::{Positions, SearchIndex};
use crate::search::schema;

/// The writer, with the versions of the posts in the index and in the writer.
pub(super) struct Open {
    pub writer: IndexWriter,
    pub committed: CommittedIds,
    /// Posts given to the writer since the last commit.
    pub written: HashMap<PostId, Version>,
    /// Everything before them has been given to the writer.
    pub positions: Positions,
}

impl Open {
    pub(super) fn new(index: &SearchIndex) -> Result<Open, TantivyError> {
        let writer = open_writer(index)?;
        // A commit that failed may have succeeded after all: versions are compared with what is there now.
        index.reader.reload()?;
        let committed = CommittedIds::read(index.reader.searcher(), index.fields.id)?;
        let positions = index.positions()?.unwrap_or_default();
        Ok(Open { writer, committed, written: HashMap::new(), positions })
    }

    /// Gives a post to the writer if it is newer than what the index and the writer hold. One that they do not hold is left out if it was
    /// published before `oldest`, in milliseconds: it was let go. Tombstones are as old as they like.
    pub(super) fn take(
        &mut self,
        index: &SearchIndex,
        tagged: &TaggedPost,
        body: &[u8],
        oldest: i64,
    ) -> Result<(), TantivyError> {
        let id = &tagged.post.id;
        let known = match self.written.get(id) {
            Some(&version) => Some(version),
            None => self.committed.version(id)?,
        };
        match known {
            Some(known) if known >= tagged.version() => Ok(()),
            Some(_) => self.replace(index, tagged, body),
            None if schema::millis(tagged.post.published_at) < oldest && !tagged.post.is_deleted() => Ok(()),
            None => self.add(index, tagged, body),
        }
    }

    /// Puts a post in the place of what the index and the writer hold of it.
    pub(super) fn replace(
        &mut self,
        index: &SearchIndex,
        tagged: &TaggedPost,
        body: &[u8],
    ) -> Result<(), TantivyError> {
        self.writer.delete_term(Term::from_field_text(index.fields.id, tagged.post.id.as_str()));
        self.add(index, tagged, body)
    }

    fn add(&mut self, index: &SearchIndex, tagged: &TaggedPost, body: &[u8]) -> Result<(), TantivyError> {
        self.writer.add_document(schema::document(&index.fields, tagged, body))?;
        self.written.insert(tagged.post.id.clone(), tagged.version());
        Ok(())
    }

    pub(super) fn commit(&mut self, index: &SearchIndex) -> Result<(), SinkError> {
        let payload = serde_json::to_string(&self.positions)?;
        let mut commit = self.writer.prepare_commit()?;
        commit.set_payload(&payload);
        commit.commit()?;
        index.reader.reload()?;
        self.committed.renew(index.reader.searcher(), self.written.keys())?;
        tracing::debug!(written = self.written.len(), checkpoint = %self.positions.tagged, "search index committed");
        self.written.clear();
        Ok(())
    }
}
