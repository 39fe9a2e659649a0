//! Sorts the posts of a reading into new, edited, deleted, changed in their counters alone, and refused.

use std::collections::HashMap;
use std::time::Duration;

use config::Source;
use journal::Record;
use model::{Counters, DeadLetter, Kind, Platform, Post, PostId, Time, wire};

use super::reading::{Reading, number};
use crate::author::{AuthorError, AuthorKeys};
use crate::schedule::{earlier, later};
use crate::state::{Counts, Known, Refused, State, content_hash};
use crate::{PageProblem, Parsed, privacy};

/// Counters of older posts hardly change what anybody decides, and would be most of the stream.
const COUNTED: Duration = Duration::from_secs(7 * 24 * 3600);

/// Dead letters of one poll: a page of garbage must not fill the disk with its blocks. All are counted in the ledger.
const MAX_DEAD: usize = 100;

/// What a reading brought, ready to append and to remember.
#[derive(Default)]
pub(super) struct Sorted {
    pub posts: Vec<Record>,
    pub counters: Vec<Record>,
    pub dead: Vec<Record>,
    pub known: Vec<(PostId, Known)>,
    pub refused: Vec<Refused>,
    pub new: u32,
    pub edited: u32,
    pub deleted: u32,
    pub dropped: u32,
}

/// Why nothing can be sorted.
#[derive(Debug, thiserror::Error)]
pub(super) enum SortError {
    #[error("cannot read what is remembered of posts: {0}")]
    State(#[from] rusqlite::Error),
    #[error(transparent)]
    Author(#[from] AuthorError),
}

/// Compares a reading with what is remembered.
pub(super) fn sort(
    source: &Source,
    reading: &mut Reading,
    state: &State,
    keys: &AuthorKeys,
    now: Time,
) -> Result<Sorted, SortError> {
    let known = state.known(&source.id, reading.everything().map(|parsed| &parsed.post.id))?;
    let mut sorting = Sorting { source, state, known, now, sorted: Sorted::default() };
    for parsed in reading.everything().cloned() {
        if parsed.private_wall {
            sorting.sorted.dropped += 1;
            continue;
        }
        sorting.post(parsed, keys)?;
    }
    for (id, known) in reading.gone.drain(..) {
        let kind = if known.parent.is_some() { Kind::Comment } else { Kind::Post };
        sorting.tombstone(Post { kind, ..bare(source, &id, known.published_at) }, Some(&known));
    }
    for (id, known) in reading.unclear.drain(..) {
        sorting.checked(id, known);
    }
    for problem in &reading.problems {
        sorting.problem(problem)?;
    }
    Ok(sorting.sorted)
}

struct Sorting<'a> {
    source: &'a Source,
    state: &'a State,
    known: HashMap<PostId, Known>,
    now: Time,
    sorted: Sorted,
}

impl Sorting<'_> {
    fn post(&mut self, parsed: Parsed, keys: &AuthorKeys) -> Result<(), SortError> {
        let Parsed { mut post, private_author, undated, deleted, article, .. } = parsed;
        let known = self.known.get(&post.id).cloned();
        // Before anything else: a refused post becomes a dead letter with its text.
        privacy::mask_post(&mut post, private_author.is_some());
        if undated {
            post.published_at = known.as_ref().map_or(self.now, |known| known.published_at);
        }
        if let Err(reason) = wire::check_post(&post, Some(self.now)) {
            return self.refuse(post.id.as_str(), &reason.to_string(), Some(&post));
        }
        if deleted {
            self.tombstone(post, known.as_ref());
            return Ok(());
        }
        post.author = match private_author {
            Some(author) => Some(keys.hash(post.platform, &author, post.published_at)?),
            None => None,
        };
        let content = content_hash(&post);
        match known {
            Some(known) if !known.deleted && known.content == content => self.unchanged(post, known),
            known => {
                if let Some(article) = article {
                    post.text = article;
                    // An article of a portal is nobody's private words.
                    privacy::mask_post(&mut post, false);
                }
                self.version(post, known, content);
            }
        }
        Ok(())
    }

