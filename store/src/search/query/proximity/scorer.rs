//! Going through the posts of a segment.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::query::{Bm25Weight, Scorer};
use tantivy::{DocId, DocSet, Score, TERMINATED};

use super::postings::WordPostings;
use super::sentences::SentenceEnds;
use super::shape::Shape;
use crate::search::budget::Watch;

/// Stands at a post that matches, or at the end.
pub(super) struct ProximityScorer {
    words: Vec<WordPostings>,
    /// The words, the rarest first: it leads, and the others are only sought at its posts.
    order: Vec<usize>,
    /// Positions of each word in the current document.
    lists: Vec<Vec<u32>>,
    shape: Shape,
    /// What the words may not cross.
    ends: Option<SentenceEnds>,
    scores: Vec<Option<Bm25Weight>>,
    boost: Score,
    lengths: FieldNormReader,
    /// It may go through all posts without a match: nobody else could stop it.
    watch: Watch,
    doc: DocId,
}

impl ProximityScorer {
    /// A scorer at its first match; `scores` are of the words, in their order.
    pub(super) fn new(
        words: Vec<WordPostings>,
        shape: Shape,
        ends: Option<SentenceEnds>,
        scores: Vec<Option<Bm25Weight>>,
        boost: Score,
        lengths: FieldNormReader,
        watch: Watch,
    ) -> ProximityScorer {
        let mut order: Vec<usize> = (0..words.len()).collect();
        order.sort_by_key(|&i| words[i].frequency);
        let lists = vec![Vec::new(); words.len()];
        let mut scorer = ProximityScorer { words, order, lists, shape, ends, scores, boost, lengths, watch, doc: 0 };
        scorer.find(0);
        scorer
    }

    /// Goes to the first match at or after `target`.
    fn find(&mut self, mut target: DocId) -> DocId {
        loop {
            self.doc = self.with_all_words(target);
            if self.doc == TERMINATED || self.in_shape() {
                return self.doc;
            }
            target = self.doc + 1;
        }
    }

    /// The first document at or after `target` that has all the words.
    fn with_all_words(&mut self, mut target: DocId) -> DocId {
        'again: while target < TERMINATED && !self.watch.is_over_after(1) {
            for &i in &self.order {
                let doc = self.words[i].seek(target);
                if doc > target {
                    target = doc;
                    continue 'again;
                }
            }
            return target;
        }
        TERMINATED
    }

    /// Whether the words stand in the shape in the current document.
    fn in_shape(&mut self) -> bool {
        let mut places = 0;
        for (word, list) in self.words.iter_mut().zip(&mut self.lists) {
            word.positions(list);
            places += list.len() as u32;
        }
        if self.watch.is_over_after(places) {
            return false;
        }
        // The ends of sentences are looked up only where the words stand together without them.
        self.stand_together(&[])
            && self.ends.take().is_none_or(|mut ends| {
                let together = self.stand_together(ends.of(self.doc));
                self.ends = Some(ends);
                together
            })
    }

    fn stand_together(&self, ends: &[u32]) -> bool {
        let matches = |lists: &[&[u32]]| match self.shape {
            Shape::Phrase => text::positions_match_phrase(lists, ends),
            Shape::Near(gap) => text::positions_match_near(lists, gap, ends),
        };
        // Nearly every phrase has two or three words: these need no allocation for each document.
        match &self.lists[..] {
            [a, b] => matches(&[a, b]),
            [a, b, c] => matches(&[a, b, c]),
            lists => matches(&lists.iter().map(Vec::as_slice).collect::<Vec<_>>()),
        }
    }
}

impl DocSet for ProximityScorer {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED {
            return TERMINATED;
        }
        self.find(self.doc + 1)
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target <= self.doc {
            return self.doc;
        }
        self.find(target)
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.order.first().map_or(0, |&rarest| self.words[rarest].frequency)
    }

    fn cost(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.frequency)).sum()
    }
}

impl Scorer for ProximityScorer {
    fn score(&mut self) -> Score {
        let length = self.lengths.fieldnorm_id(self.doc);
        let score = |(score, list): (&Option<Bm25Weight>, &Vec<u32>)| match score {
            Some(score) => score.score(length, list.len() as u32),
            None => self.boost,
        };
        self.scores.iter().zip(&self.lists).map(score).sum()
    }
}
