//! Deletions that came during a replay: it may have appended a text after its tombstone.

use anyhow::Result;
use classify::Classifier;
use journal::{Checkpoint, Journal, Stream};
use model::wire;

use super::COMPACTION_WAIT;
use crate::instance::stages::batching::BATCH;
use crate::instance::stages::classify::tagged_record;

const NAME: &str = "replay-deletions";

/// Appends the tombstones that came after a position once more, which empties what was appended before them.
pub(super) fn say_again(journal: &dyn Journal, classifier: &mut Classifier, since: &Checkpoint) -> Result<()> {
    let end = journal.end(Stream::Posts)?;
    if since.reaches(&end) {
        return Ok(());
    }
    let mut reader = journal.reader(Stream::Posts, NAME)?;
    reader.seek(since)?;
    while !reader.position().reaches(&end) {
        let entries = reader.poll(BATCH, COMPACTION_WAIT)?;
        if entries.is_empty() {
            break;
        }
        let posts = entries
            .iter()
            .filter_map(|entry| Some((entry.partition, wire::read_post(&entry.payload, None).ok()?)))
            .filter(|(_, post)| post.is_deleted());
        let gone: Vec<_> =
            posts.map(|(partition, post)| tagged_record(&classifier.classify(post), partition)).collect();
        journal.append(Stream::Tagged, &gone)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use config::{Config, Files};
    use journal::{Embedded, Limits, Record};
    use model::{Platform, Post, PostId, Time};

    use super::*;

    #[test]
    fn a_text_that_a_replay_appended_after_its_tombstone_is_emptied() {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits { keep: Duration::from_secs(1), max_bytes: u64::MAX };
        let clock: model::Clock = Arc::new(|| Time::UNIX_EPOCH);
        let journal = Embedded::open(&folder.path().join("journal.db"), limits, clock).unwrap();
        let mut classifier = Classifier::new(Arc::new(Config::parse(&Files::shipped()).unwrap()), 2);
        let published = "2026-11-01T10:00:00Z".parse().unwrap();
        let post = |number: u32| {
            let id = PostId::new(format!("vk:-1_{number}")).unwrap();
            Post::new(id, Platform::Vk, "city", published, format!("Нет воды, дом {number}"))
        };
        let record = |post: &Post| Record {
            tombstone: post.is_deleted(),
            ..Record::new(post.id.as_str(), wire::write_post(post))
        };
        journal.append(Stream::Posts, &[record(&post(1)), record(&post(2))]).unwrap();
        let since = journal.end(Stream::Posts).unwrap();
        journal.append(Stream::Posts, &[record(&post(1).tombstone(published))]).unwrap();
        let replayed = [post(1), post(2)].map(|post| tagged_record(&classifier.classify(post), 0));
        journal.append(Stream::Tagged, &replayed).unwrap();

        say_again(&journal, &mut classifier, &since).unwrap();
        let entries = journal.reader(Stream::Tagged, "r").unwrap().poll(10, Duration::ZERO).unwrap();
        let texts: Vec<(&str, bool)> = entries.iter().map(|entry| (&*entry.key, entry.payload.is_empty())).collect();
        assert_eq!(texts, [("vk:-1_1", true), ("vk:-1_2", false), ("vk:-1_1", false)]);
        assert!(wire::read_tagged(&entries[2].payload).unwrap().post.is_deleted());
        say_again(&journal, &mut classifier, &journal.end(Stream::Posts).unwrap()).unwrap();
        assert_eq!(journal.end(Stream::Tagged).unwrap(), Checkpoint::at(4), "nothing came meanwhile");
    }
}
