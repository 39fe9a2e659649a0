//! A request as a tantivy query of this index.

use tantivy::Searcher;
use tantivy::query::Query;

use crate::search::budget::Budget;
use crate::search::index::{SearchError, SearchIndex};
use crate::search::query::{Compiler, SearchRequest, refuse_wide};

impl SearchIndex {
    /// Refuses what is not understood and what would cost too much. What it gives stops with the budget: ask that after the search.
    pub(in crate::search) fn compile(
        &self,
        request: &SearchRequest,
        searcher: &Searcher,
        budget: &Budget,
    ) -> Result<Box<dyn Query>, SearchError> {
        self.ensure_intact()?;
        let text = request.query.trim();
        let query = if text.is_empty() { None } else { Some(text::Query::parse(&request.query)?) };
        if let Some(query) = &query {
            refuse_wide(query, &request.query, &self.fields, searcher)?;
        }
        let compiler = Compiler { fields: &self.fields, timezone: &self.timezone, budget };
        Ok(compiler.request(query.as_ref(), request))
    }
}
