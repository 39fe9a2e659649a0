//! What the collectors ask of VK.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use config::{Address, Config, Settings, Source};
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};
use model::{Clock, Platform, PostId, Time};
use tokio::sync::watch;

use super::client::VkClient;
use super::comments::read_comments;
use super::events;
use super::parse::GroupState;
use super::poll_plan::{PollPlan, RATE_DAYS};
use super::profile::PROFILE;
use super::screen_name;
use super::search::{leave_to_others, read_search};
use super::tokens::TokenPool;
use super::wall::{check_posts, group, read_wall};
use crate::hosts::PlatformHosts;
use crate::outcome::PollOutcome;
use crate::platforms::connector::{Connector, Unresolved};
use crate::platforms::recognise::{Given, Target, TryError};
use crate::poll::{Goal, Intake, Net, PlatformProfile, Poll, PollResult};
use crate::state::Cursor;
use crate::time::earlier;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Walls of communities and searches of public posts, read through the API.
pub(crate) struct VkConnector {
    tokens: TokenPool,
    hosts: PlatformHosts,
    plan: Mutex<PollPlan>,
    /// Held while the polls are planned, so that one poll plans for all.
    planning: tokio::sync::Mutex<()>,
}

impl VkConnector {
    pub(crate) fn new(settings: &config::Vk, tokens: TokenPool, clock: Clock) -> VkConnector {
        let hosts = PlatformHosts::new(Platform::Vk, &settings.api, &settings.ways, clock);
        VkConnector { tokens, hosts, plan: Mutex::default(), planning: tokio::sync::Mutex::default() }
    }

    /// The plan of the polls as last made.
    pub(crate) fn plan(&self) -> MutexGuard<'_, PollPlan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn client<'a>(&'a self, net: Net<'a>, source: &'a str) -> VkClient<'a> {
        VkClient { net, tokens: &self.tokens, hosts: &self.hosts, source }
    }

    async fn poll_wall(&self, owner: i64, poll: Poll<'_>) -> PollResult {
        let (vk, id) = (self.client(poll.net, poll.id()), poll.id());
        let mut result = PollResult::new(poll.now);
        read_wall(vk, owner, id, Goal::newest_page(), &mut result).await;
        let (mut result, older) = poll.take_newest_page(result).await;
        if let Some(goal) = older {
            read_wall(vk, owner, id, goal, &mut result).await;
        }
        if result.outcome == PollOutcome::VkUnavailable {
            explain(vk, owner, poll.cursor, &mut result).await;
        }
        let mut result = poll.take_early(result).await;
        let mut checked = poll.missing(&result).await;
        let known: HashSet<PostId> = checked.iter().map(|(id, _)| id.clone()).collect();
        checked.extend(poll.due(&result).await.into_iter().filter(|(id, _)| !known.contains(id)));
        check_posts(vk, id, checked, &mut result).await;
        let threads = poll.threads_due(&result).await;
        read_comments(vk, id, threads, &mut result).await;
        result.quota_left = self.tokens.quota().left("wall.get", poll.now);
        result
    }

    async fn poll_search(&self, query: &str, poll: Poll<'_>) -> PollResult {
        let (vk, id) = (self.client(poll.net, poll.id()), poll.id());
        let mut result = PollResult::new(poll.now);
        read_search(vk, query, id, poll.cursor, &mut result).await;
        leave_to_others(poll, &mut result).await;
        let mut result = poll.take_early(result).await;
        let due = poll.due(&result).await;
        check_posts(vk, id, due, &mut result).await;
        result.quota_left = self.tokens.quota().left("newsfeed.search", poll.now);
        result
    }
}

impl Connector for VkConnector {
    fn profile(&self) -> PlatformProfile {
        PROFILE
    }

    fn poll<'a>(&'a self, poll: Poll<'a>) -> BoxFuture<'a, PollResult> {
        match &poll.source.address {
            Address::VkSearch(query) => Box::pin(self.poll_search(query, poll)),
            Address::Vk(owner) => Box::pin(self.poll_wall(*owner, poll)),
            _ => Box::pin(async move {
                let mut result = PollResult::new(poll.now);
                result.fail(PollOutcome::BadUrl.into());
                result
            }),
        }
    }

