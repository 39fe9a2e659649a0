//! Posts of the archive: the search index holds every post whole, whatever the journal has let go.

use std::io::BufRead;

use anyhow::{Context, Result, anyhow, bail};
use journal::{Record, Stream};
use model::{Post, Time, wire};
use serde::{Deserialize, Serialize};
use store::search::{SearchError, SearchIndex};

use super::from_journal::hash;
use super::{Replay, ReplayLine};
use crate::roles::Role;

/// Posts of a page at most: each is a line between two processes.
const PAGE: usize = 1_000;

/// A replay leaves this share of the journal to what comes in: at its limit intake stops.
const LEFT_TO_INTAKE: u64 = 5;

/// Posts of the archive, and how far it was read.
#[derive(Debug, Serialize, Deserialize)]
pub struct Page {
    /// Living posts read so far.
    pub done: u64,
    /// Living posts there are.
    pub of: u64,
    /// Those that were asked for.
    pub posts: Vec<Post>,
}

/// Why the reading of the archive ends early.
struct Ended(anyhow::Error);

impl From<SearchError> for Ended {
    fn from(error: SearchError) -> Ended {
        Ended(error.into())
    }
}

/// Reads the posts of an index that were read at a time or later and have tags of rules before a number. Blocks.
pub fn each_page(index: &SearchIndex, from: Time, rules: u32, mut each: impl FnMut(Page) -> Result<()>) -> Result<()> {
    if index.rebuilding().is_some() {
        bail!("the search index is being made anew: replay when it is whole");
    }
    let (mut done, of) = (0, index.docs()?);
    let read = index.every_post::<Ended>(|bodies| {
        let mut posts = Vec::new();
        for body in bodies {
            let tagged = wire::read_tagged(&body).map_err(|error| Ended(anyhow!("a stored post: {error}")))?;
            if tagged.post.is_deleted() {
                continue;
            }
            done += 1;
            if tagged.post.seen() >= from && tagged.tags.rules < rules {
                posts.push(tagged.post);
            }
            if posts.len() >= PAGE {
                each(Page { done, of, posts: std::mem::take(&mut posts) }).map_err(Ended)?;
            }
        }
        each(Page { done, of, posts }).map_err(Ended)
    });
    read.map_err(|Ended(error)| error)
}

impl Replay<'_> {
    /// Classifies the posts of the archive that the journal does not have.
    pub(super) fn read_archive(&mut self, from: Time) -> Result<()> {
        let (instance, rules) = (self.instance, self.instance.rules);
        if let Some(index) = &instance.index {
            return each_page(index, from, rules, |page| self.take(page));
        }
        let Some(peers) = &instance.peers else {
            bail!("what the journal has let go is in the search index, and none is open here");
        };
        let path = format!("/internal/archive?from={from}&rules={rules}");
        let pages = peers.read_from(Role::Store, &path).map_err(anyhow::Error::msg)?;
        for line in pages.lines() {
            let line = line.context("the archive ended early; replay once more, and it goes on from there")?;
            self.take(serde_json::from_str(&line).context("a page of the archive is not understood")?)?;
        }
        Ok(())
    }

    fn take(&mut self, page: Page) -> Result<()> {
        self.leave_room()?;
        let mut records = Vec::new();
        for post in page.posts {
            if !self.in_journal.contains(&hash(post.id.as_str())) {
                // The partition that its post came from is the one of its key.
                records.push(Record { partition: None, ..self.again(post, 0) });
            }
        }
        self.instance.journal.append(Stream::Tagged, &records)?;
        self.posts += records.len() as u64;
        (self.tell)(ReplayLine::Progress { archive: true, done: page.done, of: page.of.max(page.done) });
        Ok(())
    }

    fn leave_room(&self) -> Result<()> {
        let Some(journal) = self.instance.backend.embedded() else { return Ok(()) };
        let (used, limit) = journal.room()?;
        if used > limit - limit / LEFT_TO_INTAKE {
            bail!(
                "the journal holds {} MB of {}, and the rest is left to what comes in: raise [journal] max_mb, or replay once more \
                 after keep_days; {} posts were classified again, and it goes on from there",
                used >> 20,
                limit >> 20,
                self.posts
            );
        }
        Ok(())
    }
}
