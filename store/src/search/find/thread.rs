//! The conversation under a post.

use std::collections::{HashMap, HashSet};

use model::{Kind, PostId, TaggedPost};
use serde::{Deserialize, Serialize};
use tantivy::collector::sort_key::SortByStaticFastValue;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;
use tantivy::{Order, Term};

use crate::search::index::{SearchError, SearchIndex};
use crate::search::schema;

/// Answers of a conversation that are given, the first ones: more are read by nobody, and all are in memory together.
pub const MAX_ANSWERS: usize = 2_000;

/// A post and what was answered to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Thread {
    /// The post at the beginning of it.
    pub root: PostId,
    /// That post; none where it is not in the archive, or was deleted.
    pub post: Option<TaggedPost>,
    /// Answers there are, shown or not.
    pub total: u64,
    /// The answers in the order in which they are read: each before those to it, and these by time.
    pub comments: Vec<Answer>,
}

/// A comment of a thread, or a post that answers one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// 1 for an answer to the post, 2 for one to that, and so on.
    pub depth: usize,
    /// The comment.
    pub comment: TaggedPost,
}

impl SearchIndex {
    /// The conversation that a post or comment is a part of; none where nothing of it is known. `above` is the post that a comment is said to stand
    /// under, for one that is not in the archive.
    pub fn thread(&self, id: &PostId, above: Option<&PostId>) -> Result<Option<Thread>, SearchError> {
        let found = self.get(id)?;
        let is_comment = |found: &TaggedPost| found.post.kind == Kind::Comment;
        let root = match found.as_ref().filter(|found| is_comment(found)) {
            Some(comment) => comment.post.in_reply_to.as_deref().and_then(|above| PostId::new(above).ok()),
            None => above.filter(|_| found.is_none()).cloned(),
        };
        let root = root.unwrap_or_else(|| id.clone());
        let (total, answers) = self.answers(&root)?;
        let post = if root == *id { found } else { self.get(&root)? };
        let is_known = post.is_some() || total > 0;
        Ok(is_known.then(|| Thread { comments: in_order(answers), root, post, total }))
    }

    /// How many posts and comments answer a post, and the first of them by time.
    fn answers(&self, root: &PostId) -> Result<(u64, Vec<TaggedPost>), SearchError> {
        let searcher = self.reader.searcher();
        let under = TermQuery::new(Term::from_field_text(self.fields.thread, root.as_str()), IndexRecordOption::Basic);
        let first = TopDocs::with_limit(MAX_ANSWERS)
            .order_by((SortByStaticFastValue::<i64>::for_field(schema::PUBLISHED_AT), Order::Asc));
        let (first, total) = searcher.search(&under, &(first, Count))?;
        let mut answers = Vec::with_capacity(first.len());
        for (_, address) in first {
            answers.extend(self.post(&searcher, address)?);
        }
        answers.sort_by(|a, b| (a.post.published_at, &a.post.id).cmp(&(b.post.published_at, &b.post.id)));
        Ok((total as u64, answers))
    }
}

/// Answers in the order in which they are read. One whose comment is not there, or that answers itself in the end, stands beside the others.
fn in_order(answers: Vec<TaggedPost>) -> Vec<Answer> {
    let ids: HashSet<String> = answers.iter().map(|answer| answer.post.id.to_string()).collect();
    let mut below: HashMap<Option<String>, Vec<usize>> = HashMap::new();
    for (number, answer) in answers.iter().enumerate() {
        let above = answer.post.answers.clone().filter(|above| ids.contains(above));
        below.entry(above).or_default().push(number);
    }
    let mut order: Vec<(usize, usize)> = Vec::with_capacity(answers.len());
    let mut placed = vec![false; answers.len()];
    let top = below.remove(&None).unwrap_or_default();
    for start in top.into_iter().chain(0..answers.len()) {
        let mut open = vec![(1, start)];
        while let Some((depth, number)) = open.pop() {
            if std::mem::replace(&mut placed[number], true) {
                continue;
            }
            order.push((depth, number));
            let answered = below.remove(&Some(answers[number].post.id.to_string())).unwrap_or_default();
            open.extend(answered.into_iter().rev().map(|number| (depth + 1, number)));
        }
    }
    let mut answers: Vec<Option<TaggedPost>> = answers.into_iter().map(Some).collect();
    let answer = |(depth, number): (usize, usize)| Some(Answer { depth, comment: answers[number].take()? });
    order.into_iter().filter_map(answer).collect()
}
