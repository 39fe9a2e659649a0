//! The archive: posts as they are stored, found for those that keep none.

use std::sync::Arc;
use std::time::{Duration, Instant};

use alerts::FindPost;
use anyhow::{Result, bail};
use journal::Checkpoint;
use model::{PostId, TaggedPost};
use serde::{Deserialize, Serialize};
use store::search::SearchIndex;

use super::Instance;
use super::http::query::with_query;
use crate::roles::Role;

/// How long the index is waited for: what was tagged is committed within a quarter of a second, while it is not behind. A stage that is to
/// stop waits no longer than this either.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often it is looked whether the index has come far enough.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// `/internal/post`.
#[derive(Debug, Serialize, Deserialize)]
pub struct PostQuery {
    /// The post.
    pub id: PostId,
    /// A position in the tagged posts, as JSON: the answer knows every version before it.
    pub since: String,
}

/// The answer: the post with the tags of the rules, or null where there is none.
#[derive(Debug, Serialize, Deserialize)]
pub struct FoundPost {
    pub post: Option<TaggedPost>,
}

/// Finds a post in an index, once that has the tagged posts up to a position. Blocks.
pub fn find_post(index: &SearchIndex, id: &PostId, since: &Checkpoint) -> Result<Option<TaggedPost>> {
    let begun = Instant::now();
    while !index.holds(since)? {
        if begun.elapsed() > PATIENCE {
            bail!("the search index is behind: it has not read the tagged posts up to {since} yet");
        }
        std::thread::sleep(LOOK_AGAIN);
    }
    Ok(index.get(id)?.map(|tagged| tagged.corrected(None)))
}

impl Instance {
    /// Finds posts for the alerts: in the index that is open here, or in that of the role `store`.
    pub(super) fn post_finder(&self) -> FindPost {
        let (index, peers) = (self.index.clone(), self.peers.clone());
        let runtime = tokio::runtime::Handle::current();
        Arc::new(move |id, since| {
            if let Some(index) = &index {
                return Ok(find_post(index, id, since)?);
            }
            let Some(peers) = &peers else {
                return Err("no search index is open here, and [roles] names no other process that has one".into());
            };
            let query = PostQuery { id: id.clone(), since: serde_json::to_string(since)? };
            let path = with_query("/internal/post", &query)?;
            let found: FoundPost = runtime.block_on(peers.get_from(Role::Store, &path))?;
            Ok(found.post)
        })
    }
}
