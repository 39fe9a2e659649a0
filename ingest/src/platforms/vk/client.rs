//! Calls of VK's API, with whichever token may make them.

use super::parse::{is_of_vk, parse_wall};
use super::tokens::{Next, TokenPool};
use crate::hosts::{Door, PlatformHosts, own_answer};
use crate::outcome::PollOutcome;
use crate::parsing::{Page, PageError};
use crate::poll::{Failure, Net};
use crate::schedule::quota::Call;

/// The version of the API that the parsers were written for.
pub(crate) const VERSION: &str = "5.199";

/// A call that VK finds too fast again and again waits for the next poll.
const MAX_RETRIES: u32 = 5;

/// What every call of a poll needs.
#[derive(Clone, Copy)]
pub(crate) struct VkClient<'a> {
    pub net: Net<'a>,
    pub tokens: &'a TokenPool,
    pub hosts: &'a PlatformHosts,
    /// Id of the source that is read.
    pub source: &'a str,
}

impl VkClient<'_> {
    /// Calls a method and reads its answer. Errors of a token are noted, and another token is tried where there is one.
    pub(crate) async fn call<T: Send + 'static>(
        self,
        call: Call,
        form: &[(&str, &str)],
        read: impl Fn(&[u8]) -> Result<T, PageError> + Clone + Send + 'static,
    ) -> Result<T, Failure> {
        let mut retries = 0;
        loop {
            // Each host that is asked is a call of its own: who did not answer may have counted it.
            let ask = |door: &Door| {
                let (way, url) = (door.way, format!("{}/{}", door.base, call.closes()));
                async move {
                    let token = self.tokens.turn(call).await?;
                    Ok((token, self.send(token, way, &url, form).await?))
                }
            };
            let (token, body) = self.hosts.ask(self.source, ask).await?;
            let reader = read.clone();
            // The error's code is needed as VK gave it, the outcome only where nothing else helps.
            let error = match self.net.parsers.run(body.len(), move |_| Ok(reader(&body))).await? {
                Ok(read) => return Ok(read),
                Err(error) => error,
            };
            let PageError::Api { code, .. } = error else { return Err(error.into()) };
            match self.tokens.note(token, call, code) {
                Next::Retry if retries < MAX_RETRIES => retries += 1,
                Next::Failover => {}
                Next::Retry | Next::Source => return Err(error.into()),
                Next::Closed(outcome) => return Err(Failure { outcome, detail: Some(error.to_string()) }),
            }
        }
    }

    /// Calls a method that answers with posts.
    pub(super) async fn call_wall(self, call: Call, form: &[(&str, &str)], source: &str) -> Result<Page, Failure> {
        let source = source.to_owned();
        self.call(call, form, move |body| parse_wall(body, &source)).await
    }

    /// Sends a call. The token goes in the body, never into an address.
    async fn send(self, token: usize, way: usize, url: &str, form: &[(&str, &str)]) -> Result<Vec<u8>, Failure> {
        let settings = &self.net.settings.vk;
        let token = settings.tokens.get(token).ok_or(PollOutcome::VkNoToken)?;
        let unreadable = |error| Failure { outcome: PollOutcome::VkNoToken, detail: Some(error) };
        let secret = token.secret.read().map_err(unreadable)?;
        let mut form = form.to_vec();
        form.extend([("v", VERSION), ("access_token", secret.as_str())]);
        Ok(own_answer(self.net.fetcher.post_form(way, url, &form).await?, is_of_vk)?.body)
    }
}
