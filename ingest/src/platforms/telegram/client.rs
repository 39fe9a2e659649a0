//! Requests to the public web preview, at whichever of its hosts answers.

use super::parse::is_of_telegram;
use crate::fetch::Response;
use crate::hosts::{Door, PlatformHosts, own_answer};
use crate::poll::{Failure, Net};

/// What every request of a poll needs.
#[derive(Clone, Copy)]
pub(super) struct TelegramClient<'a> {
    pub net: Net<'a>,
    pub hosts: &'a PlatformHosts,
    /// Id of the source that is read.
    pub source: &'a str,
}

impl TelegramClient<'_> {
    /// Gets what stands at a path of the preview; any status but success is a failure.
    pub(super) async fn get(self, path: &str) -> Result<Response, Failure> {
        let ask = |door: &Door| {
            let (way, url) = (door.way, format!("{}/{path}", door.base));
            async move { own_answer(self.net.fetcher.get_by(way, &url).await?, is_of_telegram) }
        };
        self.hosts.ask(self.source, ask).await
    }
}
