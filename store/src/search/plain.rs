//! tantivy with the fields and the analyser of the index and nothing else of ours: the bench compares the index with it.

use std::path::Path;

use model::TaggedPost;
use tantivy::aggregation::AggregationCollector;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{PhraseQuery, Query};
use tantivy::{DocAddress, IndexWriter, Order, Searcher, TantivyDocument, TantivyError, Term};
use text::Word;

use super::budget::Budget;
use super::index::{OpenError, SearchError, SearchIndex};
use super::query::SearchRequest;
use super::{feed, schema};

/// A post as tantivy takes it.
pub type PlainDocument = TantivyDocument;

/// A writer that neither compares versions nor keeps a position.
pub struct PlainWriter {
    index: SearchIndex,
    writer: IndexWriter,
}

impl PlainWriter {
    /// Creates an index in a folder. It is for measurements only: a post that is added twice is in it twice.
    pub fn new(folder: &Path) -> Result<PlainWriter, OpenError> {
        let index = SearchIndex::open(folder, jiff::tz::TimeZone::UTC)?;
        let damaged = |error| OpenError::Damaged { folder: folder.to_owned(), error };
        let writer = feed::open_writer(&index).map_err(damaged)?;
        Ok(PlainWriter { index, writer })
    }

    /// What is indexed of a post whose JSON is `body`.
    pub fn document(&self, tagged: &TaggedPost, body: &[u8]) -> PlainDocument {
        schema::document(&self.index.fields, tagged, body)
    }

    /// Indexes documents with a commit after every `commit` of them and after the last one.
    pub fn index(&mut self, documents: Vec<PlainDocument>, commit: usize) -> Result<(), TantivyError> {
        for (n, document) in documents.into_iter().enumerate() {
            if n > 0 && n % commit == 0 {
                self.writer.commit()?;
            }
            self.writer.add_document(document)?;
        }
        self.writer.commit()?;
        Ok(())
    }
}

/// Where the posts of a page are.
pub struct PlainPage {
    searcher: Searcher,
    addresses: Vec<DocAddress>,
}

impl PlainPage {
    /// tantivy's own call for the posts of the page.
    pub fn documents(&self) -> Result<Vec<PlainDocument>, TantivyError> {
        self.addresses.iter().map(|&address| self.searcher.doc(address)).collect()
    }
}

impl SearchIndex {
    /// tantivy's own call for a search: its collectors, and its phrase query where the search is one phrase or distance.
    /// Reads no post.
    pub fn plain_search(&self, request: &SearchRequest) -> Result<PlainPage, SearchError> {
        let searcher = self.reader.searcher();
        let query = self.plain_query(request, &searcher)?;
        let page = TopDocs::with_limit(request.limit.max(20)).and_offset(request.offset);
        let newest = page.order_by_fast_field::<i64>(schema::PUBLISHED_AT, Order::Desc);
        let (found, _count) = searcher.search(&*query, &(newest, Count))?;
        Ok(PlainPage { searcher, addresses: found.into_iter().map(|(_, address)| address).collect() })
    }

    /// tantivy's own aggregations of what [`SearchIndex::facets`] counts.
    pub fn plain_facets(&self, request: &SearchRequest) -> Result<(), SearchError> {
        let terms = |field| serde_json::json!({ "terms": { "field": field, "size": 100 } });
        let asked = serde_json::json!({
            "sectors": terms(schema::SECTOR), "topics": terms(schema::TOPIC), "risks": terms(schema::RISK),
            "sources": terms(schema::SOURCE),
            "days": { "histogram": { "field": schema::PUBLISHED_AT, "interval": 86_400_000.0 } },
        });
        let asked = serde_json::from_value(asked).map_err(|error| SearchError::Damaged(error.to_string()))?;
        let counting = AggregationCollector::from_aggs(asked, tantivy::aggregation::AggContextParams::default());
        let searcher = self.reader.searcher();
        searcher.search(&*self.compile(request, &searcher, &Budget::unlimited())?, &counting)?;
        Ok(())
    }

    fn plain_query(&self, request: &SearchRequest, searcher: &Searcher) -> Result<Box<dyn Query>, SearchError> {
        let term = |(n, word): (usize, &Word)| match word.terms.first()? {
            text::Term::Lemma(lemma) => Some((n, Term::from_field_text(self.fields.words, lemma))),
            text::Term::Form(_) | text::Term::Prefix(_) => None,
        };
        let phrase = |words: &[Word], slop| {
            let terms: Option<Vec<_>> = words.iter().enumerate().map(term).collect();
            terms
                .filter(|terms| terms.len() > 1)
                .map(|terms| Box::new(PhraseQuery::new_with_offset_and_slop(terms, slop)) as Box<dyn Query>)
        };
        let own = match text::Query::parse(&request.query) {
            Ok(text::Query::Phrase { words, .. }) => phrase(&words, 0),
            Ok(text::Query::Near { words, gap, .. }) => phrase(&words, gap),
            _ => None,
        };
        own.map_or_else(|| self.compile(request, searcher, &Budget::unlimited()), Ok)
    }
}
