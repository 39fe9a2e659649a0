//! What the collectors ask of MAX.

use std::collections::HashSet;
use std::sync::Arc;

use config::{Address, Config, Settings};
use futures_util::future::BoxFuture;
use model::{Clock, Platform, PostId};
use tokio::sync::watch;

use super::chat::{chat_of, check, read_chat, reread};
use super::client::MaxClient;
use super::events::{self, Awaited, Events};
use super::parse::{Chat, ChatKind};
use super::profile::PROFILE;
use super::recognise;
use crate::hosts::PlatformHosts;
use crate::outcome::PollOutcome;
use crate::platforms::connector::{Connector, Unresolved};
use crate::platforms::recognise::{Given, Target, TryError};
use crate::poll::{Goal, Intake, Net, PlatformProfile, Poll, PollResult};

/// Chats and channels, read through the Bot API.
pub(crate) struct MaxConnector {
    hosts: PlatformHosts,
    awaited: Awaited,
}

impl MaxConnector {
    pub(crate) fn new(settings: &config::Max, clock: Clock) -> MaxConnector {
        let hosts = PlatformHosts::new(Platform::Max, &settings.api, &settings.ways, clock);
        MaxConnector { hosts, awaited: Awaited::default() }
    }

    pub(crate) fn client<'a>(&'a self, net: Net<'a>, source: &'a str) -> MaxClient<'a> {
        MaxClient { net, hosts: &self.hosts, source }
    }

    /// What events are taken in with.
    pub(crate) fn events(&self, config: &Arc<Config>, intake: &Arc<Intake>, clock: &Clock) -> Events {
        let (config, intake, clock) = (config.clone(), intake.clone(), clock.clone());
        Events { config, intake, clock, awaited: self.awaited.clone() }
    }

    async fn poll_chat(&self, id: i64, chat: Chat, poll: Poll<'_>) -> PollResult {
        let max = self.client(poll.net, poll.id());
        let mut result = PollResult::new(poll.now);
        read_chat(max, id, &chat, Goal::newest_page(), &mut result).await;
        let (mut result, older) = poll.take_newest_page(result).await;
        if let Some(goal) = older {
            read_chat(max, id, &chat, goal, &mut result).await;
        }
        let mut result = poll.take_early(result).await;
        let mut missing = poll.missing(&result).await;
        let known: HashSet<PostId> = missing.iter().map(|(id, _)| id.clone()).collect();
        let mut due = poll.due(&result).await;
        due.retain(|(id, _)| !known.contains(id));
        missing.extend(reread(max, &chat, due, &mut result).await);
        check(max, &chat, missing, &mut result).await;
        result
    }
}

impl Connector for MaxConnector {
    fn profile(&self) -> PlatformProfile {
        PROFILE
    }

    fn poll<'a>(&'a self, poll: Poll<'a>) -> BoxFuture<'a, PollResult> {
        Box::pin(async move {
            match chat_of(&poll.source.address, poll.id()) {
                Some((id, chat)) => self.poll_chat(id, chat, poll).await,
                None => {
                    let mut result = PollResult::new(poll.now);
                    result.fail(PollOutcome::BadUrl.into());
                    result
                }
            }
        })
    }

    fn url<'a>(&self, settings: &'a Settings, _: &'a Address) -> Option<&'a str> {
        settings.max.api.first().map(String::as_str)
    }

    fn hosts(&self) -> Option<&PlatformHosts> {
        Some(&self.hosts)
    }

    fn take_awaited(&self, source: &str) -> bool {
        self.awaited.sources().remove(source)
    }

    fn listen<'a>(
        &'a self,
        net: Net<'a>,
        config: &'a Arc<Config>,
        intake: &'a Arc<Intake>,
        stop: watch::Receiver<bool>,
    ) -> BoxFuture<'a, ()> {
        let (max, events) = (self.client(net, Platform::Max.as_str()), self.events(config, intake, net.clock));
        Box::pin(async move {
            let settings = &config.settings.max;
            match &settings.webhook {
                _ if settings.token.is_none() => {}
                None => events::ask(max, &events, stop).await,
                Some(webhook) => events::receive(max, &events, webhook, stop).await,
            }
        })
    }

    fn recognise(&self, given: &Given<'_>) -> Option<Result<Target, TryError>> {
        recognise::recognise(given)
    }

    fn resolve<'a>(&'a self, net: Net<'a>, name: &'a str) -> BoxFuture<'a, Result<Address, Unresolved>> {
        Box::pin(recognise::resolve(self.client(net, name), name))
    }

    fn try_address<'a>(&'a self, net: Net<'a>, address: Address, result: &'a mut PollResult) -> BoxFuture<'a, Address> {
        Box::pin(async move {
            let id = address.suggested_id();
            let Some((number, chat)) = chat_of(&address, &id) else { return address };
            let max = self.client(net, &id);
            let told = match recognise::look(max, number).await {
                Ok(told) if told.kind == ChatKind::Dialogue => {
                    result.fail(PollOutcome::MaxDialogue.into());
                    return address;
                }
                Ok(told) => Some(told),
                // Of a chat that it is not in a bot is told nothing; the history says why.
                Err(_) => None,
            };
            read_chat(max, number, &chat, Goal::newest_page(), result).await;
            if result.outcome == PollOutcome::MaxDenied {
                result.detail = Some(recognise::standing(max, number).await.to_owned());
            }
            let Some(told) = told else { return address };
            result.title = result.title.take().or(told.title);
            Address::Max { chat: number, name: chat.name.or(told.name) }
        })
    }
}
