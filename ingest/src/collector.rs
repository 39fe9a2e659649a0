//! Polls every source when it is due, each at its own pace, and keeps the account of what was seen.

pub(crate) mod intake;
pub(crate) mod portal;
pub(crate) mod reading;
mod remembered;
mod sorted;
pub(crate) mod telegram;
#[cfg(test)]
mod tests;
pub(crate) mod vk;

use std::collections::{HashMap, HashSet};
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
use crate::schedule::{earlier, later, slowed};
use crate::state::{Cursor, State, content_hash};
use intake::Intake;
use reading::{Goal, Net, Reading};
use vk::api::{Api, naps};
use vk::{Paces, RATE_DAYS};

/// How often, in real time, the collector looks which sources are due.
const TICK: Duration = Duration::from_millis(200);

const DAY: Duration = Duration::from_secs(24 * 3600);

/// How often what is remembered of old posts is dropped.
const PRUNE_EVERY: Duration = DAY;

/// All collectors of an instance. One of them may work on a data folder at a time.
pub struct Collector {
    config: Arc<Config>,
    fetcher: Fetcher,
    clock: Clock,
    intake: Arc<Intake>,
    sources: Vec<Polled>,
    vk: Api,
    paces: Mutex<Paces>,
    /// Held while the paces are planned, so that one poll plans for all.
    planning: tokio::sync::Mutex<()>,
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
    /// Since when polls have failed.
    pub failing_since: Option<Time>,
    /// A post published now is seen within this many seconds, while its server answers; none: nobody can read it.
    pub latency_s: Option<u64>,
    /// Posts ever taken in.
    pub posts: u64,
    /// Blocks that looked like posts when the source was last read.
    pub blocks: u32,
    /// Of these, not understood: above zero the source's markup may have changed.
    pub blocks_unread: u32,
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
    /// How long a request waits for its turn and its answer at most; of VK's calls the plan tells.
    wait: Duration,
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
        for (source, wait) in config.sources.iter().zip(waits(&config)) {
            let mut cursor = state.cursor(&source.id, &address(source)).map_err(state_error)?;
            let set_back = cursor.last_at.is_some_and(|at| at > now);
            // A shorter `every`, or a clock that was set back, holds from now on. A source of VK rests as long as was planned: a
            // restart must not cost a call for each.
            if cursor.failures == 0 && (set_back || source.platform() != Platform::Vk) {
                cursor.next_at = cursor.next_at.map(|at| at.min(later(now, source.every)));
            }
            sources.push(Polled {
                source: source.clone(),
                cursor: Mutex::new(cursor),
                turn: tokio::sync::Mutex::default(),
                wait,
            });
        }
        let fetcher = Fetcher::new(&config.settings, version, clock.clone())?;
        let intake = Arc::new(Intake::new(journal, state, keys, clock.clone()));
        let vk = Api::new(&config.settings.vk, Some(intake.clone()), naps(clock.clone()));
        let (paces, planning) = Default::default();
        let pruned_at = Mutex::new(Time::MIN);
        Ok(Collector { config, fetcher, clock, intake, sources, vk, paces, planning, pruned_at })
    }

    /// Waits by another clock's leave than real time.
    #[cfg(test)]
    pub(crate) fn sleeping(mut self, sleep: vk::api::Sleep) -> Collector {
        self.vk = Api::new(&self.config.settings.vk, Some(self.intake.clone()), sleep);
        self
    }

    /// Polls each enabled source when it is due by the clock, and hears what communities of one's own tell by themselves,
    /// until `stop` is true or its sender is gone.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        tokio::join!(self.poll_due(stop.clone()), self.long_polls(stop.clone()), self.callbacks(stop));
    }

    /// Asks Bots Long Poll of every community that has a token for it.
    async fn long_polls(&self, stop: watch::Receiver<bool>) {
        let polls = self.config.sources.iter().filter(|source| source.enabled).filter_map(|source| {
            let token = source.events.as_ref()?.long_poll.as_ref()?;
            Some(vk::events::listen(self.net(), self.intake.clone(), source, token, stop.clone()))
        });
        polls.collect::<FuturesUnordered<_>>().collect::<()>().await;
    }

    /// Serves the Callback API where the settings name an address for it.
    async fn callbacks(&self, mut stop: watch::Receiver<bool>) {
        let Some(address) = self.config.settings.vk.callback else { return };
        let callbacks = vk::events::Callbacks {
            config: self.config.clone(),
            intake: self.intake.clone(),
            clock: self.clock.clone(),
        };
        let stopped = async move { drop(stop.wait_for(|stop| *stop).await) };
        let served = match tokio::net::TcpListener::bind(address).await {
            Ok(listener) => axum::serve(listener, vk::events::router(callbacks)).with_graceful_shutdown(stopped).await,
            Err(error) => Err(error),
        };
        if let Err(error) = served {
            tracing::error!(%address, %error, "cannot serve the Callback API; its walls are polled only");
        }
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
        self.sources.iter().map(|polled| polled.status(self.latency(polled))).collect()
    }

    /// How long a new post waits at most: the pause between two polls, then until a request of ours was answered.
    fn latency(&self, polled: &Polled) -> Option<Duration> {
        let source = &polled.source;
        let pause = match source.address {
            Address::Vk(_) | Address::VkSearch(_) => return Some(self.paces().get(&source.id)?.latency),
            Address::Telegram(_) => source.every,
            Address::Portal(_) => {
                // The feed may ask for a longer pause than ours.
                let cursor = polled.cursor();
                let asked = cursor.next_at.zip(cursor.last_at).filter(|_| cursor.failures == 0);
                let asked = asked.and_then(|(next, last)| Duration::try_from(next.duration_since(last)).ok());
                slowed(source.every, u32::MAX).max(asked.unwrap_or_default())
            }
        };
        Some(pause + polled.wait)
    }

    async fn poll_one(&self, polled: &Polled) -> Coverage {
        let _turn = polled.turn.lock().await;
        self.plan().await;
        let mut source = polled.source.clone();
        if let Some(pace) = self.paces().get(&source.id) {
            source.every = pace.pause;
        }
        let paced = source.clone();
        let cursor = polled.cursor().clone();
        let kept = cursor.clone();
        let full = { self.blocking(move |intake| intake.still_full(&source)) }.await.flatten();
        let source = paced;
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
        // The plan may have changed during the poll.
        self.keep_pace(polled);
        coverage
    }

    /// Reads a source down to its last seen post, asks after what is missing and what is to be read again, and reads comments.
    async fn read(&self, source: &Source, cursor: &Cursor) -> Reading {
        let net = self.net();
        let now = (self.clock)();
        let id = source.id.as_str();
        let mut reading = Reading::new(now);
        match &source.address {
            Address::Telegram(channel) => {
                reading = self.read_numbered(net, source, cursor, reading).await;
                reading = self.take_early(source, cursor, reading).await;
                let mut missing = self.missing(source, &reading, now).await;
                let known: HashSet<PostId> = missing.iter().map(|(id, _)| id.clone()).collect();
                let mut due = self.due(source, &reading, now).await;
                due.retain(|(id, _)| !known.contains(id));
                missing.extend(telegram::reread(net, channel, id, due, &mut reading).await);
                telegram::check(net, channel, id, missing, &mut reading).await;
                let threads = self.threads_due(source, &reading, now).await;
                let threads = telegram::threads_to_ask(threads, cursor, now);
                let has_comments = cursor.discussion_at.is_some();
                telegram::read_comments(net, channel, id, threads, has_comments, &mut reading).await;
            }
            Address::Vk(owner) => {
                reading = self.read_numbered(net, source, cursor, reading).await;
                if reading.outcome == Outcome::VkUnavailable {
                    self.explain(net, *owner, cursor, &mut reading).await;
                }
                reading = self.take_early(source, cursor, reading).await;
                let mut asked = self.missing(source, &reading, now).await;
                let due = self.due(source, &reading, now).await;
                let known: HashSet<PostId> = asked.iter().map(|(id, _)| id.clone()).collect();
                asked.extend(due.into_iter().filter(|(id, _)| !known.contains(id)));
                vk::check(net, id, asked, &mut reading).await;
                let threads = self.threads_due(source, &reading, now).await;
                vk::read_comments(net, id, threads, &mut reading).await;
                reading.quota_left = self.vk.quota().left("wall.get", now);
            }
            Address::VkSearch(query) => {
                vk::read_search(net, query, id, cursor, &mut reading).await;
                self.leave_to_others(source, &mut reading).await;
                reading = self.take_early(source, cursor, reading).await;
                let due = self.due(source, &reading, now).await;
                vk::check(net, id, due, &mut reading).await;
                reading.quota_left = self.vk.quota().left("newsfeed.search", now);
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
        self.find_gone_comments(source, &mut reading).await;
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

    fn net(&self) -> Net<'_> {
        Net { fetcher: &self.fetcher, settings: &self.config.settings, clock: &self.clock, vk: &self.vk }
    }

    /// Plans the paces of VK's sources anew when the rates they were planned for are old.
    async fn plan(&self) {
        let _planning = self.planning.lock().await;
        let now = (self.clock)();
        if !self.paces().is_stale(now) {
            return;
        }
        let since = earlier(now, RATE_DAYS * DAY);
        let Some(Ok(published)) = self.blocking(move |intake| intake.state().published_since(since)).await else {
            return;
        };
        let paces = Paces::new(&self.config, &self.vk.quota(), &published, now);
        *self.paces() = paces;
        self.sources.iter().for_each(|polled| self.keep_pace(polled));
    }

    /// A shorter pause holds from now on, so that what is guaranteed is true of the poll that is due next.
    fn keep_pace(&self, polled: &Polled) {
        let Some(pace) = self.paces().get(&polled.source.id) else { return };
        let mut cursor = polled.cursor();
        if let (0, Some(last), Some(next)) = (cursor.failures, cursor.last_at, cursor.next_at) {
            cursor.next_at = Some(next.min(later(last, pace.pause)));
        }
    }

    fn paces(&self) -> MutexGuard<'_, Paces> {
        self.paces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads a channel or wall. Its newest page is taken in before older ones are read, which on a host shared with many other
    /// sources may take an hour at first sight: an emergency on that page must not wait for it.
    async fn read_numbered(&self, net: Net<'_>, source: &Source, cursor: &Cursor, mut reading: Reading) -> Reading {
        let goal = Goal::new(cursor, reading.started);
        read_pages(net, source, Goal::newest_page(), &mut reading).await;
        if !reading.outcome.is_ok() || reading.beginning || goal.reached(&mut reading) {
            return reading;
        }
        reading = self.take_early(source, cursor, reading).await;
        if reading.outcome.is_ok() {
            read_pages(net, source, goal, &mut reading).await;
        }
        reading
    }

    /// Says what became of the community of a wall that cannot be read: asked once, when it became so.
    async fn explain(&self, net: Net<'_>, owner: i64, cursor: &Cursor, reading: &mut Reading) {
        let asked = cursor.outcome.as_deref() == Some(Outcome::VkUnavailable.name());
        let told = cursor.detail.as_deref().and_then(|detail| detail.split_once("; "));
        let words = match (asked, told) {
            (true, told) => told.map(|(_, words)| words.to_owned()),
            (false, _) => vk::group(net, owner).await.map(|group| group.state.words().to_owned()),
        };
        if let Some(words) = words {
            let error = reading.detail.take().unwrap_or_default();
            reading.detail = Some(format!("{error}; {words}"));
        }
    }

    /// Takes in what was read so far, so that it need not wait for what is still to be read: older posts, comments, posts that
    /// are asked after.
    async fn take_early(&self, source: &Source, cursor: &Cursor, reading: Reading) -> Reading {
        let (source, cursor, mut early) = (source.clone(), cursor.clone(), reading);
        let taken = self.blocking(move |intake| {
            intake.take_early(&source, &cursor, &mut early);
            early
        });
        taken.await.unwrap_or_else(|| {
            let mut reading = Reading::new((self.clock)());
            reading.fail(Outcome::StateFailed.into());
            reading
        })
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

    fn status(&self, latency: Option<Duration>) -> SourceStatus {
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
            failing_since: cursor.failing_since,
            latency_s: latency.map(|latency| latency.as_secs()),
            posts: cursor.posts,
            blocks: cursor.blocks.0,
            blocks_unread: cursor.blocks.1,
        }
    }
}

async fn read_pages(net: Net<'_>, source: &Source, goal: Goal, reading: &mut Reading) {
    match &source.address {
        Address::Telegram(channel) => telegram::read(net, channel, &source.id, goal, reading).await,
        Address::Vk(owner) => vk::read(net, *owner, &source.id, goal, reading).await,
        Address::VkSearch(_) | Address::Portal(_) => {}
    }
}

/// How long a request of each source waits at most: the turns of all sources on its host, and one that times out. VK's calls have
/// turns of their own.
fn waits(config: &Config) -> Vec<Duration> {
    let fetch = &config.settings.fetch;
    let host = |source: &Source| {
        let url = match &source.address {
            Address::Telegram(_) => &config.settings.telegram.preview,
            Address::Portal(url) => url,
            Address::Vk(_) | Address::VkSearch(_) => return None,
        };
        url::Url::parse(url).ok()?.host_str().map(str::to_owned)
    };
    let hosts: Vec<Option<String>> = config.sources.iter().map(host).collect();
    let mut sharing: HashMap<&String, u32> = HashMap::new();
    for (host, source) in hosts.iter().zip(&config.sources) {
        if let Some(host) = host.as_ref().filter(|_| source.enabled) {
            *sharing.entry(host).or_default() += 1;
        }
    }
    let turns = |host: &String| {
        let pace = fetch.hosts.iter().find(|pace| pace.name == *host);
        let interval_ms = pace.map_or(fetch.host_interval_ms, |pace| pace.interval_ms);
        Duration::from_millis(interval_ms.into()) * sharing.get(host).copied().unwrap_or(1)
    };
    let timeout = Duration::from_secs(fetch.timeout_s.into());
    hosts.iter().map(|host| host.as_ref().map_or(Duration::ZERO, turns) + timeout).collect()
}

/// A source's address as text, by which a source that moved is told.
fn address(source: &Source) -> String {
    match &source.address {
        Address::Telegram(channel) => format!("telegram:{channel}"),
        Address::Vk(owner) => format!("vk:{owner}"),
        Address::VkSearch(query) => format!("vk-search:{query}"),
        Address::Portal(url) => format!("portal:{url}"),
    }
}
