//! The query, and its weight in one index.

use tantivy::query::{
    Bm25StatisticsProvider, Bm25Weight, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight,
};
use tantivy::schema::Field;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term};

use super::postings::WordPostings;
use super::scorer::ProximityScorer;
use super::sentences::SentenceEnds;
use super::shape::{Shape, Terms};
use crate::search::budget::Budget;

/// Finds the posts in which words stand in a shape. The score is the sum of the BM25 of the words: of a word with alternatives that
/// of the most frequent one, of a word with prefixes only 1.
#[derive(Debug, Clone)]
pub(in crate::search) struct ProximityQuery {
    pub field: Field,
    pub words: Vec<Terms>,
    pub shape: Shape,
    /// The term at the ends of sentences, which the words may not cross; none where they may.
    pub sentence_end: Option<Term>,
    pub budget: Budget,
}

impl Query for ProximityQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let scores = match scoring {
            EnableScoring::Enabled { statistics_provider, .. } => {
                self.words.iter().map(|word| self.bm25(word, statistics_provider)).collect::<Result<_, _>>()?
            }
            EnableScoring::Disabled { .. } => vec![None; self.words.len()],
        };
        Ok(Box::new(ProximityWeight { query: self.clone(), scores }))
    }
}

impl ProximityQuery {
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

struct ProximityWeight {
    query: ProximityQuery,
    scores: Vec<Option<Bm25Weight>>,
}

impl Weight for ProximityWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut watch = self.query.budget.watch();
        let open = |terms| WordPostings::open(reader, self.query.field, terms, &mut watch);
        let words: Vec<WordPostings> = self.query.words.iter().map(open).collect::<Result<_, TantivyError>>()?;
        if words.is_empty() || words.iter().any(|word| word.doc() == TERMINATED) {
            return Ok(Box::new(EmptyScorer));
        }
        let scores = self.scores.iter().map(|score| score.as_ref().map(|score| score.boost_by(boost))).collect();
        let lengths = reader.get_fieldnorms_reader(self.query.field)?;
        let ends = self.query.sentence_end.as_ref().map(|term| SentenceEnds::open(reader, self.query.field, term));
        let ends = ends.transpose()?;
        let scorer = ProximityScorer::new(words, self.query.shape, ends, scores, boost, lengths, watch);
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
