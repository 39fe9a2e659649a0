//! Answering searches.

use std::cmp::Reverse;

use model::TaggedPost;
use tantivy::collector::sort_key::{SortBySimilarityScore, SortByStaticFastValue};
use tantivy::collector::{Collector, Count, SegmentCollector, TopDocs};
use tantivy::columnar::Column;
use tantivy::query::Query;
use tantivy::{
    DocAddress, DocId, Order, Score, Searcher, SegmentOrdinal, SegmentReader, TantivyDocument, TantivyError,
};
use text::QueryError;

use super::index::SearchIndex;
use super::query::Compiler;
use super::request::{SearchRequest, SearchResult, Sort};
use super::schema;
use super::ties::ById;

/// Hits of a page where the request names no number.
const DEFAULT_LIMIT: usize = 20;

/// Hits of a page at most, whatever is asked: each is read from the disk and held in memory. All hits of a search go
/// through [`SearchIndex::search_all`].
pub const MAX_LIMIT: usize = 1_000;

/// A page that begins later is refused: the hits before it are sorted in memory only to be left out.
pub const MAX_OFFSET: usize = 100_000;

/// Why a search has no answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The query is not understood; in Russian, with the place.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The request asks for what is not given; in Russian.
    #[error("{0}")]
    Request(String),
    /// The index failed.
    #[error("search index: {0}")]
    Index(#[from] TantivyError),
    /// What the index holds cannot be read.
    #[error("search index is damaged: {0}; run `otklik rebuild index`")]
    Damaged(String),
}

impl From<std::io::Error> for SearchError {
    fn from(error: std::io::Error) -> SearchError {
        SearchError::Index(error.into())
    }
}

