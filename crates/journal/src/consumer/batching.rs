//! How much a stage reads at once, and when it flushes.

use std::time::Duration;

/// How a stage reads its stream.
#[derive(Debug, Clone, Copy)]
pub struct Batching {
    /// Most messages in a batch: bounds the memory of a batch and what a crash repeats.
    pub batch: usize,
    /// How long to wait for a first message before checking whether to stop.
    pub wait: Duration,
    /// When applied messages are flushed.
    pub flush: FlushPolicy,
}

/// When applied messages are flushed: at whichever limit is reached first. A flush costs the same for one message as for
/// thousands, so a stage that is behind collects for longer, and one that is caught up makes its messages visible soon.
#[derive(Debug, Clone, Copy)]
pub struct FlushPolicy {
    /// Since the first unflushed message, while no more are waiting: how fresh the data of a stage is that is caught up. Where
    /// flushes are slow it is stretched to four times the expected length of the next one.
    pub caught_up: Duration,
    /// Since the first unflushed message, however many are waiting: what a crash repeats.
    pub behind: Duration,
    /// Unflushed messages: bounds what a sink holds in memory.
    pub messages: usize,
}

/// How many times its own length a flush is put off at least: a busy or slow machine must not spend its time on flushes, and
/// on merging the small pieces they leave.
const FLUSH_REST: u32 = 4;

/// Messages a second that live sources never bring, only an import, a replay or a stage catching up. A stage reads them as fast
/// as they arrive and so never looks behind; it must flush as one that is.
const BULK_RATE: u32 = 4_000;

/// Fewer messages than this say nothing about a rate.
const BULK_MIN_MESSAGES: usize = 1_000;

impl FlushPolicy {
    /// Flush after every batch. A shared reader needs it: between two polls a partition may move to another reader, which
    /// starts from what is committed.
    pub const EVERY_BATCH: FlushPolicy = FlushPolicy { caught_up: Duration::ZERO, behind: Duration::ZERO, messages: 0 };

    /// How long to collect before a flush that is expected to take `flush`; `behind`: more messages are waiting.
    pub(super) fn delay(&self, behind: bool, flush: Duration) -> Duration {
        if behind { self.behind } else { self.caught_up.max(flush * FLUSH_REST).min(self.behind) }
    }
}

/// How long the last flush took, and how many messages it made durable.
#[derive(Default, Clone, Copy)]
pub(super) struct LastFlush {
    pub took: Duration,
    pub count: usize,
}

impl LastFlush {
    /// How long a flush of `count` messages will take. While messages keep coming: as long as the last one, whose cost may have
    /// little to do with their number. When the stream is idle: in proportion, so that the few messages left after a bulk load
    /// do not wait as long as its thousands did: that was up to seven seconds after an import, on an idle machine.
    pub(super) fn expected(self, count: usize, idle: bool) -> Duration {
        if idle && count < self.count { self.took.mul_f64(count as f64 / self.count as f64) } else { self.took }
    }
}

/// Whether messages arrive at a rate that only a bulk load reaches.
pub(super) fn is_bulk(count: usize, within: Duration) -> bool {
    count >= BULK_MIN_MESSAGES && count as f64 >= f64::from(BULK_RATE) * within.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_sources_bring_is_a_bulk_load() {
        let is = |count, ms| is_bulk(count, Duration::from_millis(ms));
        assert_eq!([is(999, 1), is(1_000, 250), is(1_000, 251), is(80_000, 20_000)], [false, true, false, true]);
    }

    #[test]
    fn a_flush_is_put_off_where_it_is_slow_but_never_for_too_long() {
        let policy =
            FlushPolicy { caught_up: Duration::from_millis(250), behind: Duration::from_secs(20), messages: 100 };
        let delay = |behind, took_ms| policy.delay(behind, Duration::from_millis(took_ms)).as_millis();
        assert_eq!([delay(false, 0), delay(false, 100), delay(false, 60_000)], [250, 400, 20_000]);
        assert_eq!(delay(true, 0), 20_000);
        assert_eq!(FlushPolicy::EVERY_BATCH.delay(false, Duration::from_secs(1)), Duration::ZERO);
    }

    #[test]
    fn what_a_bulk_load_leaves_does_not_wait_as_long_as_the_load() {
        let last = LastFlush { took: Duration::from_secs(2), count: 40_000 };
        let expected = |count, idle| last.expected(count, idle).as_millis();
        assert_eq!([expected(400, true), expected(400, false), expected(80_000, true)], [20, 2_000, 2_000]);
        assert_eq!(LastFlush::default().expected(1, true), Duration::ZERO);
    }
}
