//! Where a word stands.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED};

use super::shape::Terms;
use crate::search::budget::Watch;

/// Opening a list of posts takes as long as reading so many of them.
const OPENING: u32 = 16;

/// The documents and positions of a word: the union of its terms, by a heap on their current documents.
pub(super) struct WordPostings {
    heap: BinaryHeap<Reverse<(DocId, usize)>>,
    postings: Vec<SegmentPostings>,
    /// Documents of all its terms together.
    pub frequency: u32,
}

impl WordPostings {
    /// Of some of its terms only, where the search has to stop.
    pub(super) fn open(
        reader: &SegmentReader,
        field: Field,
        terms: &Terms,
        watch: &mut Watch,
    ) -> tantivy::Result<WordPostings> {
        let inverted = reader.inverted_index(field)?;
        let mut infos = Vec::new();
        for term in &terms.single {
            infos.extend(inverted.get_term_info(term)?);
        }
        for (first, last) in &terms.ranges {
            let range = inverted.terms().range().ge(first.serialized_value_bytes());
            let mut stream = range.le(last.serialized_value_bytes()).into_stream()?;
            while let Some((_, info)) = stream.next() {
                infos.push(info.clone());
            }
        }
        let mut word = WordPostings { heap: BinaryHeap::new(), postings: Vec::new(), frequency: 0 };
        for info in infos {
            if watch.is_over_after(OPENING) {
                break;
            }
            let postings = inverted.read_postings_from_terminfo(&info, IndexRecordOption::WithFreqsAndPositions)?;
            word.heap.push(Reverse((postings.doc(), word.postings.len())));
            word.frequency = word.frequency.saturating_add(info.doc_freq);
            word.postings.push(postings);
        }
        Ok(word)
    }

    pub(super) fn doc(&self) -> DocId {
        self.heap.peek().map_or(TERMINATED, |Reverse((doc, _))| *doc)
    }

    pub(super) fn seek(&mut self, target: DocId) -> DocId {
        while let Some(mut first) = self.heap.peek_mut() {
            let Reverse((doc, i)) = *first;
            if doc >= target {
                return doc;
            }
            match self.postings[i].seek(target) {
                TERMINATED => drop(PeekMut::pop(first)),
                doc => *first = Reverse((doc, i)),
            }
        }
        TERMINATED
    }

    /// Its positions in the current document, sorted and each once.
    pub(super) fn positions(&mut self, list: &mut Vec<u32>) {
        list.clear();
        let current = self.doc();
        for Reverse((doc, i)) in &self.heap {
            if *doc == current {
                self.postings[*i].append_positions_with_offset(0, list);
            }
        }
        list.sort_unstable();
        list.dedup();
    }
}
