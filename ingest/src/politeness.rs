//! Turns: a pause between two requests to one host, a bound on requests at a time, and hosts that asked to be left alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use model::{Clock, Time};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::schedule::later;

/// Redirects can name hosts without end; beyond this many, those that wait for nothing are forgotten.
const MAX_HOSTS: usize = 10_000;

/// The longest real pause before the clock is asked again: it may run faster than real time.
const LONGEST_NAP: Duration = Duration::from_millis(250);

/// Who may ask which host when, by the injected clock.
pub(crate) struct Hosts {
    interval: Duration,
    parallel: Arc<Semaphore>,
    hosts: Mutex<HashMap<String, Host>>,
    clock: Clock,
}

#[derive(Clone, Copy)]
struct Host {
    free_at: Time,
    paused_until: Time,
}

impl Hosts {
    pub(crate) fn new(interval_ms: u32, parallel: usize, clock: Clock) -> Hosts {
        Hosts {
            interval: Duration::from_millis(interval_ms.into()),
            parallel: Arc::new(Semaphore::new(parallel.max(1))),
            hosts: Mutex::default(),
            clock,
        }
    }

    /// Waits for this request's turn at a host and holds one of the parallel places while the permit lives.
    /// Fails at once with the time until which the host asked for a pause.
    pub(crate) async fn turn(&self, host: &str) -> Result<Option<OwnedSemaphorePermit>, Time> {
        let turn = self.reserve(host)?;
        let mut nap = Duration::from_millis(5);
        while let Ok(wait) = Duration::try_from(turn.duration_since((self.clock)())) {
            if wait.is_zero() {
                break;
            }
            tokio::time::sleep(nap.min(wait)).await;
            nap = (nap * 2).min(LONGEST_NAP);
        }
        // The semaphore is never closed, so there is always a permit to come.
        Ok(self.parallel.clone().acquire_owned().await.ok())
    }

    /// Leaves a host alone until a time.
    pub(crate) fn pause(&self, host: &str, until: Time) {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let host = hosts.entry(host.to_owned()).or_insert(Host { free_at: Time::MIN, paused_until: until });
        host.paused_until = host.paused_until.max(until);
    }

    fn reserve(&self, name: &str) -> Result<Time, Time> {
        let now = (self.clock)();
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= MAX_HOSTS {
            hosts.retain(|_, host| host.free_at > now || host.paused_until > now);
        }
        let host = hosts.entry(name.to_owned()).or_insert(Host { free_at: now, paused_until: now });
        if host.paused_until > now {
            return Err(host.paused_until);
        }
        let turn = host.free_at.max(now);
        host.free_at = later(turn, self.interval);
        Ok(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_at_one_host_are_an_interval_apart_and_hosts_do_not_wait_for_each_other() {
        let now: Time = "2026-11-01T10:00:00Z".parse().unwrap();
        let hosts = Hosts::new(1000, 4, Arc::new(move || now));
        let second = |n| later(now, Duration::from_secs(n));
        assert_eq!(hosts.reserve("a:80"), Ok(now));
        assert_eq!(hosts.reserve("a:80"), Ok(second(1)));
        assert_eq!(hosts.reserve("a:80"), Ok(second(2)));
        assert_eq!(hosts.reserve("b:80"), Ok(now));
        hosts.pause("a:80", second(60));
        hosts.pause("a:80", second(30));
        assert_eq!(hosts.reserve("a:80"), Err(second(60)));
        assert_eq!(hosts.reserve("b:80"), Ok(second(1)));
    }
}
