//! The single writer, and when its segments are merged.

use tantivy::indexer::LogMergePolicy;
use tantivy::{IndexWriter, TantivyError};

use crate::search::index::SearchIndex;

/// Threads that analyse posts and build segments. More would take cores away from classification; with fewer an import would wait for
/// the index.
const WRITER_THREADS: usize = 2;

/// Memory of all writer threads together before a segment is written: some 60,000 posts a thread. Less would make many small segments
/// to merge; more would be held by every process that catches up.
const WRITER_BYTES: usize = 128 << 20;

/// So many segments of similar size are merged into one. As sizes grow geometrically this bounds the number of segments, for which
/// every lookup of an id and every search pays.
const MERGE_SEGMENTS: usize = 8;

/// A segment with more posts is not merged any further; what a full writer produces still is. A merge reads whole segments through
/// mapped files, half a gigabyte at this size and many if a large index became one segment, and each further merge writes every post
/// once more. A search pays only a few microseconds for each segment.
const MERGED_POSTS: usize = 75_000;

/// A segment with a larger share of replaced or deleted posts is rewritten without them, unless it is too large to be merged: then the
/// daily purge does it.
const MERGE_DELETED_SHARE: f32 = 0.2;

/// Takes the single writer, with the threads, memory and merges of this index.
pub(in crate::search) fn open_writer(index: &SearchIndex) -> Result<IndexWriter, TantivyError> {
    let writer = index.index.writer_with_num_threads(WRITER_THREADS, WRITER_BYTES)?;
    writer.set_merge_policy(Box::new(merge_policy()));
    Ok(writer)
}

fn merge_policy() -> LogMergePolicy {
    let mut policy = LogMergePolicy::default();
    policy.set_min_num_segments(MERGE_SEGMENTS);
    policy.set_max_docs_before_merge(MERGED_POSTS);
    policy.set_del_docs_ratio_before_merge(MERGE_DELETED_SHARE);
    policy
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use tantivy::index::SegmentId;
    use tantivy::indexer::MergePolicy;

    use super::*;

    #[test]
    fn small_segments_become_one_and_large_ones_stay() {
        let folder = tempfile::tempdir().unwrap();
        let index = SearchIndex::open(folder.path(), TimeZone::UTC).unwrap();
        let merged = |sizes: &[u32]| {
            let segment = |&posts: &u32| index.index.new_segment_meta(SegmentId::generate_random(), posts);
            let segments: Vec<_> = sizes.iter().map(segment).collect();
            merge_policy().compute_merge_candidates(&segments).iter().map(|candidate| candidate.0.len()).sum::<usize>()
        };
        assert_eq!([merged(&[60_000; 7]), merged(&[60_000; 8]), merged(&[480_000; 8])], [0, 8, 0]);
    }
}
