//! A page of what a search finds.

use model::TaggedPost;
use serde::{Deserialize, Serialize};
use tantivy::collector::sort_key::{SortBySimilarityScore, SortByStaticFastValue};
use tantivy::collector::{Collector, Count, TopDocs};
use tantivy::query::Query;
use tantivy::{DocAddress, Order, Searcher, TantivyDocument, TantivyError};

use super::ties::ById;
use crate::search::budget::Budget;
use crate::search::index::{SearchError, SearchIndex};
use crate::search::query::{SearchRequest, Sort};
use crate::search::schema;

/// Hits of a page if the request does not say how many.
const DEFAULT_LIMIT: usize = 20;

/// Most hits of a page, whatever is asked: each is read from the disk and held in memory. All hits of a search are given by [`SearchIndex::search_all`].
pub const MAX_LIMIT: usize = 1_000;

/// A page that starts later is refused: the hits before it would be sorted in memory only to be skipped.
pub const MAX_OFFSET: usize = 100_000;

/// The answer to a search.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SearchResult {
    /// Posts found, all of them.
    pub total: u64,
    /// The page asked for.
    pub hits: Vec<TaggedPost>,
}

impl SearchIndex {
    /// Finds a page of posts and counts all posts found.
    ///
    /// Sorted by time the newest come first; by views the most viewed; by relevance those with the greatest sum of the BM25 of
    /// the query's words, to which field tests and filters add nothing. Ties are ordered by time, then by id.
    pub fn search(&self, request: &SearchRequest, budget: &Budget) -> Result<SearchResult, SearchError> {
        let Page { searcher, addresses, total } = self.page(request, budget)?;
        let mut hits = Vec::with_capacity(addresses.len());
        for address in addresses {
            hits.extend(self.post(&searcher, address)?);
        }
        Ok(SearchResult { total, hits })
    }

    /// The same as JSON. The posts are copied as they are stored: parsing and writing them again would take longer than the
    /// search.
    pub fn search_json(&self, request: &SearchRequest, budget: &Budget) -> Result<Vec<u8>, SearchError> {
        let Page { searcher, addresses, total } = self.page(request, budget)?;
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

    fn page(&self, request: &SearchRequest, budget: &Budget) -> Result<Page, SearchError> {
        if request.offset > MAX_OFFSET {
            return Err(SearchError::Request(format!(
                "Нельзя пропустить больше {MAX_OFFSET} сообщений: уточните запрос или выгрузите все найденные в файл."
            )));
        }
        let limit = if request.limit == 0 { DEFAULT_LIMIT } else { request.limit.min(MAX_LIMIT) };
        let searcher = self.reader.searcher();
        let query = self.compile(request, &searcher, budget)?;
        let page = TopDocs::with_limit(limit).and_offset(request.offset);
        // Pairs of pairs: in a tuple of three tantivy would not compare by our order of ids.
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
        budget.ensure()?;
        Ok(Page { searcher, addresses, total })
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
