//! Finding what is to be forgotten. A person is told by the hashes under every key that is left; the posts of months whose keys were
//! destroyed are nobody's any more.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow, bail};
use ingest::privacy::PersonOnPlatform;
use model::{PostId, TaggedPost};
use store::search::{Budget, SearchError, SearchIndex, SearchRequest};

use super::{Asked, Found, FoundPost, MOST, Wanted};
use crate::instance::Instance;
use crate::roles::Role;

/// Characters of a post that are shown: enough to tell whether it is meant.
const WORDS: usize = 80;

impl Instance {
    /// Finds what is to be forgotten, here or where the posts are.
    pub async fn find_to_forget(&self, asked: &Asked) -> Result<Found> {
        let authors = match &asked.author {
            Some(author) => self.hashes_of(author).await?.into_iter().collect(),
            None => Default::default(),
        };
        let wanted = Wanted { ids: asked.ids.clone(), authors, query: asked.query.clone() };
        if let Some(index) = self.index.clone() {
            return tokio::task::spawn_blocking(move || find_in(&index, &wanted)).await?;
        }
        let peers = self.peers.as_ref().context("the search index is not open here")?;
        peers.post_json_to(Role::Store, "/internal/forget/find", &wanted).await.map_err(anyhow::Error::msg)
    }

    /// The hashes of a person, here or where the keys are.
    pub async fn hashes_of(&self, author: &str) -> Result<Vec<String>> {
        let person = PersonOnPlatform::parse(author).map_err(anyhow::Error::msg)?;
        if let Some(collector) = self.collector.clone() {
            return Ok(tokio::task::spawn_blocking(move || collector.hashes_of(&person)).await??);
        }
        let peers =
            self.peers.as_ref().context("the keys of authors are with the role ingest, which does not run here")?;
        peers.post_json_to(Role::Ingest, "/internal/hashes", &author).await.map_err(anyhow::Error::msg)
    }
}

/// Why a search ends early.
enum Ended {
    TooMany,
    Search(SearchError),
}

impl From<SearchError> for Ended {
    fn from(error: SearchError) -> Ended {
        Ended::Search(error)
    }
}

/// Finds posts in an index. Blocks.
pub fn find_in(index: &SearchIndex, wanted: &Wanted) -> Result<Found> {
    if index.rebuilding().is_some() {
        bail!("the search index is being made anew: forget when it is whole");
    }
    let too_many =
        || anyhow!("найдено больше {MOST} публикаций: одному человеку столько не принадлежит, сузьте запрос");
    let (mut posts, mut unknown) = (BTreeMap::new(), Vec::new());
    for id in &wanted.ids {
        match index.get(id)? {
            Some(tagged) => drop(posts.insert(id.clone(), found(&tagged))),
            None => unknown.push(id.clone()),
        }
    }
    for tagged in index.by_authors(&wanted.authors, MOST + 1)? {
        posts.insert(tagged.post.id.clone(), found(&tagged));
    }
    if let Some(query) = &wanted.query {
        if query.trim().is_empty() {
            bail!("пустой запрос находит всё; напишите, что искать");
        }
        let request = SearchRequest { query: query.clone(), ..SearchRequest::default() };
        let mut each = |tagged: TaggedPost| {
            posts.insert(tagged.post.id.clone(), found(&tagged));
            if posts.len() > MOST { Err(Ended::TooMany) } else { Ok(()) }
        };
        match index.search_all(&request, &Budget::unlimited(), &mut each) {
            Err(Ended::Search(error)) => return Err(error.into()),
            Err(Ended::TooMany) | Ok(()) => {}
        }
    }
    if posts.len() + unknown.len() > MOST {
        return Err(too_many());
    }
    let mut posts: Vec<FoundPost> = posts.into_values().collect();
    posts.sort_by_key(|post| (Reverse(post.published_at), post.id.clone()));
    unknown.sort();
    unknown.dedup();
    Ok(Found { posts, unknown })
}

fn found(tagged: &TaggedPost) -> FoundPost {
    let post = &tagged.post;
    let words = post.title.iter().chain([&post.text]).flat_map(|part| part.split_whitespace());
    let words = words.collect::<Vec<_>>().join(" ");
    let words = match words.char_indices().nth(WORDS) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words,
    };
    FoundPost { id: PostId::clone(&post.id), published_at: post.published_at, source: post.source.clone(), words }
}
