//! What a reading is compared with: remembered posts that are missing or due again, threads, and other sources' posts.

use std::collections::HashSet;
use std::time::Duration;

use config::{Address, Source};
use model::{Kind, Platform, PostId, Time};

use super::Collector;
use super::reading::Reading;
use crate::schedule::earlier;
use crate::state::Known;

/// A post that was looked for in vain is not looked for again within this.
const CHECK_AGAIN: Duration = Duration::from_secs(3600);

impl Collector {
    /// Remembered posts that should be on the pages read and are not.
    pub(super) async fn missing(&self, source: &Source, reading: &Reading, now: Time) -> Vec<(PostId, Known)> {
        // From its first post on, everything should be there; else from where the pages end.
        let lowest = if reading.beginning { Some(0) } else { reading.lowest() };
        let unreadable = reading.posts.is_empty() && reading.unparsed > 0;
        let Some(lowest) = lowest.filter(|_| reading.outcome.is_ok() && !unreadable) else { return Vec::new() };
        let present: HashSet<PostId> = reading.posts.iter().map(|parsed| parsed.post.id.clone()).collect();
        let source = source.id.clone();
        let found = self.blocking(move |intake| {
            let present = present.iter().collect();
            intake.state().missing(&source, lowest, &present, earlier(now, CHECK_AGAIN))
        });
        match found.await {
            Some(Ok(missing)) => missing,
            _ => Vec::new(),
        }
    }

    /// Remembered posts that are not on the pages read and whose time to be read again has come.
    pub(super) async fn due(&self, source: &Source, reading: &Reading, now: Time) -> Vec<(PostId, Known)> {
        if !reading.outcome.is_ok() {
            return Vec::new();
        }
        let present: HashSet<PostId> = reading.everything().map(|parsed| parsed.post.id.clone()).collect();
        let (source, settings) = (source.id.clone(), self.config.settings.reread.clone());
        let found = self.blocking(move |intake| {
            let present = present.iter().collect();
            intake.state().due(&source, &present, now, &settings)
        });
        found.await.and_then(Result::ok).unwrap_or_default()
    }

    /// Posts just read whose comments are to be read.
    pub(super) async fn threads_due(
        &self,
        source: &Source,
        reading: &Reading,
        now: Time,
    ) -> Vec<(PostId, Option<u64>)> {
        if !source.comments || !reading.outcome.is_ok() {
            return Vec::new();
        }
        // VK tells how many comments a post has; where it does not, there is no knowing whether to ask.
        let posts = reading.everything().filter(|parsed| {
            let told = parsed.post.platform != Platform::Vk || parsed.post.comments.is_some();
            told && !parsed.deleted && !parsed.private_wall && parsed.post.kind == Kind::Post
        });
        let posts =
            posts.map(|parsed| (parsed.post.id.clone(), parsed.post.published_at, parsed.post.comments)).collect();
        let (source, settings) = (source.id.clone(), self.config.settings.reread.clone());
        let found = self.blocking(move |intake| intake.state().threads_due(&source, posts, now, &settings));
        found.await.and_then(Result::ok).unwrap_or_default()
    }

    /// Notes as gone the remembered comments that are not in threads read whole, and those under posts that are gone.
    pub(super) async fn find_gone_comments(&self, source: &Source, reading: &mut Reading) {
        let threads = reading.threads.clone();
        let posts: Vec<PostId> = reading.gone.iter().map(|(id, _)| id.clone()).collect();
        if posts.is_empty() && threads.iter().all(|thread| thread.whole.is_none()) {
            return;
        }
        let source = source.id.clone();
        let found = self.blocking(move |intake| {
            let mut gone = Vec::new();
            for post in &posts {
                gone.extend(intake.state().comments_of(&source, post)?);
            }
            for thread in threads {
                let Some(read) = &thread.whole else { continue };
                let known = intake.state().comments_of(&source, &thread.post)?;
                gone.extend(known.into_iter().filter(|(id, _)| !read.contains(id)));
            }
            Ok::<_, rusqlite::Error>(gone)
        });
        reading.gone.extend(found.await.and_then(Result::ok).unwrap_or_default());
    }

    /// Drops from a search what another source reads: a post belongs to the source that saw it first, and to its wall.
    pub(super) async fn leave_to_others(&self, source: &Source, reading: &mut Reading) {
        let followed: HashSet<String> = self
            .sources
            .iter()
            .filter(|polled| polled.source.enabled)
            .filter_map(|polled| match polled.source.address {
                Address::Vk(owner) => Some(format!("vk:{owner}_")),
                _ => None,
            })
            .collect();
        let wall = |id: &PostId| id.as_str().split_inclusive('_').next().map(str::to_owned);
        reading.posts.retain(|parsed| wall(&parsed.post.id).is_none_or(|wall| !followed.contains(&wall)));
        let ids: Vec<PostId> = reading.posts.iter().map(|parsed| parsed.post.id.clone()).collect();
        let source = source.id.clone();
        let found = self.blocking(move |intake| {
            let state = intake.state();
            ids.into_iter().filter(|id| state.is_elsewhere(&source, id).unwrap_or(false)).collect::<HashSet<_>>()
        });
        let elsewhere = found.await.unwrap_or_default();
        reading.posts.retain(|parsed| !elsewhere.contains(&parsed.post.id));
    }
}
