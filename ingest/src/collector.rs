//! Polls every source when it is due, each at its own pace, and keeps the account of what was seen.

mod intake;
pub(crate) mod portal;
pub(crate) mod reading;
mod sorted;
pub(crate) mod telegram;
#[cfg(test)]
mod tests;
pub(crate) mod vk;

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use config::{Address, Config, Source};
use futures_util::stream::{FuturesUnordered, StreamExt};
use journal::Journal;
use model::{Clock, Coverage, Platform, Post, PostId, Time};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use crate::author::{AuthorKeys, Random};
use crate::fetch::{Fetcher, SetupError};
use crate::outcome::Outcome;
use crate::schedule::{earlier, later};
use crate::state::{Cursor, Known, State, content_hash};
use intake::Intake;
use reading::{Goal, Net, Reading};

/// How often, in real time, the collector looks which sources are due.
const TICK: Duration = Duration::from_millis(200);

/// A post that was looked for in vain is not looked for again within this.
const CHECK_AGAIN: Duration = Duration::from_secs(3600);

/// How often what is remembered of old posts is dropped.
const PRUNE_EVERY: Duration = Duration::from_secs(24 * 3600);

/// All collectors of an instance. One of them may work on a data folder at a time.
pub struct Collector {
    config: Arc<Config>,
    fetcher: Fetcher,
    clock: Clock,
    intake: Arc<Intake>,
    sources: Vec<Polled>,
    pruned_at: Mutex<Time>,
}

/// How a source does.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct SourceStatus {
    /// Its id.
    pub id: String,
    /// The name people see.
    pub name: String,
    /// Its platform.
    pub platform: Platform,
    /// Whether it is polled.
    pub enabled: bool,
    /// When the last poll ended.
    pub last_at: Option<Time>,
    /// When the last poll that read it ended.
    pub last_ok_at: Option<Time>,
    /// Name of the last outcome.
    pub outcome: Option<String>,
    /// More about it.
    pub detail: Option<String>,
    /// Polls in a row that did not read it.
    pub failures: u32,
    /// When it is polled next; none: at once, or never where it is switched off.
    pub next_at: Option<Time>,
    /// Posts ever taken in.
    pub posts: u64,
}

/// Why the collector cannot start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file of cursors.
    #[error("cannot open the collectors' state {0}: {1}; check that the data folder is writable")]
    State(String, rusqlite::Error),
    /// The file of keys.
    #[error("cannot open the keys of authors {0}: {1}; check that the data folder is writable")]
    Keys(String, String),
    /// The HTTP client.
    #[error(transparent)]
    Http(#[from] SetupError),
}

struct Polled {
    source: Source,
    cursor: Mutex<Cursor>,
    /// Held while the source is polled: two polls at a time would both call a post new.
    turn: tokio::sync::Mutex<()>,
}

impl Collector {
    /// Opens `ingest.db` and `author-keys.db` in the data folder. The keys lie in a file of their own so that backups can
    /// leave them out. `version` goes into the User-Agent.
    pub fn open(
        data_dir: &Path,
        config: Arc<Config>,
        journal: Arc<dyn Journal>,
        clock: Clock,
        random: Random,
        version: &str,
    ) -> Result<Collector, OpenError> {
        let (state_path, keys_path) = (data_dir.join("ingest.db"), data_dir.join("author-keys.db"));
        let state_error = |error| OpenError::State(state_path.display().to_string(), error);
        let mut state = State::open(&state_path).map_err(state_error)?;
        let keys = AuthorKeys::open(&keys_path, random)
            .map_err(|error| OpenError::Keys(keys_path.display().to_string(), error.to_string()))?;
        let now = clock();
        let mut sources = Vec::new();
        for source in &config.sources {
            let mut cursor = state.cursor(&source.id, &address(source)).map_err(state_error)?;
            if cursor.failures == 0 {
                // A shorter `every`, or a clock that was set back, holds from now on.
                cursor.next_at = cursor.next_at.map(|at| at.min(later(now, source.every)));
            }
            sources.push(Polled {
                source: source.clone(),
                cursor: Mutex::new(cursor),
                turn: tokio::sync::Mutex::default(),
            });
        }
        let fetcher = Fetcher::new(&config.settings, version, clock.clone())?;
        let intake = Arc::new(Intake::new(journal, state, keys, clock.clone()));
        Ok(Collector { config, fetcher, clock, intake, sources, pruned_at: Mutex::new(Time::MIN) })
    }

