//! How often a channel may be used: its documented limits, kept before the server has to refuse, and the pauses it asks for.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use config::ChannelKind;
use model::{Clock, Time};

use super::outcome::{DeliveryOutcome, Reason};
use super::sliding_windows::{Limits, SlidingWindows};

/// Keeps a channel within its limits, whichever of its requests run at the same time.
pub struct RateLimiter {
    kind: ChannelKind,
    windows: Mutex<SlidingWindows>,
    clock: Clock,
}

impl RateLimiter {
    pub fn new(kind: ChannelKind, limits: Limits, clock: Clock) -> RateLimiter {
        RateLimiter { kind, windows: Mutex::new(SlidingWindows::new(limits)), clock }
    }

    /// How long a message to a chat has to wait; none: it may go now.
    pub fn wait(&self, chat: &str) -> Option<Duration> {
        let now = (self.clock)();
        until(now, self.windows().ready_at(chat, now))
    }

    /// Counts a message to a chat, or refuses it until its turn.
    pub fn acquire(&self, chat: &str) -> Result<(), DeliveryOutcome> {
        let now = (self.clock)();
        self.windows().acquire(chat, now).map_err(|ready_at| {
            let words = format!("ждёт очереди: пределы {}", self.kind.name_ru());
            Reason::new("paced", words).after(until(now, ready_at))
        })
    }

    /// Leaves a chat alone for as long as the server asked.
    pub fn hold(&self, chat: &str, pause: Duration) {
        let end = (self.clock)().saturating_add(pause).unwrap_or(Time::MAX);
        self.windows().hold(chat, end);
    }

    fn windows(&self) -> MutexGuard<'_, SlidingWindows> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is left until a time; none: it has come.
fn until(now: Time, time: Time) -> Option<Duration> {
    Duration::try_from(time.duration_since(now)).ok().filter(|left| !left.is_zero())
}
