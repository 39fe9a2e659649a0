//! The pipeline under measurement, as this crate sees it: a journal to append to, and how far each stage is.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use indicatif::ProgressBar;
use journal::{Checkpoint, Journal, Record, Stream};
use model::{Post, wire};

use crate::memory;
use crate::posts::Posts;

/// How often it is checked whether all is done. Kafka is asked for its ends each time.
const CHECK_EVERY: Duration = Duration::from_millis(20);

/// How many times in a run the memory is noted: equal figures say that it does not grow.
const MEMORY_NOTES: u64 = 10;

/// The stages that end the path.
const LAST_STAGES: [&str; 3] = ["search", "facts", "alerts"];

/// How far a stage is.
#[derive(Debug, Clone)]
pub struct StageProgress {
    /// Everything before it is done.
    pub checkpoint: Checkpoint,
    /// Messages done since start.
    pub done: u64,
    /// How many times what was done was made durable.
    pub flushes: u64,
    /// What fails now.
    pub error: Option<String>,
}

/// How far each stage is, by its name.
pub type Progress = BTreeMap<&'static str, StageProgress>;

/// A running pipeline. Cheap to clone.
#[derive(Clone)]
pub struct Pipeline {
    /// The journal that its stages read.
    pub journal: Arc<dyn Journal>,
    /// Tells how far its stages are.
    pub progress: Arc<dyn Fn() -> Progress + Send + Sync>,
}

impl Pipeline {
    /// How far each stage is; an error if one fails, since it would be retried for ever.
    pub fn progress(&self) -> Result<Progress> {
        let progress = (self.progress)();
        match progress.iter().find_map(|(name, stage)| Some((name, stage.error.as_ref()?))) {
            Some((name, error)) => bail!("the stage {name} failed: {error}"),
            None => Ok(progress),
        }
    }

    /// Appends the next posts as a collector does.
    pub fn append(&self, posts: &mut Posts, count: usize) -> Result<Checkpoint> {
        Ok(self.journal.append(Stream::Posts, &records(posts, count)?)?)
    }

    /// Posts that the slowest stage still has before it.
    pub fn lag(&self) -> Result<u64> {
        let progress = (self.progress)();
        let behind = |names: &[&str], stream| -> Result<u64> {
            let stages: Vec<_> = names.iter().filter_map(|name| progress.get(name)).collect();
            if stages.is_empty() {
                return Ok(0);
            }
            let end = self.journal.end(stream)?;
            Ok(stages.iter().map(|stage| stage.checkpoint.behind(&end)).max().unwrap_or(0))
        };
        Ok(behind(&["classify"], Stream::Posts)? + behind(&LAST_STAGES, Stream::Tagged)?)
    }

    /// What the slowest of the last stages has done.
    fn slowest(&self) -> Result<u64> {
        let progress = self.progress()?;
        Ok(LAST_STAGES.iter().filter_map(|name| progress.get(name)).map(|stage| stage.done).min().unwrap_or(0))
    }

    /// Waits until `appended` says that all `count` posts were appended and every stage is done with them. Returns the process's own
    /// memory after each tenth of the posts.
    pub async fn until_done(&self, bar: &ProgressBar, appended: impl Fn() -> bool, count: u64) -> Result<Vec<u64>> {
        let mut own_memory = Vec::new();
        let before = self.slowest()?;
        loop {
            let all = appended();
            let done = self.slowest()? - before;
            bar.set_position(done);
            while done >= (own_memory.len() as u64 + 1) * count / MEMORY_NOTES
                && (own_memory.len() as u64) < MEMORY_NOTES
            {
                own_memory.push(memory::own());
            }
            if all && self.lag()? == 0 {
                return Ok(own_memory);
            }
            tokio::time::sleep(CHECK_EVERY).await;
        }
    }
}

/// The next posts as a collector appends them.
pub fn records(posts: &mut Posts, count: usize) -> Result<Vec<Record>> {
    let record =
        |post: Post| Record { tombstone: post.is_deleted(), ..Record::new(post.id.as_str(), wire::write_post(&post)) };
    (0..count).map(|_| posts.next().map(record)).collect()
}
