//! Posts of the archive as NDJSON: what a rule is rehearsed on, and what a replay classifies again.

use std::sync::Arc;

use anyhow::anyhow;
use axum::extract::{Query, State};
use axum::response::Response;
use model::{TaggedPost, Time, wire};
use serde::{Deserialize, Serialize};
use store::search::{Budget, SearchError, SearchIndex, SearchRequest};

use super::failure::Failure;
use super::lines::{self, Gone};
use crate::instance::Instance;
use crate::instance::operations::replay::each_page;

/// `/own/archive`: published at or after the first and before the second.
#[derive(Debug, Serialize, Deserialize)]
pub struct Range {
    pub from: Time,
    pub to: Time,
}

/// `/internal/archive`: read at this time or later, with tags of rules before a number.
#[derive(Debug, Deserialize)]
pub struct Before {
    pub from: Time,
    pub rules: u32,
}

/// Why a stream of posts ends early.
enum StreamEnd {
    /// The reader is gone.
    Gone,
    /// The index failed.
    Search(SearchError),
}

impl From<SearchError> for StreamEnd {
    fn from(error: SearchError) -> StreamEnd {
        StreamEnd::Search(error)
    }
}

/// The posts of a range, tags included, a line each, newest first.
pub async fn archive(
    State(instance): State<Arc<Instance>>,
    Query(Range { from, to }): Query<Range>,
) -> Result<Response, Failure> {
    let index = index(&instance)?;
    Ok(lines::answer(move |lines| {
        let request = SearchRequest { from: Some(from), to: Some(to), ..SearchRequest::default() };
        let mut send = |post: TaggedPost| lines.send(wire::write_tagged(&post)).map_err(|Gone| StreamEnd::Gone);
        if let Err(StreamEnd::Search(error)) = index.search_all(&request, &Budget::unlimited(), &mut send) {
            tracing::error!(%error, "the archive ended early");
            lines.fail(&error.to_string());
        }
    }))
}

/// Every post that a replay may classify again, a page a line.
pub async fn pages(
    State(instance): State<Arc<Instance>>,
    Query(Before { from, rules }): Query<Before>,
) -> Result<Response, Failure> {
    let index = index(&instance)?;
    Ok(lines::answer(move |lines| {
        let send = |page| lines.send(wire::write(&page)).map_err(|Gone| anyhow!("its reader is gone"));
        if let Err(error) = each_page(&index, from, rules, send) {
            tracing::error!(%error, "the archive ended early");
            lines.fail(&format!("{error:#}"));
        }
    }))
}

fn index(instance: &Instance) -> Result<SearchIndex, Failure> {
    Ok(instance.index.clone().ok_or_else(|| anyhow!("the search index is not open here"))?)
}
