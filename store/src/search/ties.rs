//! Ties are ordered by id. tantivy's own sort by a text reads the id of every candidate of every segment; this one reads ids
//! only where there is a tie.

use std::cmp::Ordering;
use std::fmt;
use std::sync::{Arc, OnceLock};

use tantivy::collector::sort_key::Comparator;
use tantivy::collector::{SegmentSortKeyComputer, SortKeyComputer};
use tantivy::columnar::StrColumn;
use tantivy::fastfield::FastFieldReaders;
use tantivy::{DocId, Score, SegmentReader};

use super::schema;

/// Orders by id, the least first.
pub(super) struct ById;

/// The ids of a segment, opened with the first tie.
pub(super) struct Ids {
    columns: FastFieldReaders,
    column: OnceLock<Option<StrColumn>>,
}

/// The id of a document, not yet read.
#[derive(Clone)]
pub(super) struct Unread {
    ids: Arc<Ids>,
    doc: DocId,
}

#[derive(Debug, Default)]
pub(super) struct LeastFirst;

impl SortKeyComputer for ById {
    type SortKey = Unread;
    type Child = SegmentById;
    type Comparator = LeastFirst;

    fn segment_sort_key_computer(&self, segment: &SegmentReader) -> tantivy::Result<SegmentById> {
        let columns = segment.fast_fields().clone();
        Ok(SegmentById { ids: Arc::new(Ids { columns, column: OnceLock::new() }) })
    }
}

pub(super) struct SegmentById {
    ids: Arc<Ids>,
}

impl SegmentSortKeyComputer for SegmentById {
    type SortKey = Unread;
    type SegmentSortKey = Unread;
    type SegmentComparator = LeastFirst;

    fn segment_sort_key(&mut self, doc: DocId, _score: Score) -> Unread {
        Unread { ids: Arc::clone(&self.ids), doc }
    }

    fn convert_segment_sort_key(&self, id: Unread) -> Unread {
        id
    }
}

impl Unread {
    /// Its place among the ids of its segment.
    fn ord(&self) -> Option<u64> {
        self.ids.column()?.ords().first(self.doc)
    }

    fn read(&self) -> Option<String> {
        let mut id = String::new();
        self.ids.column()?.ord_to_str(self.ord()?, &mut id).ok()?;
        Some(id)
    }
}

impl Ids {
    /// Every document has an id: where it cannot be read, reading the document will say why.
    fn column(&self) -> Option<&StrColumn> {
        self.column.get_or_init(|| self.columns.str(schema::ID).ok().flatten()).as_ref()
    }
}

impl Comparator<Unread> for LeastFirst {
    /// The greater comes first.
    fn compare(&self, a: &Unread, b: &Unread) -> Ordering {
        if Arc::ptr_eq(&a.ids, &b.ids) { b.ord().cmp(&a.ord()) } else { b.read().cmp(&a.read()) }
    }
}

impl fmt::Debug for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the id of document {}", self.doc)
    }
}
