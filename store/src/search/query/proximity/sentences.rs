//! Where the sentences of a post end.

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader, TantivyError, Term};

/// The marks at the ends of sentences, read only in posts whose words stand together.
pub(super) struct SentenceEnds {
    /// None if no post of the segment has a word.
    postings: Option<SegmentPostings>,
    ends: Vec<u32>,
}

impl SentenceEnds {
    pub(super) fn open(reader: &SegmentReader, field: Field, term: &Term) -> Result<SentenceEnds, TantivyError> {
        let inverted = reader.inverted_index(field)?;
        let postings = inverted.read_postings(term, IndexRecordOption::WithFreqsAndPositions)?;
        Ok(SentenceEnds { postings, ends: Vec::new() })
    }

    /// The last position of each sentence of a document, ascending. Documents are asked about in their order.
    pub(super) fn of(&mut self, doc: DocId) -> &[u32] {
        self.ends.clear();
        if let Some(postings) = &mut self.postings {
            let at = if postings.doc() < doc { postings.seek(doc) } else { postings.doc() };
            if at == doc {
                postings.append_positions_with_offset(0, &mut self.ends);
            }
        }
        &self.ends
    }
}
