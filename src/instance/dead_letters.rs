//! Dead letters: reading those that wait, and taking them up again after what was wrong is mended.

use std::collections::{HashMap, VecDeque};

use anyhow::Result;
use journal::{Checkpoint, DEAD_LETTERS_READER, Entry, Record, Stream};
use model::{DeadLetter, Origin, wire};
use serde::{Deserialize, Serialize};

use super::Instance;
use super::replay::TAIL;

/// Letters read at once: each may be long.
const LETTERS: usize = 500;

/// What a retry did.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Retried {
    /// Messages that went back to where they had come from.
    pub again: u64,
    /// Letters that stay, since they hold no whole message: a page that was not understood, a text that was cut.
    pub stay: u64,
}

/// Reads the letters that were not taken up again, oldest first, and returns their end.
fn read(instance: &Instance, mut each: impl FnMut(&Entry) -> Result<()>) -> Result<Checkpoint> {
    let mut reader = instance.journal.reader(Stream::Dead, DEAD_LETTERS_READER)?;
    let end = instance.journal.end(Stream::Dead)?;
    reader.seek(&Checkpoint::default())?;
    while !reader.position().reaches(&end) {
        let entries = reader.poll(LETTERS, TAIL)?;
        if entries.is_empty() {
            break;
        }
        let before_end = |entry: &&Entry| entry.offset < end.next(entry.partition);
        entries.iter().filter(before_end).try_for_each(&mut each)?;
    }
    Ok(end)
}

/// The letters that wait, and where they end. A letter whose post was deleted since is as good as gone: in Kafka it lies there
/// until compaction, and its text must not come back.
fn pending(instance: &Instance, mut each: impl FnMut(DeadLetter, &Entry) -> Result<()>) -> Result<Checkpoint> {
    let mut deleted: HashMap<String, Option<u64>> = HashMap::new();
    read(instance, |entry| {
        match entry.payload.is_empty() {
            false => drop(deleted.entry(entry.key.clone()).or_default()),
            true => drop(deleted.get_mut(&entry.key).map(|at| *at = Some(entry.offset))),
        }
        Ok(())
    })?;
    read(instance, |entry| {
        let gone = deleted.get(&entry.key).copied().flatten().is_some_and(|at| at > entry.offset);
        match wire::read(&entry.payload) {
            Ok(letter) if !gone => each(letter, entry),
            _ => Ok(()),
        }
    })
}

/// The newest letters that wait, newest first.
pub fn list(instance: &Instance, limit: usize) -> Result<Vec<DeadLetter>> {
    let mut letters = VecDeque::new();
    pending(instance, |letter, _| {
        letters.push_back(letter);
        if letters.len() > limit {
            letters.pop_front();
        }
        Ok(())
    })?;
    Ok(letters.into_iter().rev().collect())
}

/// Appends the messages of waiting letters to the streams they came from, and counts the letters as done with.
///
/// What is refused again becomes a new letter. A kill before the position is committed appends them once more, which changes
/// nothing: they are the same versions.
pub fn retry(instance: &Instance) -> Result<Retried> {
    let mut retried = Retried::default();
    let end = pending(instance, |letter, entry| {
        match again(&letter) {
            Some((stream, record)) => {
                instance.journal.append(stream, &[record])?;
                retried.again += 1;
            }
            None => {
                instance.journal.append(Stream::Dead, &[Record::new(entry.key.clone(), entry.payload.clone())])?;
                retried.stay += 1;
            }
        }
        Ok(())
    })?;
    instance.journal.reader(Stream::Dead, DEAD_LETTERS_READER)?.commit(&end)?;
    tracing::info!(again = retried.again, stay = retried.stay, "dead letters taken up again");
    Ok(retried)
}

/// The message of a letter and the stream it came from; an import's goes where the import would have put it.
fn again(letter: &DeadLetter) -> Option<(Stream, Record)> {
    if letter.payload.is_empty() || letter.payload.len() >= wire::MAX_DEAD_PAYLOAD {
        return None;
    }
    let post = wire::read_post(letter.payload.as_bytes(), None).ok();
    if letter.stage == "import" {
        let mut post = post?;
        post.origin = Origin::Import;
        post.seen_at.get_or_insert(post.edited_at.unwrap_or(post.published_at));
        let record = Record::new(post.id.as_str(), wire::write_post(&post));
        return Some((Stream::Posts, Record { tombstone: post.is_deleted(), ..record }));
    }
    let stream = Stream::ALL.into_iter().find(|stream| stream.as_str() == letter.source && *stream != Stream::Dead)?;
    // Posts and what is tagged go to their partition, so that the versions of a post stay in order.
    let partition = letter.position.split_once(':').and_then(|(partition, _)| partition.parse().ok());
    let key = letter.id.as_ref().map_or(letter.source.as_str(), |id| id.as_str());
    let tombstone = post.is_some_and(|post| post.is_deleted());
    Some((stream, Record { tombstone, partition, ..Record::new(key, letter.payload.clone().into_bytes()) }))
}
