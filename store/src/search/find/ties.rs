//! Ties are ordered by id. tantivy's own sort by a text reads the ids of twice a page in every segment, each from a block that it
//! unpacks again; this one reads ids only when there is a tie, and a hit costs no more than its address.

use std::cmp::Ordering;
use std::fmt;
use std::sync::{Arc, OnceLock};

use tantivy::collector::sort_key::Comparator;
use tantivy::collector::{SegmentSortKeyComputer, SortKeyComputer};
use tantivy::columnar::StrColumn;
use tantivy::fastfield::FastFieldReaders;
use tantivy::index::SegmentId;
use tantivy::{DocAddress, DocId, Score, Searcher, SegmentOrdinal, SegmentReader, TantivyError};

use crate::search::schema;

/// Orders by id, the least first.
#[derive(Clone, Default)]
pub(super) struct ById(Arc<[Segment]>);

/// A segment and its ids, opened with the first tie.
struct Segment {
    id: SegmentId,
    columns: FastFieldReaders,
    ids: OnceLock<Option<StrColumn>>,
}

impl ById {
    /// Among what a searcher finds.
    pub fn new(searcher: &Searcher) -> ById {
        let segment = |reader: &SegmentReader| Segment {
            id: reader.segment_id(),
            columns: reader.fast_fields().clone(),
            ids: OnceLock::new(),
        };
        ById(searcher.segment_readers().iter().map(segment).collect())
    }

    /// Every document has an id: if it cannot be read, reading the document will tell why.
    fn ids(&self, segment: SegmentOrdinal) -> Option<&StrColumn> {
        let Segment { columns, ids, .. } = self.0.get(segment as usize)?;
        ids.get_or_init(|| columns.str(schema::ID).ok().flatten()).as_ref()
    }

    /// The place of an id among those of its segment.
    fn ord(&self, at: DocAddress) -> Option<u64> {
        self.ids(at.segment_ord)?.ords().first(at.doc_id)
    }

    fn read(&self, at: DocAddress) -> Option<String> {
        let mut id = String::new();
        self.ids(at.segment_ord)?.ord_to_str(self.ord(at)?, &mut id).ok()?;
        Some(id)
    }
}

impl Comparator<DocAddress> for ById {
    /// The greater comes first.
    fn compare(&self, &a: &DocAddress, &b: &DocAddress) -> Ordering {
        if a.segment_ord == b.segment_ord { self.ord(b).cmp(&self.ord(a)) } else { self.read(b).cmp(&self.read(a)) }
    }
}

impl fmt::Debug for ById {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the ids of {} segments", self.0.len())
    }
}

impl SortKeyComputer for ById {
    type SortKey = DocAddress;
    type Child = SegmentById;
    type Comparator = ById;

    fn comparator(&self) -> ById {
        self.clone()
    }

    fn segment_sort_key_computer(&self, reader: &SegmentReader) -> tantivy::Result<SegmentById> {
        let here = self.0.iter().position(|segment| segment.id == reader.segment_id());
        let unknown = || TantivyError::InvalidArgument("ids are ordered by the searcher that finds them".into());
        Ok(SegmentById { by_id: self.clone(), here: here.ok_or_else(unknown)? as SegmentOrdinal })
    }
}

pub(super) struct SegmentById {
    by_id: ById,
    here: SegmentOrdinal,
}

impl SegmentSortKeyComputer for SegmentById {
    type SortKey = DocAddress;
    type SegmentSortKey = DocAddress;
    type SegmentComparator = ById;

    fn segment_comparator(&self) -> ById {
        self.by_id.clone()
    }

    fn segment_sort_key(&mut self, doc: DocId, _score: Score) -> DocAddress {
        DocAddress::new(self.here, doc)
    }

    fn convert_segment_sort_key(&self, at: DocAddress) -> DocAddress {
        at
    }
}
