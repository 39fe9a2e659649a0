//! Phrases and nearness as a tantivy query of our own.
//!
//! tantivy's phrase query has no alternatives at one position and counts slop its own way. This one finds the posts that
//! have all the words and asks `text`, which defines the meaning, about their positions.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{
    Bm25StatisticsProvider, Bm25Weight, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term};

/// What a word of a query meets in the index: any of the terms, and any between two, both included.
#[derive(Debug, Clone, Default)]
pub(super) struct Terms {
    pub single: Vec<Term>,
    pub ranges: Vec<(Term, Term)>,
}

/// How the words must stand.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// Next to each other, in order.
    Phrase,
    /// In any order, at most so many other tokens between the first and the last.
    Near(u32),
}

/// Posts in which words stand in a shape. The score is the sum of the BM25 of its words, that of a word with alternatives
/// by its most frequent one; a word of prefixes only counts 1.
#[derive(Debug, Clone)]
pub(super) struct PositionQuery {
    pub field: Field,
    pub words: Vec<Terms>,
    pub shape: Shape,
}

impl Query for PositionQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let scores = match scoring {
            EnableScoring::Enabled { statistics_provider, .. } => {
                self.words.iter().map(|word| self.bm25(word, statistics_provider)).collect::<Result<_, _>>()?
            }
            EnableScoring::Disabled { .. } => vec![None; self.words.len()],
        };
        Ok(Box::new(PositionWeight { query: self.clone(), scores }))
    }
}

impl PositionQuery {
    fn bm25(&self, word: &Terms, statistics: &dyn Bm25StatisticsProvider) -> tantivy::Result<Option<Bm25Weight>> {
        if word.single.is_empty() {
            return Ok(None);
        }
        let mut frequency = 0;
        for term in &word.single {
            frequency = frequency.max(statistics.doc_freq(term)?);
        }
        let docs = statistics.total_num_docs()?;
        let mean_length = statistics.total_num_tokens(self.field)? as Score / docs.max(1) as Score;
        Ok(Some(Bm25Weight::for_one_term_without_explain(frequency, docs, mean_length)))
    }
}

struct PositionWeight {
    query: PositionQuery,
    scores: Vec<Option<Bm25Weight>>,
}

impl Weight for PositionWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let words: Vec<Word> = self
            .query
            .words
            .iter()
            .map(|terms| Word::open(reader, self.query.field, terms))
            .collect::<Result<_, TantivyError>>()?;
        if words.is_empty() || words.iter().any(|word| word.doc() == TERMINATED) {
            return Ok(Box::new(EmptyScorer));
        }
        // The rarest word leads, the others are only sought at its posts.
        let mut order: Vec<usize> = (0..words.len()).collect();
        order.sort_by_key(|&i| words[i].frequency);
        let mut scorer = PositionScorer {
            order,
            lists: vec![Vec::new(); words.len()],
            words,
            shape: self.query.shape,
            scores: self.scores.iter().map(|score| score.as_ref().map(|score| score.boost_by(boost))).collect(),
            boost,
            lengths: reader.get_fieldnorms_reader(self.query.field)?,
            doc: 0,
        };
        scorer.find(0);
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(TantivyError::InvalidArgument(format!("document {doc} does not match")));
        }
        Ok(Explanation::new("sum of the BM25 of the words", scorer.score()))
    }
}

struct PositionScorer {
    words: Vec<Word>,
    order: Vec<usize>,
    /// Positions of each word in the current document.
    lists: Vec<Vec<u32>>,
    shape: Shape,
    scores: Vec<Option<Bm25Weight>>,
    boost: Score,
    lengths: FieldNormReader,
    doc: DocId,
}

impl PositionScorer {
    /// Goes to the first match at `target` or after.
    fn find(&mut self, mut target: DocId) -> DocId {
        loop {
            self.doc = self.meet(target);
            if self.doc == TERMINATED || self.stands() {
                return self.doc;
            }
            target = self.doc + 1;
        }
    }

    /// The first document at `target` or after that has all the words.
    fn meet(&mut self, mut target: DocId) -> DocId {
        'again: while target < TERMINATED {
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

    /// Whether the words of the current document stand in the shape.
    fn stands(&mut self) -> bool {
        for (word, list) in self.words.iter_mut().zip(&mut self.lists) {
            word.positions(list);
        }
        let matches = |lists: &[&[u32]]| match self.shape {
            Shape::Phrase => text::positions_match_phrase(lists),
            Shape::Near(gap) => text::positions_match_near(lists, gap),
        };
        // Nearly every phrase has two words or three: no allocation for each document.
        match &self.lists[..] {
            [a, b] => matches(&[a, b]),
            [a, b, c] => matches(&[a, b, c]),
            lists => matches(&lists.iter().map(Vec::as_slice).collect::<Vec<_>>()),
        }
    }
}

impl DocSet for PositionScorer {
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

impl Scorer for PositionScorer {
    fn score(&mut self) -> Score {
        let length = self.lengths.fieldnorm_id(self.doc);
        let score = |(score, list): (&Option<Bm25Weight>, &Vec<u32>)| match score {
            Some(score) => score.score(length, list.len() as u32),
            None => self.boost,
        };
        self.scores.iter().zip(&self.lists).map(score).sum()
    }
}

/// The documents and positions of a word: the union of its terms, by a heap on their current documents.
struct Word {
    heap: BinaryHeap<Reverse<(DocId, usize)>>,
    postings: Vec<SegmentPostings>,
    frequency: u32,
}

impl Word {
    fn open(reader: &SegmentReader, field: Field, terms: &Terms) -> tantivy::Result<Word> {
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
        let mut word = Word { heap: BinaryHeap::new(), postings: Vec::new(), frequency: 0 };
        for info in infos {
            let postings = inverted.read_postings_from_terminfo(&info, IndexRecordOption::WithFreqsAndPositions)?;
            word.heap.push(Reverse((postings.doc(), word.postings.len())));
            word.frequency = word.frequency.saturating_add(info.doc_freq);
            word.postings.push(postings);
        }
        Ok(word)
    }

    fn doc(&self) -> DocId {
        self.heap.peek().map_or(TERMINATED, |Reverse((doc, _))| *doc)
    }

    fn seek(&mut self, target: DocId) -> DocId {
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

    /// Positions in the current document, sorted; terms at one position count once.
    fn positions(&mut self, list: &mut Vec<u32>) {
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
