//! How many messages each stage takes at once, and how long it gathers them before it makes them durable.

use std::time::Duration;

use journal::{Batching, FlushPolicy};

use super::threads::WAIT;

/// Messages a stage takes at once: enough that reading costs little for each, few enough that memory stays flat.
pub const BATCH: usize = 5_000;

/// The classifier passes on a batch as a whole, and nobody sees its first post before the last one is done: so it takes small ones.
const SMALL_BATCH: usize = 2_000;

/// For a stage that makes each batch durable by itself.
pub const EVERY_BATCH: Batching = Batching { batch: SMALL_BATCH, wait: WAIT, flush: FlushPolicy::EVERY_BATCH };

/// Alerts do the same. While they keep up their batches are small by themselves; while they are behind, a large batch writes each
/// page of their file once for many posts.
pub const ALERTS: Batching = Batching { batch: BATCH, ..EVERY_BATCH };

/// How long a stage that keeps up gathers messages: a post is seen a quarter of a second after it came.
const GATHER_CAUGHT_UP: Duration = Duration::from_millis(250);

/// How long a stage gathers while it is behind, as after an import or a replay, or on a slow machine: merging what was written in
/// small pieces costs more than half of what writing it did, and seconds make no difference to a stage that is minutes behind.
const GATHER_BEHIND: Duration = Duration::from_secs(20);

/// The search index: a commit writes segments, which are merged later, so each post costs less the more of them are in one. The index
/// writer does not hold more than these anyway.
pub const INDEX: Batching = Batching { batch: BATCH, wait: WAIT, flush: gathering(120_000) };

/// The figures: an INSERT makes a part, which ClickHouse merges later. Until then its rows are held in memory, in this process and
/// in ClickHouse, some 5 KB each.
pub const FIGURES: Batching = Batching { batch: BATCH, wait: WAIT, flush: gathering(20_000) };

const fn gathering(messages: usize) -> FlushPolicy {
    FlushPolicy { caught_up: GATHER_CAUGHT_UP, behind: GATHER_BEHIND, messages }
}