    /// A new post or a new version of one.
    fn version(&mut self, mut post: Post, known: Option<Known>, content: [u8; 16]) {
        let seen_at = self.seen_at(known.as_ref());
        post.seen_at = Some(seen_at);
        if known.is_some() {
            self.sorted.edited += 1;
        } else {
            self.sorted.new += 1;
        }
        let counts = Counts::of(&post).or(known.map_or_else(Counts::default, |known| known.counts));
        self.sorted.posts.push(Record::new(post.id.to_string(), wire::write_post(&post)));
        let parent = post.in_reply_to.clone();
        self.remember(post, content, parent, seen_at, counts, false);
    }

    /// A post whose content is known. Its counters go a way of their own.
    fn unchanged(&mut self, post: Post, known: Known) {
        let counts = Counts::of(&post).or(known.counts);
        let counted = counts != known.counts && post.published_at > earlier(self.now, COUNTED);
        if counted {
            let [views, reactions, reposts, comments] = counts.0;
            let seen_at = self.now;
            let counters = Counters { id: post.id.clone(), seen_at, views, reactions, reposts, comments };
            self.sorted.counters.push(Record::new(post.id.to_string(), wire::write(&counters)));
        }
        if counted || known.page_at_is_stale(self.now) {
            let counts = if counted { counts } else { known.counts };
            self.sorted.known.push((post.id, Known { counts, page_at: self.now, ..known }));
        }
    }

    fn tombstone(&mut self, post: Post, known: Option<&Known>) {
        if known.is_some_and(|known| known.deleted) {
            return;
        }
        let seen_at = self.seen_at(known);
        let parent = post.in_reply_to.clone().or_else(|| known.and_then(|known| known.parent.clone()));
        let tombstone = post.tombstone(seen_at);
        self.sorted.deleted += 1;
        let record = Record::new(tombstone.id.as_str(), wire::write_post(&tombstone));
        self.sorted.posts.push(Record { tombstone: true, ..record });
        let content = content_hash(&tombstone);
        self.remember(tombstone, content, parent, seen_at, Counts::default(), true);
    }

    /// A post that was looked for. It is not looked for again at once, whether it turned up or not.
    fn checked(&mut self, id: PostId, known: Known) {
        let checked_at = Some(self.now);
        match self.sorted.known.iter_mut().find(|(other, _)| *other == id) {
            Some((_, written)) => written.checked_at = checked_at,
            None => self.sorted.known.push((id, Known { checked_at, ..known })),
        }
    }

    fn problem(&mut self, problem: &PageProblem) -> Result<(), SortError> {
        self.refuse(&problem.position, &problem.reason, None)
    }

    /// Makes a dead letter of what was not one yet.
    fn refuse(&mut self, position: &str, reason: &str, post: Option<&Post>) -> Result<(), SortError> {
        let name = reason.split(':').next().unwrap_or(reason);
        let refused = Refused { position: position.to_owned(), reason: name.to_owned() };
        let full = self.sorted.dead.len() >= MAX_DEAD;
        if full || self.sorted.refused.contains(&refused) || !self.state.unheard(&self.source.id, &refused)? {
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
        self.sorted.dead.push(Record::new(key, wire::write(&letter)));
        self.sorted.refused.push(refused);
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
            number: if post.platform == Platform::Portal || is_comment { None } else { number(&post.id) },
            parent: if is_comment { parent } else { None },
            content,
            counts,
            seen_at,
            published_at: post.published_at,
            deleted,
            checked_at: None,
            page_at: self.now,
        };
        // Events tell of one post several times in one reading.
        self.known.insert(post.id.clone(), known.clone());
        self.sorted.known.push((post.id, known));
    }
}

/// All that is left to say of a post that is gone.
fn bare(source: &Source, id: &PostId, published_at: Time) -> Post {
    Post::new(id.clone(), source.platform(), &source.id, published_at, String::new())
}