    /// Polls each enabled source when it is due by the clock, until `stop` is true or its sender is gone.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
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
                        if polled.is_due(now) && polling.insert(number) {
                            polls.push(async move { self.poll_one(polled).await; number });
                        }
                    }
                    self.prune(now);
                }
            }
        }
    }

    /// Polls one source now, due or not. None: there is no such source.
    pub async fn poll(&self, source_id: &str) -> Option<Coverage> {
        let polled = self.sources.iter().find(|polled| polled.source.id == source_id)?;
        Some(self.poll_one(polled).await)
    }

    /// How each source does, in the order of the configuration.
    pub fn status(&self) -> Vec<SourceStatus> {
        self.sources.iter().map(Polled::status).collect()
    }

    async fn poll_one(&self, polled: &Polled) -> Coverage {
        let _turn = polled.turn.lock().await;
        let source = polled.source.clone();
        let cursor = polled.cursor().clone();
        let kept = cursor.clone();
        let full = { self.blocking(move |intake| intake.still_full(&source)) }.await.flatten();
        let source = polled.source.clone();
        let ended = match full {
            Some(stopped) => self.blocking(move |intake| intake.refuse(&source, cursor, stopped)).await,
            None => {
                let reading = self.read(&polled.source, &cursor).await;
                self.blocking(move |intake| intake.take(&source, cursor, reading)).await
            }
        };
        let (cursor, coverage) = match ended {
            Some(ended) => ended,
            None => {
                // A panic in our own code: the source must not be retried with every tick.
                let (source, stopped) = (polled.source.clone(), (Outcome::StateFailed, "intake panicked".to_owned()));
                self.intake.refuse(&source, kept, stopped)
            }
        };
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
        coverage
    }

    /// Reads a source down to its last seen post and asks after what is missing.
    async fn read(&self, source: &Source, cursor: &Cursor) -> Reading {
        let net = Net { fetcher: &self.fetcher, settings: &self.config.settings, clock: &self.clock };
        let now = (self.clock)();
        let id = source.id.as_str();
        let mut reading = Reading::new(now);
        match &source.address {
            Address::Telegram(channel) => {
                reading = self.read_numbered(net, source, cursor, reading).await;
                let missing = self.missing(source, &reading, now).await;
                telegram::check(net, channel, id, missing, &mut reading).await;
            }
            Address::Vk(_) => {
                reading = self.read_numbered(net, source, cursor, reading).await;
                let missing = self.missing(source, &reading, now).await;
                vk::check(net, id, missing, &mut reading).await;
            }
            Address::Portal(url) => {
                let portal = portal::Portal {
                    url: url.clone(),
                    source: source.id.clone(),
                    identity: source.identity,
                    list: source.list.clone(),
                };
                let (source, articles) = (id.to_owned(), source.article);
                let anchors = self.blocking(move |intake| intake.state().newest(&source, portal::ANCHORS)).await;
                match anchors {
                    Some(Ok(anchors)) => {
                        portal::read(net, portal, &cursor.validators, anchors, &mut reading).await;
                        if articles {
                            let wanted = self.unread_teasers(id, &reading).await;
                            portal::read_articles(net, wanted, &mut reading).await;
                        }
                    }
                    _ => reading.fail(Outcome::StateFailed.into()),
                }
            }
        }
        reading
    }

    /// Teasers of a reading that are new or changed: the article of one that is known was read with it.
    async fn unread_teasers(&self, source: &str, reading: &Reading) -> Vec<usize> {
        let teasers: Vec<(usize, Post)> = portal::teasers(reading)
            .into_iter()
            .map(|number| {
                let mut post = reading.posts[number].post.clone();
                crate::privacy::mask_post(&mut post, false);
                (number, post)
            })
            .collect();
        let source = source.to_owned();
        let unread = self.blocking(move |intake| {
            let known = intake.state().known(&source, teasers.iter().map(|(_, post)| &post.id))?;
            let is_read = |post: &Post| known.get(&post.id).is_some_and(|known| known.content == content_hash(post));
            Ok::<_, rusqlite::Error>(
                teasers.iter().filter(|(_, post)| !is_read(post)).map(|(number, _)| *number).collect::<Vec<usize>>(),
            )
        });
        unread.await.and_then(Result::ok).unwrap_or_default()
    }

    /// Reads a channel or wall. At first sight its newest page is taken in before the backfill, which on a host shared with
    /// many other sources may take an hour: an emergency on that page must not wait for it.
    async fn read_numbered(&self, net: Net<'_>, source: &Source, cursor: &Cursor, mut reading: Reading) -> Reading {
        let goal = Goal::new(cursor, reading.started);
        if cursor.last_number.is_some() {
            read_pages(net, source, goal, &mut reading).await;
            return reading;
        }
        read_pages(net, source, Goal::newest_page(), &mut reading).await;
        if !reading.outcome.is_ok() || reading.beginning || goal.reached(&mut reading) {
            return reading;
        }
        let (taker, kept, mut early) = (source.clone(), cursor.clone(), reading);
        let taken = self.blocking(move |intake| {
            intake.take_early(&taker, &kept, &mut early);
            early
        });
        let mut reading = match taken.await {
            Some(reading) => reading,
            None => {
                let mut reading = Reading::new((self.clock)());
                reading.fail(Outcome::StateFailed.into());
                return reading;
            }
        };
        read_pages(net, source, goal, &mut reading).await;
        reading
    }

    /// Remembered posts that should be on the pages read and are not.
    async fn missing(&self, source: &Source, reading: &Reading, now: Time) -> Vec<(PostId, Known)> {
        // From its first post on, everything should be there; else from where the pages end.
        let lowest = if reading.beginning { Some(0) } else { reading.lowest() };
        let unreadable = reading.posts.is_empty() && reading.unparsed > 0;
        let Some(lowest) = lowest.filter(|_| reading.outcome.is_ok() && !unreadable) else { return Vec::new() };
        let present: HashSet<PostId> = reading.posts.iter().map(|parsed| parsed.post.id.clone()).collect();
        let source = source.id.clone();
        let found = self.blocking(move |intake| {
            let present = present.iter().collect();
            intake.state().missing(&source, lowest, &present, earlier(now, CHECK_AGAIN))
        });
        match found.await {
            Some(Ok(missing)) => missing,
            _ => Vec::new(),
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

impl Polled {
    fn cursor(&self) -> MutexGuard<'_, Cursor> {
        self.cursor.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_due(&self, now: Time) -> bool {
        self.source.enabled && self.cursor().next_at.is_none_or(|at| at <= now)
    }

    fn status(&self) -> SourceStatus {
        let (source, cursor) = (&self.source, self.cursor());
        SourceStatus {
            id: source.id.clone(),
            name: source.name.clone(),
            platform: source.platform(),
            enabled: source.enabled,
            last_at: cursor.last_at,
            last_ok_at: cursor.last_ok_at,
            outcome: cursor.outcome.clone(),
            detail: cursor.detail.clone(),
            failures: cursor.failures,
            next_at: if source.enabled { cursor.next_at } else { None },
            posts: cursor.posts,
        }
    }
}

async fn read_pages(net: Net<'_>, source: &Source, goal: Goal, reading: &mut Reading) {
    match &source.address {
        Address::Telegram(channel) => telegram::read(net, channel, &source.id, goal, reading).await,
        Address::Vk(owner) => vk::read(net, *owner, &source.id, goal, reading).await,
        Address::Portal(_) => {}
    }
}

/// A source's address as text, by which a source that moved is told.
fn address(source: &Source) -> String {
    match &source.address {
        Address::Telegram(channel) => format!("telegram:{channel}"),
        Address::Vk(owner) => format!("vk:{owner}"),
        Address::Portal(url) => format!("portal:{url}"),
    }
}