    fn url<'a>(&self, _: &'a Settings, _: &'a Address) -> Option<&'a str> {
        None
    }

    fn hosts(&self) -> Option<&PlatformHosts> {
        Some(&self.hosts)
    }

    fn latency(&self, source: &Source, _: &Cursor, _: Duration) -> Option<Duration> {
        Some(self.plan().get(&source.id)?.latency)
    }

    fn plan<'a>(&'a self, config: &'a Config, intake: &'a Arc<Intake>, now: Time) -> BoxFuture<'a, bool> {
        Box::pin(async move {
            let _planning = self.planning.lock().await;
            if !self.plan().is_stale(now) {
                return false;
            }
            let (intake, since) = (intake.clone(), earlier(now, RATE_DAYS * DAY));
            let published = tokio::task::spawn_blocking(move || intake.state().published_since(since)).await;
            let Ok(Ok(published)) = published else { return false };
            let plan = PollPlan::new(config, &self.tokens.quota(), &published, now);
            *self.plan() = plan;
            true
        })
    }

    fn planned_pause(&self, source: &str) -> Option<Duration> {
        Some(self.plan().get(source)?.pause)
    }

    fn listen<'a>(
        &'a self,
        net: Net<'a>,
        config: &'a Arc<Config>,
        intake: &'a Arc<Intake>,
        stop: watch::Receiver<bool>,
    ) -> BoxFuture<'a, ()> {
        let polls = config.sources.iter().filter(|source| source.enabled).filter_map({
            let stop = stop.clone();
            move |source| {
                let token = source.events.as_ref()?.long_poll.as_ref()?;
                Some(events::listen(net, &self.hosts, intake.clone(), source, token, stop.clone()))
            }
        });
        let long_polls = polls.collect::<FuturesUnordered<_>>().collect::<()>();
        let callbacks = async move {
            let Some(address) = config.settings.vk.callback else { return };
            let callbacks =
                events::Callbacks { config: config.clone(), intake: intake.clone(), clock: net.clock.clone() };
            events::serve(address, callbacks, stop).await;
        };
        Box::pin(async move {
            tokio::join!(long_polls, callbacks);
        })
    }

    fn recognise(&self, given: &Given<'_>) -> Option<Result<Target, TryError>> {
        screen_name::recognise(given)
    }

    fn resolve<'a>(&'a self, net: Net<'a>, name: &'a str) -> BoxFuture<'a, Result<Address, Unresolved>> {
        Box::pin(screen_name::resolve(self.client(net, name), name))
    }

    fn try_address<'a>(&'a self, net: Net<'a>, address: Address, result: &'a mut PollResult) -> BoxFuture<'a, Address> {
        Box::pin(async move {
            // No address that a person could give leads to a search.
            let Address::Vk(owner) = address else { return address };
            let id = address.suggested_id();
            let vk = self.client(net, &id);
            read_wall(vk, owner, &id, Goal::newest_page(), result).await;
            if let Some(group) = group(vk, owner).await {
                if !result.outcome.is_ok() && group.state != GroupState::Open {
                    result.detail = Some(group.state.words().to_owned());
                }
                result.title = result.title.take().or(Some(group.name));
            }
            address
        })
    }
}

/// Says what became of the community of a wall that cannot be read: asked once, when it became so.
async fn explain(vk: VkClient<'_>, owner: i64, cursor: &Cursor, result: &mut PollResult) {
    let asked = cursor.outcome.as_deref() == Some(PollOutcome::VkUnavailable.name());
    let told = cursor.detail.as_deref().and_then(|detail| detail.split_once("; "));
    let words = match (asked, told) {
        (true, told) => told.map(|(_, words)| words.to_owned()),
        (false, _) => group(vk, owner).await.map(|group| group.state.words().to_owned()),
    };
    if let Some(words) = words {
        let error = result.detail.take().unwrap_or_default();
        result.detail = Some(format!("{error}; {words}"));
    }
}
