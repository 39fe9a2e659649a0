//! The index that is searched.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use classify::Classifier;
use config::Config;
use journal::{Entry, Sink};
use model::{Time, wire};
use store::search::SearchIndex;

use crate::bars::progress;
use crate::posts::{Generated, Posts};

/// Posts given to the index at once.
const BATCH: u64 = 2_000;

/// Posts in a commit.
const COMMIT: u64 = 100_000;

/// Opens the index, and fills it where it is empty.
pub fn build(folder: &Path, config: Arc<Config>, generated: &Generated, count: u64, end: Time) -> Result<SearchIndex> {
    let index = SearchIndex::open(folder, config.timezone().clone())?;
    if index.docs()? > 0 {
        return Ok(index);
    }
    let mut sink = index.sink()?;
    let mut classifier = Classifier::new(config, 1);
    let mut posts = Posts::new(generated, count, end)?;
    let bar = progress(count);
    let mut done = 0;
    while done < count {
        let batch = BATCH.min(count - done);
        let mut entries = Vec::with_capacity(batch as usize);
        for n in 0..batch {
            let tagged = classifier.classify(posts.next()?);
            let (key, payload) = (tagged.post.id.to_string(), wire::write_tagged(&tagged));
            entries.push(Entry { partition: 0, offset: done + n, key, payload });
        }
        sink.apply(&entries).map_err(anyhow::Error::from_boxed)?;
        done += batch;
        if done.is_multiple_of(COMMIT) || done == count {
            sink.flush().map_err(anyhow::Error::from_boxed)?;
        }
        bar.set_position(done);
    }
    // As it is after a quiet hour: no merges under way.
    sink.purge().map_err(anyhow::Error::from_boxed)?;
    bar.finish_and_clear();
    Ok(index)
}
