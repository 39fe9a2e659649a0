//! Removing what was found. First the audit has it, then the collectors refuse it, then its tombstones go the way of every deletion: in
//! this order a failure leaves nothing that nobody knows of, and may be repeated.

use std::sync::Arc;

use alerts::ActionRequest;
use anyhow::{Context, Result};
use journal::{Record, Stream};
use model::{Post, PostId, wire};

use super::{Asked, Found};
use crate::instance::Instance;
use crate::roles::Role;

/// Posts of which the journal or the role `ingest` is told at once.
const BATCH: usize = 1_000;

/// The source of a tombstone of which nothing is stored.
const UNKNOWN: &str = "forgotten";

impl Instance {
    /// Forgets what is asked for. Returns what it was.
    pub async fn forget(&self, asked: &Asked, by: &str) -> Result<Found> {
        let found = self.find_to_forget(asked).await?;
        let ids = found.ids();
        if ids.is_empty() {
            return Ok(found);
        }
        self.enter(ActionRequest::Forgot { posts: ids.len() as u64 }, by).await?;
        for ids in ids.chunks(BATCH) {
            self.refuse_from_now_on(ids).await?;
        }
        let (journal, records) = (Arc::clone(&self.journal), self.tombstones(&found));
        let append =
            move || records.chunks(BATCH).try_for_each(|records| journal.append(Stream::Posts, records).map(drop));
        tokio::task::spawn_blocking(append).await??;
        tracing::info!(posts = ids.len(), "posts forgotten");
        Ok(found)
    }

    /// Has the collectors and imports refuse posts.
    pub async fn refuse_from_now_on(&self, ids: &[PostId]) -> Result<()> {
        let ids = ids.to_vec();
        if let Some(collector) = self.collector.clone() {
            return Ok(tokio::task::spawn_blocking(move || collector.forget(&ids)).await??);
        }
        let peers =
            self.peers.as_ref().context("what was forgotten is with the role ingest, which does not run here")?;
        peers.post_json_to(Role::Ingest, "/internal/forget", &ids).await.map_err(anyhow::Error::msg)
    }

    /// The ids of all that was forgotten, from here or from where the collectors are.
    pub async fn forgotten(&self) -> Result<Vec<String>> {
        if let Some(collector) = self.collector.clone() {
            return Ok(tokio::task::spawn_blocking(move || collector.forgotten()).await??);
        }
        let peers =
            self.peers.as_ref().context("what was forgotten is with the role ingest, which does not run here")?;
        peers.get_from(Role::Ingest, "/internal/forgotten").await.map_err(anyhow::Error::msg)
    }

    fn tombstones(&self, found: &Found) -> Vec<Record> {
        let at = (self.clock)();
        let stored = found.posts.iter().map(|post| (&post.id, post.source.as_str(), post.published_at));
        let unknown = found.unknown.iter().map(|id| (id, UNKNOWN, at));
        let tombstone = |(id, source, published_at): (&PostId, &str, _)| {
            let post = Post::forgotten(id.clone(), source, published_at, at);
            Record { tombstone: true, ..Record::new(id.as_str(), wire::write_post(&post)) }
        };
        stored.chain(unknown).map(tombstone).collect()
    }
}
