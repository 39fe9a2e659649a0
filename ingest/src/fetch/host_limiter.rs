//! Turns: a pause between two requests to one host, a bound on requests at a time, and hosts that asked to be left alone.
//!
//! `governor` does not hold what is promised here. It admits or refuses and reserves no turn, so that of many
//! sources on one host one may wait for ever, while the latency that is told to people counts on each getting its turn in order. Its
//! waits are of real time, while ours follow the injected clock, which runs faster for the sample. And the rate of a limiter is
//! fixed, while `Crawl-delay` slows a host down in the middle. What it would replace is the one field `free_at`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use model::{Clock, Time};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::time::later;

/// Redirects can name hosts without end; beyond this many, those that wait for nothing are forgotten.
const MAX_HOSTS: usize = 10_000;

/// The longest real pause before the clock is asked again: it may run faster than real time.
const LONGEST_NAP: Duration = Duration::from_millis(250);

/// When each host may be asked, by the injected clock.
pub(crate) struct HostLimiter {
    interval: Duration,
    host_parallel: usize,
    /// Requests at a time to a host whose limits the caller keeps: more than to others, and half of all at most, so that one that
    /// is slow keeps nobody else waiting.
    own_parallel: usize,
    paces: Vec<config::HostPace>,
    parallel: Arc<Semaphore>,
    hosts: Mutex<HashMap<String, Host>>,
    clock: Clock,
}

struct Host {
    interval: Duration,
    parallel: Arc<Semaphore>,
    free_at: Time,
    paused_until: Time,
}

/// A place among the requests to a host and one among all.
pub(crate) struct Turn {
    _host: Option<OwnedSemaphorePermit>,
    /// An answer keeps it for longer than its turn.
    pub(super) all: Option<OwnedSemaphorePermit>,
}

impl HostLimiter {
    pub(crate) fn new(settings: &config::Fetch, clock: Clock) -> HostLimiter {
        HostLimiter {
            interval: Duration::from_millis(settings.host_interval_ms.into()),
            host_parallel: settings.host_parallel,
            own_parallel: settings.host_parallel.max(settings.parallel / 2),
            paces: settings.hosts.clone(),
            parallel: Arc::new(Semaphore::new(settings.parallel.max(1))),
            hosts: Mutex::default(),
            clock,
        }
    }

    /// Waits for this request's turn at a host (`name:port`) and holds its places while the turn lives; the place among all
    /// last, so that who waits for a slow host keeps nobody else waiting.
    /// Fails at once with the time until which the host asked for a pause. Not `spaced`: the caller keeps the host's limits.
    pub(crate) async fn turn(&self, host: &str, spaced: bool) -> Result<Turn, Time> {
        // The semaphores are never closed, so there is always a permit to come.
        let place = self.of_host(host, spaced, |host| host.parallel.clone()).acquire_owned().await.ok();
        let turn = self.reserve(host, spaced)?;
        let mut nap = Duration::from_millis(5);
        while let Ok(wait) = Duration::try_from(turn.duration_since((self.clock)())) {
            if wait.is_zero() {
                break;
            }
            tokio::time::sleep(nap.min(wait)).await;
            nap = (nap * 2).min(LONGEST_NAP);
        }
        Ok(Turn { _host: place, all: self.parallel.clone().acquire_owned().await.ok() })
    }

    /// Leaves a host alone until a time.
    pub(crate) fn pause(&self, host: &str, until: Time) {
        self.of_host(host, true, |host| host.paused_until = host.paused_until.max(until));
    }

    /// Asks a host no more often than this from now on, if that is slower than its pace.
    pub(crate) fn slow_down(&self, host: &str, interval: Duration) {
        self.of_host(host, true, |host| host.interval = host.interval.max(interval));
    }

    fn reserve(&self, name: &str, spaced: bool) -> Result<Time, Time> {
        let now = (self.clock)();
        self.of_host(name, spaced, |host| {
            if host.paused_until > now {
                return Err(host.paused_until);
            }
            let turn = host.free_at.max(now);
            host.free_at = if spaced { later(turn, host.interval) } else { turn };
            Ok(turn)
        })
    }

