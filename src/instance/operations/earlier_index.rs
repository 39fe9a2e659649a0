//! An index of an earlier build, made anew where no stage runs that would.

use std::thread;
use std::time::Duration;

use anyhow::{Result, anyhow};
use indicatif::ProgressBar;
use store::search::{Rebuilding, SearchIndex};

/// How often the bar moves.
const SHOW: Duration = Duration::from_millis(200);

/// Makes an index whose posts still lie in one of an earlier build whole, with a bar on the terminal. Blocks.
pub fn make_anew(index: &SearchIndex) -> Result<()> {
    let bar = ProgressBar::new(0);
    let made = thread::scope(|scope| {
        let work = scope.spawn(|| index.sink()?.carry_over().map_err(anyhow::Error::from_boxed));
        while !work.is_finished() {
            if let Some(Rebuilding { done, total }) = index.rebuilding() {
                bar.set_length(total);
                bar.set_position(done);
            }
            thread::park_timeout(SHOW);
        }
        work.join().unwrap_or_else(|_| Err(anyhow!("making the index anew panicked")))
    });
    bar.finish_and_clear();
    made
}
