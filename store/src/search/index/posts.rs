//! Posts of the index, other than by a search.

use journal::Checkpoint;
use model::{PostId, TaggedPost, wire};
use tantivy::collector::{Count, TopDocs};
use tantivy::query::TermQuery;
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{DocAddress, Searcher, TantivyDocument, Term};

use super::error::SearchError;
use super::open::SearchIndex;
use crate::search::schema;

/// Posts read back at once.
const PAGE: usize = 10_000;

/// Where an index keeps its posts as JSON.
#[derive(Clone, Copy)]
pub(in crate::search) struct StoredFields {
    pub body: Field,
    pub tombstone: Field,
}

/// Hands over every post and tombstone of an index, also of one with other fields, as [`SearchIndex::every_post`] does.
pub(in crate::search) fn each_stored<E: From<SearchError>>(
    searcher: &Searcher,
    stored: StoredFields,
    each: &mut dyn FnMut(Vec<Vec<u8>>) -> Result<(), E>,
) -> Result<(), E> {
    for wanted in [true, false] {
        let field = if wanted { stored.tombstone } else { stored.body };
        let mut page = Vec::new();
        for (segment, reader) in searcher.segment_readers().iter().enumerate() {
            let deleted = reader.fast_fields().bool(schema::DELETED).map_err(SearchError::from)?;
            for doc in reader.doc_ids_alive().filter(|&doc| deleted.first(doc) == Some(wanted)) {
                let document: TantivyDocument =
                    searcher.doc(DocAddress::new(segment as u32, doc)).map_err(SearchError::from)?;
                let body = document.get_first(field).and_then(|value| value.as_bytes().map(<[u8]>::to_vec));
                page.push(body.ok_or_else(|| SearchError::Damaged("a post has no text".into()))?);
                if page.len() >= PAGE {
                    each(std::mem::take(&mut page))?;
                }
            }
        }
        if !page.is_empty() {
            each(page)?;
        }
    }
    Ok(())
}

impl SearchIndex {
    /// The post with an id; `None` if there is none or it was deleted.
    pub fn get(&self, id: &PostId) -> Result<Option<TaggedPost>, SearchError> {
        let searcher = self.reader.searcher();
        self.ensure_intact()?;
        let term = Term::from_field_text(self.fields.id, id.as_str());
        let found = searcher
            .search(&TermQuery::new(term, IndexRecordOption::Basic), &TopDocs::with_limit(1).order_by_score())?;
        found.first().map_or(Ok(None), |&(_, address)| self.post(&searcher, address))
    }

    /// Whether the index has the tagged posts up to a position; if so, they are found from now on.
    pub fn holds(&self, tagged: &Checkpoint) -> Result<bool, SearchError> {
        // While it is made of an earlier one, it lacks some that were read long ago.
        if self.rebuilding().is_some() || !self.checkpoint()?.unwrap_or_default().reaches(tagged) {
            return Ok(false);
        }
        // Whoever commits stores the position first, and renews the reader then.
        self.reader.reload()?;
        Ok(true)
    }

    /// Posts that a search can find.
    pub fn docs(&self) -> Result<u64, SearchError> {
        // The index knows how many documents it holds; what is counted is the few that are tombstones.
        let tombstones = Term::from_field_bool(self.fields.deleted, true);
        let searcher = self.reader.searcher();
        let tombstones = searcher.search(&TermQuery::new(tombstones, IndexRecordOption::Basic), &Count)? as u64;
        Ok(searcher.num_docs().saturating_sub(tombstones))
    }

    /// Id, version and whether it is deleted, of every post and tombstone, by id. Two indexes fed with the same versions
    /// in any order agree on this.
    pub fn versions(&self) -> Result<Vec<(PostId, u64, bool)>, SearchError> {
        let mut versions = Vec::new();
        for segment in self.reader.searcher().segment_readers() {
            let columns = segment.fast_fields();
            let (Some(ids), numbers) = (columns.str(schema::ID)?, columns.u64(schema::VERSION)?) else {
                continue;
            };
            let deleted = columns.bool(schema::DELETED)?;
            for doc in segment.doc_ids_alive() {
                let mut id = String::new();
                if let Some(ord) = ids.ords().first(doc) {
                    ids.ord_to_str(ord, &mut id)?;
                }
                let id = PostId::new(id).map_err(|error| SearchError::Damaged(error.to_string()))?;
                versions.push((id, numbers.first(doc).unwrap_or_default(), deleted.first(doc).unwrap_or_default()));
            }
        }
        versions.sort();
        Ok(versions)
    }

    /// Hands over every post and tombstone as JSON: tombstones first, so that a store filled from them never
    /// writes a text that was deleted.
    pub fn every_post<E: From<SearchError>>(
        &self,
        mut each: impl FnMut(Vec<Vec<u8>>) -> Result<(), E>,
    ) -> Result<(), E> {
        let stored = StoredFields { body: self.fields.body, tombstone: self.fields.tombstone };
        each_stored(&self.reader.searcher(), stored, &mut each)
    }

    /// The stored post at an address; `None` for a tombstone.
    pub(in crate::search) fn post(
        &self,
        searcher: &Searcher,
        address: DocAddress,
    ) -> Result<Option<TaggedPost>, SearchError> {
        let document: TantivyDocument = searcher.doc(address)?;
        let read = |body| wire::read_tagged(body).map_err(|error| SearchError::Damaged(error.to_string()));
        self.body(&document).map(read).transpose()
    }

    /// The JSON of a stored post; `None` for a tombstone.
    pub(in crate::search) fn body<'a>(&self, document: &'a TantivyDocument) -> Option<&'a [u8]> {
        document.get_first(self.fields.body)?.as_bytes()
    }
}
