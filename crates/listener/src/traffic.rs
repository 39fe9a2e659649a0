//! What the listeners of this process see, for its metrics.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Of all listeners of the process, by name.
static COUNTERS: Mutex<BTreeMap<&'static str, Arc<Counters>>> = Mutex::new(BTreeMap::new());

/// What a listener counts.
#[derive(Debug, Default)]
pub struct Counters {
    pub open: AtomicU64,
    pub refused: AtomicU64,
    pub evicted: AtomicU64,
    pub slow: AtomicU64,
}

impl Counters {
    pub fn of(name: &'static str) -> Arc<Counters> {
        let mut all = COUNTERS.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(name).or_default())
    }
}

/// What a listener has seen since the process started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    /// Connections that are open now.
    pub open: u64,
    /// Connections and requests that were refused, since there were too many.
    pub refused: u64,
    /// Connections that said nothing and were closed for others.
    pub evicted: u64,
    /// Connections that were closed because they took or sent too little for too long.
    pub slow: u64,
}

/// What each listener of the process has seen.
pub fn traffic() -> Vec<(&'static str, Traffic)> {
    let all = COUNTERS.lock().unwrap_or_else(PoisonError::into_inner);
    let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let seen = |counters: &Counters| Traffic {
        open: read(&counters.open),
        refused: read(&counters.refused),
        evicted: read(&counters.evicted),
        slow: read(&counters.slow),
    };
    all.iter().map(|(name, counters)| (*name, seen(counters))).collect()
}
