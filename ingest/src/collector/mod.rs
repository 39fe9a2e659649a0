//! Polls every source when it is due, each as often as its schedule says, and keeps the account of what was seen.

mod open;
mod people;
mod polled;
mod status;
#[cfg(test)]
mod tests;
mod waits;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use config::{Config, Source};
use futures_util::future::join_all;
use futures_util::stream::{FuturesUnordered, StreamExt};
use model::{Clock, Coverage, Time};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use crate::fetch::Fetcher;
use crate::hosts::{PlatformHosts, PlatformStatus};
use crate::outcome::PollOutcome;
use crate::platforms::Platforms;
use crate::poll::{Failure, Intake, Net, Parsers, Poll, PollResult};
use crate::state::Cursor;
use crate::time::earlier;
pub use open::OpenError;
use polled::Polled;
pub use status::SourceStatus;

/// How often, in real time, the collector looks which sources are due.
const TICK: Duration = Duration::from_millis(200);

/// How often what is remembered of old posts is dropped.
const PRUNE_EVERY: Duration = Duration::from_secs(24 * 3600);

/// All collectors of an instance. One of them may work on a data folder at a time.
pub struct Collector {
    config: Arc<Config>,
    fetcher: Fetcher,
    parsers: Parsers,
    clock: Clock,
    intake: Arc<Intake>,
    sources: Vec<Polled>,
    platforms: Platforms,
    pruned_at: Mutex<Time>,
}

