//! Every post of a range of time as NDJSON, newest first: what a rule is rehearsed on.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use model::{TaggedPost, Time, wire};
use serde::{Deserialize, Serialize};
use store::search::{SearchError, SearchRequest};
use tokio::sync::mpsc;

use super::Instance;
use super::admin::Failure;

/// Posts on their way to a slow reader: the archive waits for it rather than fill memory.
const POSTS_AHEAD: usize = 256;

/// `/own/archive`: published at or after the first and before the second.
#[derive(Debug, Serialize, Deserialize)]
pub struct Range {
    pub from: Time,
    pub to: Time,
}

/// Why an archive ends early.
enum Early {
    /// Nobody reads it any more.
    Gone,
    /// The index failed.
    Search(SearchError),
}

impl From<SearchError> for Early {
    fn from(error: SearchError) -> Early {
        Early::Search(error)
    }
}

/// The posts of a range, tags included, a line each.
pub async fn archive(
    State(instance): State<Arc<Instance>>,
    Query(Range { from, to }): Query<Range>,
) -> Result<Response, Failure> {
    let index = instance.index.clone().ok_or_else(|| anyhow::anyhow!("the search index is not open here"))?;
    let (sender, receiver) = mpsc::channel::<Result<Bytes, std::io::Error>>(POSTS_AHEAD);
    tokio::task::spawn_blocking(move || {
        let request = SearchRequest { from: Some(from), to: Some(to), ..SearchRequest::default() };
        let mut send = |post: TaggedPost| {
            let mut line = wire::write_tagged(&post);
            line.push(b'\n');
            sender.blocking_send(Ok(line.into())).map_err(|_| Early::Gone)
        };
        if let Err(Early::Search(error)) = index.search_all(&request, &mut send) {
            tracing::error!(%error, "the archive ended early");
            let _ = sender.blocking_send(Err(std::io::Error::other(error.to_string())));
        }
    });
    let posts = futures_util::stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|post| (post, receiver))
    });
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(posts)).into_response())
}
