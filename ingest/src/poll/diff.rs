//! Tells the posts of a poll apart: new, edited, deleted, changed in their counters alone, and rejected.

use std::collections::HashMap;
use std::time::Duration;

use config::Source;
use journal::Record;
use model::{Counters, DeadLetter, Kind, Origin, Post, PostId, Time, wire};

use super::profile::PlatformProfile;
use super::result::{PollResult, number};
use crate::parsing::{PageProblem, Parsed};
use crate::privacy::{AuthorError, AuthorKeys, MASKS, Masks};
use crate::state::{Counts, Known, Rejected, State, content_hash};
use crate::time::{earlier, later};

/// Counters of older posts hardly change what anybody decides, and would be most of the stream.
const COUNTERS_FOR: Duration = Duration::from_secs(7 * 24 * 3600);

/// Dead letters of one poll: a page of garbage must not fill the disk with its blocks. All are counted in the ledger.
const MAX_DEAD: usize = 100;

/// What a poll brought, ready to append and to remember.
#[derive(Default)]
pub(super) struct Diff {
    pub posts: Vec<Record>,
    pub counters: Vec<Record>,
    pub dead_letters: Vec<Record>,
    pub known: Vec<(PostId, Known)>,
    pub rejected: Vec<Rejected>,
    pub new: u32,
    pub edited: u32,
    pub deleted: u32,
    pub dropped: u32,
}

/// Why nothing can be compared.
#[derive(Debug, thiserror::Error)]
pub(super) enum DiffError {
    #[error("cannot read what is remembered of posts: {0}")]
    State(#[from] rusqlite::Error),
    #[error(transparent)]
    Author(#[from] AuthorError),
}

/// What a person's words are done by: which are masked, what authors become, and what is too old to be taken in.
pub(super) struct Rules<'a> {
    pub keys: &'a AuthorKeys,
    pub masks: &'a Masks,
    pub oldest: Option<Time>,
}

/// Compares what a poll read with what is remembered.
pub(super) fn diff(
    source: &Source,
    profile: PlatformProfile,
    result: &mut PollResult,
    state: &State,
    rules: &Rules<'_>,
    now: Time,
) -> Result<Diff, DiffError> {
    let known = state.known(&source.id, result.everything().map(|parsed| &parsed.post.id))?;
    let goes_on = result.overlapped;
    let mut differ = Differ { source, profile, state, rules, known, goes_on, now, diff: Diff::default() };
    for parsed in result.everything().cloned() {
        if parsed.private_wall {
            differ.diff.dropped += 1;
            continue;
        }
        differ.post(parsed)?;
    }
    for (id, known) in result.gone.drain(..) {
        let kind = if known.parent.is_some() { Kind::Comment } else { Kind::Post };
        differ.tombstone(Post { kind, ..bare(source, &id, known.published_at) }, Some(&known));
    }
    for (id, known) in result.unclear.drain(..) {
        differ.checked(id, known);
    }
    for problem in &result.problems {
        differ.problem(problem)?;
    }
    Ok(differ.diff)
}

struct Differ<'a> {
    source: &'a Source,
    profile: PlatformProfile,
    state: &'a State,
    rules: &'a Rules<'a>,
    known: HashMap<PostId, Known>,
    /// The poll reached what the one before had read, so that what is new was published in between.
    goes_on: bool,
    now: Time,
    diff: Diff,
}