impl Collector {
    /// Polls each enabled source when it is due by the clock, and takes in what platforms send without being polled, until `stop` is true or
    /// its sender is gone.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        let listening = self
            .platforms
            .all()
            .into_iter()
            .map(|connector| connector.listen(self.net(), &self.config, &self.intake, stop.clone()));
        tokio::join!(self.poll_due(stop.clone()), join_all(listening));
    }

    async fn poll_due(&self, mut stop: watch::Receiver<bool>) {
        self.plan().await;
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut polls = FuturesUnordered::new();
        let mut polling = HashSet::new();
        loop {
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                Some(done) = polls.next(), if !polls.is_empty() => { polling.remove(&done); }
                _ = tick.tick() => {
                    let now = (self.clock)();
                    for (number, polled) in self.sources.iter().enumerate() {
                        if !polling.contains(&number) && self.is_due(polled, now) {
                            polling.insert(number);
                            polls.push(async move { self.poll_one(polled).await; number });
                        }
                    }
                    self.prune(now);
                }
            }
        }
    }

    /// Whether a source is to be polled: its time has come, or an event said that there is a reason to.
    fn is_due(&self, polled: &Polled, now: Time) -> bool {
        let source = &polled.source;
        let awaited = self.platforms.of(source.platform()).take_awaited(&source.id);
        polled.is_due(now) || (source.enabled && awaited)
    }

    /// Polls one source now, due or not. None: there is no such source.
    pub async fn poll(&self, source_id: &str) -> Option<Coverage> {
        let polled = self.sources.iter().find(|polled| polled.source.id == source_id)?;
        Some(self.poll_one(polled).await)
    }

    /// How each source does, in the order of the configuration.
    pub fn status(&self) -> Vec<SourceStatus> {
        self.sources.iter().map(|polled| polled.status(self.latency(polled))).collect()
    }

    /// How the hosts are doing of each platform that has the same ones for all sources.
    pub fn hosts(&self) -> Vec<PlatformStatus> {
        self.platforms.all().into_iter().filter_map(|connector| Some(connector.hosts()?.status())).collect()
    }

    /// How long a new post waits at most: the pause between two polls, then until a request of ours was answered.
    fn latency(&self, polled: &Polled) -> Option<Duration> {
        let connector = self.platforms.of(polled.source.platform());
        let cursor = polled.cursor().clone();
        connector.latency(&polled.source, &cursor, polled.wait)
    }

    async fn poll_one(&self, polled: &Polled) -> Coverage {
        let _turn = polled.turn.lock().await;
        self.plan().await;
        let connector = self.platforms.of(polled.source.platform());
        let profile = connector.profile();
        let mut source = polled.source.clone();
        if let Some(pause) = connector.planned_pause(&source.id) {
            source.every = pause;
        }
        let cursor = polled.cursor().clone();
        let (kept, asking) = (cursor.clone(), source.clone());
        let full = self.blocking(move |intake| intake.still_full(&asking)).await.flatten();
        let ended = match full {
            Some(failure) => self.blocking(move |intake| intake.reject(&source, profile, cursor, failure)).await,
            None => {
                let result = self.read(&polled.source, &cursor).await;
                self.blocking(move |intake| intake.take(&source, profile, cursor, result)).await
            }
        };
        let (cursor, coverage) = ended.unwrap_or_else(|| {
            // A panic in our own code: the source must not be retried with every tick.
            let failure = Failure { outcome: PollOutcome::StateFailed, detail: Some("intake panicked".to_owned()) };
            self.intake.reject(&polled.source, profile, kept, failure)
        });
        tracing::debug!(
            source = coverage.source,
            outcome = coverage.outcome,
            pages = coverage.pages,
            posts = coverage.posts,
            new = coverage.new,
            edited = coverage.edited,
            deleted = coverage.deleted,
            unparsed = coverage.unparsed,
            "polled"
        );
        *polled.cursor() = cursor;
        if let Some(hosts) = connector.hosts() {
            self.acquit(hosts);
        }
        // The plan may have changed during the poll.
        self.keep_planned_pause(polled);
        coverage
    }

    /// Takes back what was counted against sources before it was known that none of a platform's hosts can be reached.
    fn acquit(&self, hosts: &PlatformHosts) {
        let Some(failure) = hosts.outage() else { return };
        for (source, since) in hosts.not_to_blame() {
            if let Some(polled) = self.sources.iter().find(|polled| polled.source.id == source) {
                polled.acquit(since, &failure);
            }
        }
    }

    /// Reads a source, and finds out which of its remembered comments are gone.
    async fn read(&self, source: &Source, cursor: &Cursor) -> PollResult {
        let connector = self.platforms.of(source.platform());
        let poll = Poll {
            net: self.net(),
            source,
            sources: &self.config.sources,
            profile: connector.profile(),
            cursor,
            intake: &self.intake,
            now: (self.clock)(),
        };
        let mut result = connector.poll(poll).await;
        poll.find_gone_comments(&mut result).await;
        result
    }

    fn net(&self) -> Net<'_> {
        Net { fetcher: &self.fetcher, parsers: &self.parsers, settings: &self.config.settings, clock: &self.clock }
    }

    /// Plans the polls where calls are limited and the last plan is out of date.
    async fn plan(&self) {
        for connector in self.platforms.all() {
            if connector.plan(&self.config, &self.intake, (self.clock)()).await {
                self.sources.iter().for_each(|polled| self.keep_planned_pause(polled));
            }
        }
    }

    fn keep_planned_pause(&self, polled: &Polled) {
        let connector = self.platforms.of(polled.source.platform());
        if let Some(pause) = connector.planned_pause(&polled.source.id) {
            polled.keep_planned_pause(pause);
        }
    }

    /// Runs what blocks on a thread of its own. None: it panicked.
    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce(&Intake) -> T + Send + 'static) -> Option<T> {
        let intake = self.intake.clone();
        tokio::task::spawn_blocking(move || work(&intake)).await.ok()
    }

    fn prune(&self, now: Time) {
        let mut pruned_at = self.pruned_at.lock().unwrap_or_else(PoisonError::into_inner);
        if *pruned_at > earlier(now, PRUNE_EVERY) {
            return;
        }
        *pruned_at = now;
        let intake = self.intake.clone();
        tokio::task::spawn_blocking(move || {
            if let Err(error) = intake.state().prune(now) {
                tracing::warn!(%error, "cannot drop what is remembered of old posts");
            }
        });
    }
}
