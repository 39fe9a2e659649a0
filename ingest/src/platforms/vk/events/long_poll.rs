//! Bots Long Poll.

use std::sync::Arc;

use config::{Address, Secret, Source};
use tokio::sync::watch;

use super::take::take;
use crate::hosts::{Door, PlatformHosts, own_answer};
use crate::outcome::PollOutcome;
use crate::parsing::PageError;
use crate::platforms::events::{Pauses, hold_s};
use crate::platforms::vk::client::VERSION;
use crate::platforms::vk::parse::{LongPoll, is_of_vk, parse_long_poll, parse_response};
use crate::poll::{Failure, Intake, Net};

/// Asks Bots Long Poll until `stop`.
pub(crate) async fn listen(
    net: Net<'_>,
    hosts: &PlatformHosts,
    intake: Arc<Intake>,
    source: &Source,
    token: &Secret,
    mut stop: watch::Receiver<bool>,
) {
    let mut pauses = Pauses::new();
    let mut at: Option<LongPollServer> = None;
    loop {
        let turn = turn(net, hosts, &intake, source, token, &mut at);
        let outcome = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            outcome = turn => outcome,
        };
        match outcome {
            Ok(()) => pauses.reset(),
            Err(Failure { outcome, detail }) => {
                tracing::warn!(source = source.id, outcome = outcome.name(), detail, "Bots Long Poll does not answer");
                at = None;
                if !pauses.wait(&mut stop).await {
                    return;
                }
            }
        }
    }
}

/// Where a community's events are asked for.
pub(crate) struct LongPollServer {
    server: String,
    key: String,
    ts: String,
}

/// One request: for a server, or for its events.
pub(crate) async fn turn(
    net: Net<'_>,
    hosts: &PlatformHosts,
    intake: &Arc<Intake>,
    source: &Source,
    token: &Secret,
    at: &mut Option<LongPollServer>,
) -> Result<(), Failure> {
    let Some(known) = at else {
        *at = Some(server(net, hosts, source, token).await?);
        return Ok(());
    };
    let hold = hold_s(&net.settings.fetch).to_string();
    let query = [("act", "a_check"), ("key", &known.key), ("ts", &known.ts), ("wait", &hold)];
    let url = url::Url::parse_with_params(&known.server, query).map_err(|_| PollOutcome::BadUrl)?;
    let response = net.get(url.as_str()).await?;
    let (id, body) = (source.id.clone(), response.body);
    match net.parsers.run(body.len(), move |_| parse_long_poll(&body, &id)).await? {
        LongPoll::Events { ts, page } => {
            let (intake, clock, source) = (intake.clone(), net.clock.clone(), source.clone());
            let taken = tokio::task::spawn_blocking(move || take(&intake, &clock, &source, page)).await;
            taken.unwrap_or_else(|_| Err(PollOutcome::StateFailed.into()))?;
            known.ts = ts;
        }
        // What happened meanwhile is read from the wall by its next poll.
        LongPoll::Lost { ts } => known.ts = ts,
        LongPoll::Expired => *at = None,
    }
    Ok(())
}

/// Asks VK for a long-poll server by the community's own token.
async fn server(
    net: Net<'_>,
    hosts: &PlatformHosts,
    source: &Source,
    token: &Secret,
) -> Result<LongPollServer, Failure> {
    let Address::Vk(owner) = source.address else { return Err(PollOutcome::BadUrl.into()) };
    let token = token.read().map_err(|error| Failure { outcome: PollOutcome::VkNoToken, detail: Some(error) })?;
    let group = owner.unsigned_abs().to_string();
    let form = [("group_id", group.as_str()), ("v", VERSION), ("access_token", &token)];
    let ask = |door: &Door| {
        let (way, url) = (door.way, format!("{}/groups.getLongPollServer", door.base));
        async move { own_answer(net.fetcher.post_form(way, &url, &form).await?, is_of_vk) }
    };
    let body = hosts.ask(&source.id, ask).await?.body;
    let answer = net.parsers.run(body.len(), move |_| parse_response(&body)).await?;
    let text = |name: &str| match &answer[name] {
        serde_json::Value::String(text) => Ok(text.clone()),
        serde_json::Value::Number(number) => Ok(number.to_string()),
        _ => Err(Failure::from(PageError::Format(format!("a long-poll server without {name}")))),
    };
    Ok(LongPollServer { server: text("server")?, key: text("key")?, ts: text("ts")? })
}
