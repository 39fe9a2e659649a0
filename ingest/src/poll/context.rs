//! What a platform has at hand during a poll: the network, the source, and what is remembered of its posts.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use config::{Settings, Source};
use model::{Kind, PostId, Time};

use super::goal::Goal;
use super::intake::Intake;
use super::net::Net;
use super::profile::PlatformProfile;
use super::result::PollResult;
use crate::outcome::PollOutcome;
use crate::parsing::Parsed;
use crate::state::{Cursor, Known, Rejected, State};
use crate::time::earlier;

/// A post that was looked for in vain is not looked for again within this.
const CHECK_PAUSE: Duration = Duration::from_secs(3600);

/// That the text of a post is not shown, as it is remembered.
pub(super) fn text_not_shown(id: &PostId) -> Rejected {
    Rejected { position: id.to_string(), reason: "text_not_shown".to_owned() }
}

/// One poll of one source.
#[derive(Clone, Copy)]
pub(crate) struct Poll<'a> {
    pub net: Net<'a>,
    pub source: &'a Source,
    /// All sources, for those that leave posts to each other.
    pub sources: &'a [Source],
    pub profile: PlatformProfile,
    /// As the poll before left it.
    pub cursor: &'a Cursor,
    pub intake: &'a Arc<Intake>,
    /// When the poll began.
    pub now: Time,
}

impl<'a> Poll<'a> {
    /// Id of the source.
    pub(crate) fn id(&self) -> &'a str {
        &self.source.id
    }

    pub(crate) fn settings(&self) -> &'a Settings {
        self.net.settings
    }

    /// Runs what blocks on a thread of its own. None: it panicked.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Intake) -> T + Send + 'static,
    ) -> Option<T> {
        let intake = self.intake.clone();
        tokio::task::spawn_blocking(move || work(&intake)).await.ok()
    }

    /// Asks the state; nothing where it fails, which the intake then names.
    pub(crate) async fn remembered<T: Default + Send + 'static>(
        &self,
        ask: impl FnOnce(&State) -> rusqlite::Result<T> + Send + 'static,
    ) -> T {
        self.blocking(move |intake| ask(&intake.state())).await.and_then(Result::ok).unwrap_or_default()
    }

    /// Takes in what was read so far, so that it need not wait for what is still to be read: older posts, comments, posts that
    /// are checked.
    pub(crate) async fn take_early(&self, mut result: PollResult) -> PollResult {
        let (source, profile, cursor) = (self.source.clone(), self.profile, self.cursor.clone());
        let taken = self.blocking(move |intake| {
            intake.take_early(&source, profile, &cursor, &mut result);
            result
        });
        taken.await.unwrap_or_else(|| {
            let mut result = PollResult::new((self.net.clock)());
            result.fail(PollOutcome::StateFailed.into());
            result
        })
    }

    /// Takes in the newest page before older ones are read: on a host shared with many other sources these may take an hour at
    /// first sight, and an emergency on the newest page must not wait for them. Returns how far back to read on, if at all.
    pub(crate) async fn take_newest_page(&self, mut result: PollResult) -> (PollResult, Option<Goal>) {
        let goal = Goal::new(self.cursor, result.started);
        if !result.outcome.is_ok() || result.beginning || goal.reached(&mut result) || result.next.is_none() {
            return (result, None);
        }
        let result = self.take_early(result).await;
        let goal = result.outcome.is_ok().then_some(goal);
        (result, goal)
    }

    /// Remembered posts that should be on the pages read and are not.
    pub(crate) async fn missing(&self, result: &PollResult) -> Vec<(PostId, Known)> {
        // From its first post on, everything should be there; else from where the pages end.
        let lowest = if result.beginning { Some(0) } else { result.lowest() };
        let unreadable = result.posts.is_empty() && result.unparsed > 0;
        let Some(lowest) = lowest.filter(|_| result.outcome.is_ok() && !unreadable) else { return Vec::new() };
        let present: HashSet<PostId> =
            result.posts.iter().chain(&result.hidden).map(|parsed| parsed.post.id.clone()).collect();
        let (source, checked_before) = (self.source.id.clone(), earlier(self.now, CHECK_PAUSE));
        self.remembered(move |state| state.missing(&source, lowest, &present, checked_before)).await
    }

    /// Remembered posts that are not on the pages read and whose time to be read again has come.
    pub(crate) async fn due(&self, result: &PollResult) -> Vec<(PostId, Known)> {
        if !result.outcome.is_ok() {
            return Vec::new();
        }
        let present: HashSet<PostId> =
            result.everything().chain(&result.hidden).map(|parsed| parsed.post.id.clone()).collect();
        let (source, now, reread) = (self.source.id.clone(), self.now, self.settings().reread.clone());
        self.remembered(move |state| state.due(&source, &present, now, &reread)).await
    }

    /// Of posts that are hidden, those that were never read and of which it was not yet told that they cannot be.
    pub(crate) async fn never_read(&self, hidden: &[Parsed]) -> HashSet<PostId> {
        let ids: Vec<PostId> = hidden.iter().map(|parsed| parsed.post.id.clone()).collect();
        let source = self.source.id.clone();
        if ids.is_empty() {
            return HashSet::new();
        }
        self.remembered(move |state| {
            let known = state.known(&source, ids.iter())?;
            let mut never = HashSet::new();
            for id in ids.into_iter().filter(|id| !known.contains_key(id)) {
                if state.is_unreported(&source, &text_not_shown(&id))? {
                    never.insert(id);
                }
            }
            Ok(never)
        })
        .await
    }

    /// Posts just read whose comments are to be read, each with the number of comments it says it has.
    pub(crate) async fn threads_due(&self, result: &PollResult) -> Vec<(PostId, Option<u64>)> {
        if !self.source.comments || !result.outcome.is_ok() {
            return Vec::new();
        }
        let posts = result.everything().filter(|parsed| {
            let may_have_comments = !self.profile.tells_comment_counts || parsed.post.comments.is_some();
            may_have_comments && !parsed.deleted && !parsed.private_wall && parsed.post.kind == Kind::Post
        });
        let posts: Vec<_> =
            posts.map(|parsed| (parsed.post.id.clone(), parsed.post.published_at, parsed.post.comments)).collect();
        let (source, now, reread) = (self.source.id.clone(), self.now, self.settings().reread.clone());
        self.remembered(move |state| state.threads_due(&source, posts, now, &reread)).await
    }

    /// Notes as gone the remembered comments that are not in threads read whole, and those under posts that are gone.
    pub(crate) async fn find_gone_comments(&self, result: &mut PollResult) {
        let threads = result.threads.clone();
        let posts: Vec<PostId> = result.gone.iter().map(|(id, _)| id.clone()).collect();
        if posts.is_empty() && threads.iter().all(|thread| thread.whole.is_none()) {
            return;
        }
        let source = self.source.id.clone();
        let gone = self.remembered(move |state| {
            let mut gone = Vec::new();
            for post in &posts {
                gone.extend(state.comments_of(&source, post)?);
            }
            for thread in threads {
                let Some(read) = &thread.whole else { continue };
                let known = state.comments_of(&source, &thread.post)?;
                gone.extend(known.into_iter().filter(|(id, _)| !read.contains(id)));
            }
            Ok(gone)
        });
        result.gone.extend(gone.await);
    }
}
