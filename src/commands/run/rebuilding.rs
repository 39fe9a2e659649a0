//! What the terminal says while the index of an earlier version is made anew.

use std::time::Duration;

use store::search::{Rebuilding, SearchIndex};
use tokio::sync::watch;

use crate::commands::output::rebuilding;
use crate::language::say;

/// How often it is said how far it has come.
const SAY: Duration = Duration::from_secs(5);

/// Says how far the rebuild has come, until it is done or the process stops.
pub async fn tell_rebuilding(index: SearchIndex, mut stop: watch::Receiver<bool>) {
    let mut tick = tokio::time::interval(SAY);
    let mut told = false;
    while let Some(Rebuilding { done, total }) = index.rebuilding() {
        tokio::select! { _ = tick.tick() => {} _ = stop.changed() => return }
        told = true;
        eprintln!(
            "{}: {done}/{total}; {}",
            rebuilding(),
            say("поиск пока находит не всё", "searches do not find everything yet")
        );
    }
    if told {
        eprintln!(
            "{}",
            say("индекс построен заново, поиск находит всё", "the index is made anew, searches find everything")
        );
    }
}
