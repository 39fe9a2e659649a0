//! The collector that counts values and times of posts.

use std::collections::{BTreeMap, HashMap};

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader, TantivyError};

use crate::search::schema;

/// What the posts are counted by, each a fast field of text.
const BY: [&str; 6] = [schema::SECTOR, schema::TOPIC, schema::RISK, schema::SOURCE, schema::OBJECT, schema::STATE];

/// Milliseconds in a quarter of an hour. Zones are whole quarters of an hour apart, and so are their changes.
pub(super) const QUARTER_MS: i64 = 15 * 60 * 1000;

/// The quarter of an hour of a time, counted from 1970.
pub(super) fn quarter_of(millis: i64) -> i64 {
    millis.div_euclid(QUARTER_MS)
}

/// The collector.
pub(super) struct Counting;

/// What it counts.
#[derive(Default)]
pub(super) struct Counted {
    pub total: u64,
    pub values: [HashMap<String, u64>; BY.len()],
    /// By quarter of an hour since 1970; those of each segment in order.
    pub quarters: Vec<(i64, u64)>,
}

pub(super) struct SegmentCounting {
    total: u64,
    /// Each column with a count for each of its ordinals. Absent if no post of the segment has a value.
    columns: [Option<(StrColumn, Vec<u64>)>; BY.len()],
    published_at: Option<Column<i64>>,
    /// Counts from the segment's first quarter on.
    first_quarter: i64,
    quarters: Vec<u64>,
    /// For times beyond the span that [`SegmentCounting::quarters`] can hold.
    others: BTreeMap<i64, u64>,
}

/// A segment's quarters of an hour are counted in an array if they span no more than this: eleven years.
const MAX_SPAN: i64 = 400_000;

impl Collector for Counting {
    type Fruit = Result<Counted, TantivyError>;
    type Child = SegmentCounting;

    fn for_segment(&self, _: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<SegmentCounting> {
        let fast = reader.fast_fields();
        let open = |name: &str| {
            let column = fast.str(name)?;
            Ok::<_, TantivyError>(column.map(|column| {
                let counts = vec![0; column.num_terms()];
                (column, counts)
            }))
        };
        let mut columns = [const { None }; BY.len()];
        for (column, name) in columns.iter_mut().zip(BY) {
            *column = open(name)?;
        }
        let published_at: Option<Column<i64>> = fast.column_opt(schema::PUBLISHED_AT)?;
        let span = published_at.as_ref().map(|column| (quarter_of(column.min_value()), quarter_of(column.max_value())));
        let (first_quarter, last) = span.unwrap_or_default();
        let quarters = vec![0; (last - first_quarter).clamp(0, MAX_SPAN) as usize + 1];
        Ok(SegmentCounting { total: 0, columns, published_at, first_quarter, quarters, others: BTreeMap::new() })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Result<Counted, TantivyError>>) -> tantivy::Result<Self::Fruit> {
        let mut sum = Counted::default();
        for counted in segments {
            let counted = counted?;
            sum.total += counted.total;
            for (sum, values) in sum.values.iter_mut().zip(counted.values) {
                values.into_iter().for_each(|(key, posts)| *sum.entry(key).or_default() += posts);
            }
            sum.quarters.extend(counted.quarters);
        }
        Ok(Ok(sum))
    }
}

impl SegmentCollector for SegmentCounting {
    type Fruit = Result<Counted, TantivyError>;

    fn collect(&mut self, doc: DocId, _: Score) {
        self.total += 1;
        for (column, counts) in self.columns.iter_mut().flatten() {
            for ord in column.ords().values_for_doc(doc) {
                counts[ord as usize] += 1;
            }
        }
        if let Some(time) = self.published_at.as_ref().and_then(|column| column.first(doc)) {
            let quarter = quarter_of(time);
            match usize::try_from(quarter - self.first_quarter).ok().and_then(|n| self.quarters.get_mut(n)) {
                Some(count) => *count += 1,
                None => *self.others.entry(quarter).or_default() += 1,
            }
        }
    }

    fn harvest(self) -> Result<Counted, TantivyError> {
        let mut counted = Counted { total: self.total, ..Counted::default() };
        for (column, values) in self.columns.into_iter().zip(&mut counted.values) {
            let Some((column, counts)) = column else { continue };
            let (ords, posts): (Vec<u64>, Vec<u64>) = (0..).zip(counts).filter(|(_, posts)| *posts > 0).unzip();
            // All at once: read one by one, each would unpack its block of the dictionary again.
            let mut posts = posts.into_iter();
            column.dictionary().sorted_ords_to_term_cb(&ords, |key| {
                values.extend(posts.next().map(|posts| (String::from_utf8_lossy(key).into_owned(), posts)));
            })?;
        }
        let quarters = (self.first_quarter..).zip(self.quarters).chain(self.others);
        counted.quarters.extend(quarters.filter(|(_, posts)| *posts > 0));
        Ok(counted)
    }
}