    fn of_host<T>(&self, name: &str, spaced: bool, act: impl FnOnce(&mut Host) -> T) -> T {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= MAX_HOSTS {
            let now = (self.clock)();
            hosts.retain(|_, host| {
                host.free_at > now || host.paused_until > now || Arc::strong_count(&host.parallel) > 1
            });
        }
        act(hosts.entry(name.to_owned()).or_insert_with(|| {
            let bare = name.rsplit_once(':').map_or(name, |(host, _)| host);
            let pace = self.paces.iter().find(|pace| pace.name == bare);
            let parallel = if spaced { self.host_parallel } else { self.own_parallel };
            Host {
                interval: pace.map_or(self.interval, |pace| Duration::from_millis(pace.interval_ms.into())),
                parallel: Arc::new(Semaphore::new(pace.map_or(parallel, |pace| pace.parallel).max(1))),
                free_at: Time::MIN,
                paused_until: Time::MIN,
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(now: Time) -> HostLimiter {
        let pace = config::HostPace { name: "slow".into(), interval_ms: 5000, parallel: 1 };
        let settings = config::Fetch {
            host_interval_ms: 1000,
            hosts: vec![pace],
            ..crate::test_server::settings("http://127.0.0.1:1", &[]).fetch
        };
        HostLimiter::new(&settings, Arc::new(move || now))
    }

    #[test]
    fn turns_at_one_host_are_an_interval_apart_and_hosts_do_not_wait_for_each_other() {
        let now: Time = "2026-11-01T10:00:00Z".parse().unwrap();
        let hosts = hosts(now);
        let reserve = |host| hosts.reserve(host, true);
        let second = |n| later(now, Duration::from_secs(n));
        assert_eq!(reserve("a:80"), Ok(now));
        assert_eq!(reserve("a:80"), Ok(second(1)));
        assert_eq!(reserve("a:80"), Ok(second(2)));
        assert_eq!(reserve("b:80"), Ok(now));
        hosts.pause("a:80", second(60));
        hosts.pause("a:80", second(30));
        assert_eq!(reserve("a:80"), Err(second(60)));
        assert_eq!(reserve("b:80"), Ok(second(1)));
        assert_eq!(reserve("slow:443"), Ok(now));
        assert_eq!(reserve("slow:443"), Ok(second(5)));
        hosts.slow_down("b:80", Duration::from_secs(9));
        assert_eq!((reserve("b:80"), reserve("b:80")), (Ok(second(2)), Ok(second(11))));
    }

    #[tokio::test]
    async fn where_the_caller_keeps_the_limits_half_of_all_requests_go_at_a_time() {
        let hosts = hosts("2026-11-01T10:00:00Z".parse().unwrap());
        let mut turns = Vec::new();
        for _ in 0..8 {
            turns.push(hosts.turn("api:443", false).await.unwrap());
        }
        let mut ninth = std::pin::pin!(hosts.turn("api:443", false));
        assert!(futures_util::future::poll_immediate(&mut ninth).await.is_none(), "eight of sixteen");
        assert!(hosts.turn("quick:80", true).await.is_ok());
    }

    #[tokio::test]
    async fn who_waits_for_a_busy_host_takes_no_place_from_others() {
        let now: Time = "2026-11-01T10:00:00Z".parse().unwrap();
        let hosts = hosts(now);
        let places = hosts.parallel.available_permits();
        let first = hosts.turn("slow:80", true).await.unwrap();
        let mut second = std::pin::pin!(hosts.turn("slow:80", true));
        assert!(futures_util::future::poll_immediate(&mut second).await.is_none(), "one request at a time");
        assert_eq!(hosts.parallel.available_permits(), places - 1);
        assert!(hosts.turn("quick:80", true).await.is_ok());
        drop(first);
        assert_eq!(hosts.parallel.available_permits(), places);
    }
}
