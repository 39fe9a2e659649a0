//! The stage between the streams `posts` and `tagged`.

use std::sync::Arc;

use classify::Classifier;
use journal::{Applied, Checkpoint, Entry, Journal, Record, Rejected, Sink, SinkError, Stream};
use model::{Clock, wire};

/// Classifies posts and appends them to the tagged stream. The journal keeps its position: a repeat appends the same
/// version again, which every sink ignores.
pub struct ClassifySink {
    pub classifier: Classifier,
    pub journal: Arc<dyn Journal>,
    pub clock: Clock,
}

impl Sink for ClassifySink {
    fn position(&mut self) -> Result<Option<Checkpoint>, SinkError> {
        Ok(None)
    }

    fn apply(&mut self, entries: &[Entry]) -> Result<Applied, SinkError> {
        let now = (self.clock)();
        let mut applied = Applied::default();
        let mut records = Vec::with_capacity(entries.len());
        // Emptied by a deletion: its tombstone follows.
        for entry in entries.iter().filter(|entry| !entry.payload.is_empty()) {
            match wire::read_post(&entry.payload, Some(now)) {
                Ok(post) => {
                    let tagged = self.classifier.classify(post);
                    records.push(tagged_record(&tagged, entry.partition));
                }
                Err(reason) => applied.rejected.push(Rejected {
                    partition: entry.partition,
                    offset: entry.offset,
                    reason: reason.to_string(),
                }),
            }
        }
        self.journal.append(Stream::Tagged, &records)?;
        Ok(applied)
    }
}

/// A tagged post as a record of its stream, in the partition that the post came from: the versions of a post stay in order.
pub fn tagged_record(tagged: &model::TaggedPost, partition: u32) -> Record {
    let tombstone = tagged.post.is_deleted();
    Record { tombstone, partition: Some(partition), ..Record::new(tagged.post.id.as_str(), wire::write_tagged(tagged)) }
}
