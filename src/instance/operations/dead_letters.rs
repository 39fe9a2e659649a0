//! Dead letters: listing those that wait, and retrying them once the cause is fixed.

use std::collections::{HashMap, VecDeque};

use anyhow::Result;
use ingest::privacy::is_on_a_private_wall;
use journal::{Checkpoint, DEAD_LETTERS_READER, Entry, Record, Stream};
use model::{DeadLetter, wire};
use serde::{Deserialize, Serialize};

use super::imports::{Imports, LeftOut};
use super::replay::COMPACTION_WAIT;
use crate::instance::Instance;

/// The stage of letters that an import left.
const IMPORT: &str = "import";

/// Letters read at once: each may be long.
const BATCH: usize = 500;

/// What a retry did.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Retried {
    /// Messages that went back to the streams they came from.
    pub again: u64,
    /// Letters that stay because they hold no complete message: a page that was not understood, a text that was cut.
    pub stay: u64,
}

/// Reads the letters that were not retried yet, oldest first, and returns where they end.
fn read(instance: &Instance, mut each: impl FnMut(&Entry) -> Result<()>) -> Result<Checkpoint> {
    let mut reader = instance.journal.reader(Stream::Dead, DEAD_LETTERS_READER)?;
    let end = instance.journal.end(Stream::Dead)?;
    reader.seek(&Checkpoint::default())?;
    while !reader.position().reaches(&end) {
        let entries = reader.poll(BATCH, COMPACTION_WAIT)?;
        if entries.is_empty() {
            break;
        }
        let before_end = |entry: &&Entry| entry.offset < end.next(entry.partition);
        entries.iter().filter(before_end).try_for_each(&mut each)?;
    }
    Ok(end)
}

/// The letters that wait, and where they end. Letters whose post has been deleted since are left out: Kafka keeps them until
/// compaction, and their text must not come back.
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

/// Appends the messages of waiting letters to the streams they came from, and marks the letters as done.
///
/// A message that is rejected again becomes a new letter. A kill before the position is committed appends all of them once more,
/// which changes nothing: they are the same versions.
pub fn retry(instance: &Instance) -> Result<Retried> {
    let mut retried = Retried::default();
    let imports = Imports::of(instance)?;
    let end = pending(instance, |letter, entry| {
        match retry_record(&letter, &imports) {
            Some(Ok((stream, record))) => {
                instance.journal.append(stream, &[record])?;
                retried.again += 1;
            }
            // It would be left out once more.
            Some(Err(_)) => {}
            None if letter.id.as_ref().is_some_and(is_on_a_private_wall) => {}
            None => {
                let payload = stays(letter, &imports).unwrap_or_else(|| entry.payload.clone());
                instance.journal.append(Stream::Dead, &[Record::new(entry.key.clone(), payload)])?;
                retried.stay += 1;
            }
        }
        Ok(())
    })?;
    instance.journal.reader(Stream::Dead, DEAD_LETTERS_READER)?.commit(&end)?;
    tracing::info!(again = retried.again, stay = retried.stay, "dead letters taken up again");
    Ok(retried)
}

/// A letter of an import that stays: earlier builds kept the whole line in it, names included.
fn stays(mut letter: DeadLetter, imports: &Imports) -> Option<Vec<u8>> {
    if letter.stage != IMPORT {
        return None;
    }
    letter.payload = imports.masks.kept_of(letter.payload.as_bytes());
    Some(wire::write(&letter))
}

/// The message of a letter and the stream it came from; an import's goes where the import would have put it.
fn retry_record(letter: &DeadLetter, imports: &Imports) -> Option<Result<(Stream, Record), LeftOut>> {
    if letter.payload.is_empty() || letter.payload.len() >= wire::MAX_DEAD_PAYLOAD {
        return None;
    }
    let post = wire::read_post(letter.payload.as_bytes(), None).ok();
    if letter.stage == IMPORT {
        return Some(imports.record(post?).map(|record| (Stream::Posts, record)));
    }
    let stream = Stream::ALL.into_iter().find(|stream| stream.as_str() == letter.source && *stream != Stream::Dead)?;
    if stream == Stream::Corrections {
        // It would replace what was said of the post since.
        return None;
    }
    // Posts and what is tagged go to their partition, so that the versions of a post stay in order.
    let partition = letter.position.split_once(':').and_then(|(partition, _)| partition.parse().ok());
    let key = letter.id.as_ref().map_or(letter.source.as_str(), |id| id.as_str());
    let tombstone = post.is_some_and(|post| post.is_deleted());
    Some(Ok((stream, Record { tombstone, partition, ..Record::new(key, letter.payload.clone().into_bytes()) })))
}