impl Differ<'_> {
    fn post(&mut self, parsed: Parsed) -> Result<(), DiffError> {
        let Parsed { mut post, private_author, private_words, undated, coarse, deleted, article, .. } = parsed;
        if self.state.is_forgotten(&post.id)? {
            self.diff.dropped += 1;
            return Ok(());
        }
        let known = self.known.get(&post.id).cloned();
        // Before anything else: a rejected post becomes a dead letter with its text.
        let masked = self.rules.masks.collected(&mut post, private_author.is_some() || private_words);
        // A date told by its distance from now is best as it was read first.
        match &known {
            Some(known) if undated || coarse => post.published_at = known.published_at,
            None if undated => post.published_at = self.now,
            _ => {}
        }
        // Where nothing says when it was published, it may be years old: it is kept and searched, and rings nobody, whatever becomes of it.
        let of_old = undated && known.as_ref().map_or(!self.goes_on, |known| known.of_old);
        if of_old {
            post.origin = Origin::Found;
        }
        if !deleted && self.rules.oldest.is_some_and(|oldest| post.published_at < oldest) {
            // As a post that is pinned for years: it was let go, and so was the key of its author.
            self.diff.dropped += 1;
            return Ok(());
        }
        if let Err(reason) = wire::check_post(&post, Some(self.now)) {
            return self.reject(post.id.as_str(), &reason.to_string(), Some(&post));
        }
        if deleted {
            self.tombstone(post, known.as_ref());
            return Ok(());
        }
        post.author = match private_author {
            Some(author) => Some(self.rules.keys.hash(post.platform, &author, post.published_at)?),
            None => None,
        };
        let content = content_hash(&post);
        match known {
            Some(known) if !known.deleted && known.content == content => self.unchanged(post, known),
            known => {
                if let Some(article) = article {
                    post.text = article;
                    self.rules.masks.collected(&mut post, false);
                }
                let masks_alone = masked && known.as_ref().is_some_and(|known| only_masks_changed(&post, known));
                self.version(post, known, content, masks_alone);
            }
        }
        Ok(())
    }

    /// A new post or a new version of one. Where only the masks are others than they were it is no edit: it replaces what was stored,
    /// as a replay does, and notifies nobody.
    fn version(&mut self, mut post: Post, known: Option<Known>, content: [u8; 16], masks_alone: bool) {
        let seen_at = self.seen_at(known.as_ref());
        post.seen_at = Some(seen_at);
        if masks_alone {
            post.origin = Origin::Replay;
        } else if known.is_some() {
            self.diff.edited += 1;
        } else {
            self.diff.new += 1;
        }
        let counts = Counts::of(&post).or(known.map_or_else(Counts::default, |known| known.counts));
        self.diff.posts.push(Record::new(post.id.to_string(), wire::write_post(&post)));
        let parent = post.in_reply_to.clone();
        self.remember(post, content, parent, seen_at, counts, false);
    }

    /// A post whose content is known. Its counters go a way of their own.
    fn unchanged(&mut self, post: Post, known: Known) {
        let counts = Counts::of(&post).or(known.counts);
        let counted = counts != known.counts && post.published_at > earlier(self.now, COUNTERS_FOR);
        if counted {
            let [views, reactions, reposts, comments] = counts.0;
            let seen_at = self.now;
            let counters = Counters { id: post.id.clone(), seen_at, views, reactions, reposts, comments };
            self.diff.counters.push(Record::new(post.id.to_string(), wire::write(&counters)));
        }
        if counted || known.masks != MASKS || known.page_at_is_stale(self.now) {
            let counts = if counted { counts } else { known.counts };
            self.diff.known.push((post.id, Known { counts, page_at: self.now, masks: MASKS, ..known }));
        }
    }

    fn tombstone(&mut self, post: Post, known: Option<&Known>) {
        if known.is_some_and(|known| known.deleted) {
            return;
        }
        let seen_at = self.seen_at(known);
        let parent = post.in_reply_to.clone().or_else(|| known.and_then(|known| known.parent.clone()));
        let tombstone = post.tombstone(seen_at);
        self.diff.deleted += 1;
        let record = Record::new(tombstone.id.as_str(), wire::write_post(&tombstone));
        self.diff.posts.push(Record { tombstone: true, ..record });
        let content = content_hash(&tombstone);
        self.remember(tombstone, content, parent, seen_at, Counts::default(), true);
    }

    /// A post that was looked for. It is not looked for again at once, whether it turned up or not.
    fn checked(&mut self, id: PostId, known: Known) {
        let checked_at = Some(self.now);
        match self.diff.known.iter_mut().find(|(other, _)| *other == id) {
            Some((_, written)) => written.checked_at = checked_at,
            None => self.diff.known.push((id, Known { checked_at, ..known })),
        }
    }

    fn problem(&mut self, problem: &PageProblem) -> Result<(), DiffError> {
        self.reject(&problem.position, &problem.reason, None)
    }

    /// Makes a dead letter of what was not one yet.
    fn reject(&mut self, position: &str, reason: &str, post: Option<&Post>) -> Result<(), DiffError> {
        let name = reason.split(':').next().unwrap_or(reason);
        let rejected = Rejected { position: position.to_owned(), reason: name.to_owned() };
        let full = self.diff.dead_letters.len() >= MAX_DEAD;
        if full || self.diff.rejected.contains(&rejected) || !self.state.is_unreported(&self.source.id, &rejected)? {
            return Ok(());
        }
        let mut payload =
            post.map(|post| String::from_utf8_lossy(&wire::write_post(post)).into_owned()).unwrap_or_default();
        payload.truncate(payload.floor_char_boundary(wire::MAX_DEAD_PAYLOAD));
        let letter = DeadLetter {
            stage: "ingest".to_owned(),
            source: self.source.id.clone(),
            position: position.to_owned(),
            reason: reason.to_owned(),
            at: self.now,
            id: post.map(|post| post.id.clone()),
            payload,
        };
        let key = letter.id.as_ref().map_or_else(|| letter.source.clone(), PostId::to_string);
        self.diff.dead_letters.push(Record::new(key, wire::write(&letter)));
        self.diff.rejected.push(rejected);
        Ok(())
    }

    /// Now, but later than the version before, however the clock went.
    fn seen_at(&self, known: Option<&Known>) -> Time {
        known.map_or(self.now, |known| self.now.max(later(known.seen_at, Duration::from_millis(1))))
    }

    /// `parent` is what stands in the post's `in_reply_to`, which a tombstone has not.
    fn remember(
        &mut self,
        post: Post,
        content: [u8; 16],
        parent: Option<String>,
        seen_at: Time,
        counts: Counts,
        deleted: bool,
    ) {
        let is_comment = post.kind == Kind::Comment;
        let known = Known {
            number: if self.profile.numbered && !is_comment { number(&post.id) } else { None },
            parent: if is_comment { parent } else { None },
            content,
            masks: MASKS,
            counts,
            seen_at,
            published_at: post.published_at,
            deleted,
            checked_at: None,
            page_at: self.now,
            of_old: post.origin == Origin::Found || self.known.get(&post.id).is_some_and(|known| known.of_old),
        };
        // Events tell of one post several times in one result.
        self.known.insert(post.id.clone(), known.clone());
        self.diff.known.push((post.id, known));
    }
}

/// Whether a post that reads otherwise than it was remembered was remembered with other masks, and says of no edit since.
fn only_masks_changed(post: &Post, known: &Known) -> bool {
    known.masks != MASKS && !known.deleted && post.edited_at.is_none_or(|edited| edited <= known.seen_at)
}

/// All that is left to say of a post that is gone.
fn bare(source: &Source, id: &PostId, published_at: Time) -> Post {
    Post::new(id.clone(), source.platform(), &source.id, published_at, String::new())
}