impl SearchIndex {
    /// Finds a page of posts and counts all that there are.
    ///
    /// By time, the newest come first; by views, the most viewed; by relevance, the greatest sum of the BM25 of the query's
    /// words, where field tests and filters add nothing. Ties go by time, then by id.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResult, SearchError> {
        let Page { searcher, addresses, total } = self.page(request)?;
        let mut hits = Vec::with_capacity(addresses.len());
        for address in addresses {
            hits.extend(self.post(&searcher, address)?);
        }
        Ok(SearchResult { total, hits })
    }

    /// The same as JSON. The posts go into it as they are stored: nothing is read only to be written again, which would take
    /// longer than the search.
    pub fn search_json(&self, request: &SearchRequest) -> Result<Vec<u8>, SearchError> {
        let Page { searcher, addresses, total } = self.page(request)?;
        let mut json = format!("{{\"total\":{total},\"hits\":[").into_bytes();
        for (n, address) in addresses.into_iter().enumerate() {
            let document: TantivyDocument = searcher.doc(address)?;
            let missing = || SearchError::Damaged("a post has no text".into());
            if n > 0 {
                json.push(b',');
            }
            json.extend_from_slice(self.body(&document).ok_or_else(missing)?);
        }
        json.extend_from_slice(b"]}");
        Ok(json)
    }

    fn page(&self, request: &SearchRequest) -> Result<Page, SearchError> {
        if request.offset > MAX_OFFSET {
            return Err(SearchError::Request(format!(
                "Нельзя пропустить больше {MAX_OFFSET} сообщений: уточните запрос или выгрузите все найденные в файл."
            )));
        }
        let limit = if request.limit == 0 { DEFAULT_LIMIT } else { request.limit.min(MAX_LIMIT) };
        let query = self.compile(request)?;
        let searcher = self.reader.searcher();
        let page = TopDocs::with_limit(limit).and_offset(request.offset);
        // Pairs of pairs: of three in one tuple tantivy would compare by orders that know no ids.
        let time = (SortByStaticFastValue::<i64>::for_field(schema::PUBLISHED_AT), Order::Desc);
        let newest = (time, ById::new(&searcher));
        let (addresses, total) = match request.sort {
            Sort::Time => find(&searcher, &*query, page.order_by(newest))?,
            Sort::Views => {
                let views = (SortByStaticFastValue::<u64>::for_field(schema::VIEWS), Order::Desc);
                find(&searcher, &*query, page.order_by((views, newest)))?
            }
            Sort::Relevance => find(&searcher, &*query, page.order_by((SortBySimilarityScore, newest)))?,
        };
        Ok(Page { searcher, addresses, total })
    }

    /// Hands over every post found, in the order of a search by time; `limit`, `offset` and `sort` of the request do not
    /// count. Holds 24 bytes a hit in memory, and one post at a time.
    pub fn search_all<E: From<SearchError>>(
        &self,
        request: &SearchRequest,
        each: &mut dyn FnMut(TaggedPost) -> Result<(), E>,
    ) -> Result<(), E> {
        let query = self.compile(request)?;
        let searcher = self.reader.searcher();
        let mut hits = searcher.search(&*query, &AllByTime).map_err(SearchError::from)?;
        hits.sort_unstable_by_key(|&(time, address)| (Reverse(time), address));
        for same_time in hits.chunk_by_mut(|a, b| a.0 == b.0) {
            if same_time.len() > 1 {
                let ids = same_time.iter().map(|hit| id_of(&searcher, hit.1)).collect::<Result<Vec<_>, _>>()?;
                let mut by_id: Vec<_> = ids.into_iter().zip(same_time.iter().copied()).collect();
                by_id.sort_unstable();
                same_time.iter_mut().zip(by_id).for_each(|(hit, (_, sorted))| *hit = sorted);
            }
            for &mut (_, address) in same_time {
                if let Some(tagged) = self.post(&searcher, address)? {
                    each(tagged)?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn compile(&self, request: &SearchRequest) -> Result<Box<dyn Query>, SearchError> {
        self.whole()?;
        let text = request.query.trim();
        let query = if text.is_empty() { None } else { Some(text::Query::parse(&request.query)?) };
        let compiler = Compiler { fields: &self.fields, timezone: &self.timezone };
        Ok(compiler.request(query.as_ref(), request))
    }
}

/// Where the posts of a page are, and how many posts there are in all.
struct Page {
    searcher: Searcher,
    addresses: Vec<DocAddress>,
    total: u64,
}

/// The addresses of a page, and how many posts there are in all.
fn find<K: 'static>(
    searcher: &Searcher,
    query: &dyn Query,
    page: impl Collector<Fruit = Vec<(K, DocAddress)>>,
) -> Result<(Vec<DocAddress>, u64), TantivyError> {
    let (hits, total) = searcher.search(query, &(page, Count))?;
    Ok((hits.into_iter().map(|(_, address)| address).collect(), total as u64))
}

fn id_of(searcher: &Searcher, address: DocAddress) -> Result<String, SearchError> {
    let columns = searcher.segment_reader(address.segment_ord).fast_fields();
    let mut id = String::new();
    if let Some(ids) = columns.str(schema::ID)?
        && let Some(ord) = ids.ords().first(address.doc_id)
    {
        ids.ord_to_str(ord, &mut id)?;
    }
    Ok(id)
}

/// Collects when each hit was published, and where it is.
struct AllByTime;

struct SegmentByTime {
    segment: SegmentOrdinal,
    /// Missing where a segment holds tombstones only.
    published_at: Option<Column<i64>>,
    hits: Vec<(i64, DocAddress)>,
}

impl Collector for AllByTime {
    type Fruit = Vec<(i64, DocAddress)>;
    type Child = SegmentByTime;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<SegmentByTime> {
        let published_at = reader.fast_fields().column_opt(schema::PUBLISHED_AT)?;
        Ok(SegmentByTime { segment, published_at, hits: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Vec<(i64, DocAddress)>>) -> tantivy::Result<Vec<(i64, DocAddress)>> {
        Ok(segments.concat())
    }
}

impl SegmentCollector for SegmentByTime {
    type Fruit = Vec<(i64, DocAddress)>;

    fn collect(&mut self, doc: DocId, _score: Score) {
        let time = self.published_at.as_ref().and_then(|column| column.first(doc)).unwrap_or_default();
        self.hits.push((time, DocAddress::new(self.segment, doc)));
    }

    fn harvest(self) -> Vec<(i64, DocAddress)> {
        self.hits
    }
}
