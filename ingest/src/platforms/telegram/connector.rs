//! What the collectors ask of Telegram.

use std::collections::HashSet;

use config::{Address, Settings};
use futures_util::future::BoxFuture;
use model::{Clock, PageLink, Platform, PostId};

use super::channel::{check_posts, read_channel, reread};
use super::client::TelegramClient;
use super::comments::{read_comments, threads_to_ask};
use super::hidden::ask_for_hidden;
use crate::hosts::PlatformHosts;
use crate::outcome::PollOutcome;
use crate::platforms::connector::Connector;
use crate::platforms::recognise::{Given, Target, TryError};
use crate::poll::{Goal, Net, PlatformProfile, Poll, PollResult};

/// Public channels, read through the web preview.
pub(crate) struct TelegramConnector {
    hosts: PlatformHosts,
}

impl TelegramConnector {
    pub(crate) fn new(settings: &config::Telegram, clock: Clock) -> TelegramConnector {
        TelegramConnector { hosts: PlatformHosts::new(Platform::Telegram, &settings.preview, &settings.ways, clock) }
    }

    fn client<'a>(&'a self, net: Net<'a>, source: &'a str) -> TelegramClient<'a> {
        TelegramClient { net, hosts: &self.hosts, source }
    }
}

impl Connector for TelegramConnector {
    fn profile(&self) -> PlatformProfile {
        PlatformProfile {
            numbered: true,
            gapless: true,
            tells_comment_counts: false,
            slows_when_quiet: false,
            calls_are_planned: false,
        }
    }

    fn poll<'a>(&'a self, poll: Poll<'a>) -> BoxFuture<'a, PollResult> {
        Box::pin(read_source(self.client(poll.net, poll.id()), poll))
    }

    fn url<'a>(&self, settings: &'a Settings, _: &'a Address) -> Option<&'a str> {
        settings.telegram.preview.first().map(String::as_str)
    }

    fn hosts(&self) -> Option<&PlatformHosts> {
        Some(&self.hosts)
    }

    fn recognise(&self, given: &Given<'_>) -> Option<Result<Target, TryError>> {
        if let Some(name) = given.text.strip_prefix('@') {
            return Some(channel(name).ok_or_else(|| given.unknown()));
        }
        let page = PageLink::parse(given.text).filter(|page| page.platform == Platform::Telegram)?;
        let mut path = page.parts();
        let name = match path.next() {
            Some("s") => path.next(),
            Some("joinchat") => return Some(Err(TryError::Invitation)),
            Some(name) if name.starts_with('+') => return Some(Err(TryError::Invitation)),
            name => name,
        };
        Some(name.and_then(channel).ok_or_else(|| given.unknown()))
    }

    fn try_address<'a>(&'a self, net: Net<'a>, address: Address, result: &'a mut PollResult) -> BoxFuture<'a, Address> {
        Box::pin(async move {
            if let Address::Telegram(channel) = &address {
                let id = address.suggested_id();
                read_channel(self.client(net, &id), channel, &id, Goal::newest_page(), result).await;
            }
            address
        })
    }
}

async fn read_source(telegram: TelegramClient<'_>, poll: Poll<'_>) -> PollResult {
    let id = poll.id();
    let mut result = PollResult::new(poll.now);
    let Address::Telegram(channel) = &poll.source.address else {
        result.fail(PollOutcome::BadUrl.into());
        return result;
    };
    read_channel(telegram, channel, id, Goal::newest_page(), &mut result).await;
    let (mut result, older) = poll.take_newest_page(result).await;
    if let Some(goal) = older {
        read_channel(telegram, channel, id, goal, &mut result).await;
    }
    let mut result = poll.take_early(result).await;
    ask_for_hidden(telegram, channel, poll, &mut result).await;
    let mut missing = poll.missing(&result).await;
    let known: HashSet<PostId> = missing.iter().map(|(id, _)| id.clone()).collect();
    let mut due = poll.due(&result).await;
    due.retain(|(id, _)| !known.contains(id));
    missing.extend(reread(telegram, channel, id, due, &mut result).await);
    check_posts(telegram, channel, id, missing, &mut result).await;
    let threads = threads_to_ask(poll.threads_due(&result).await, poll.cursor, poll.now);
    let has_comments = poll.cursor.discussion_at.is_some();
    read_comments(telegram, channel, id, threads, has_comments, &mut result).await;
    result
}

/// The channel of a name, if it can be one.
fn channel(name: &str) -> Option<Target> {
    let fits = (4..=32).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    fits.then(|| Target::Address(Address::Telegram(name.to_ascii_lowercase())))
}
