//! Calls of MAX's Bot API (<https://dev.max.ru/docs-api>), by the token of the bot that reads.

use reqwest::header::HeaderValue;
use serde_json::Value;

use super::errors::body_of;
use crate::fetch::{ApiCall, Response};
use crate::hosts::{Door, PlatformHosts, own_answer};
use crate::outcome::PollOutcome;
use crate::parsing::PageError;
use crate::parsing::api_answer::is_json;
use crate::poll::{Failure, Net};

/// What every call of a poll needs.
#[derive(Clone, Copy)]
pub(crate) struct MaxClient<'a> {
    pub net: Net<'a>,
    pub hosts: &'a PlatformHosts,
    /// Id of the source that is read.
    pub source: &'a str,
}

impl MaxClient<'_> {
    /// Asks for what stands at a path, and reads the answer.
    pub(super) async fn get<T: Send + 'static>(
        self,
        path: &str,
        query: &[(&str, &str)],
        read: impl FnOnce(&[u8]) -> Result<T, PageError> + Send + 'static,
    ) -> Result<T, Failure> {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let between = if query.is_empty() { "" } else { "?" };
        let body = self.call(&format!("{path}{between}{query}"), None).await?;
        self.net.parsers.run(body.len(), move |_| read(&body)).await
    }

    /// Posts JSON to a path.
    pub(super) async fn post(self, path: &str, json: &Value) -> Result<Vec<u8>, Failure> {
        self.call(path, Some(json)).await
    }

    async fn call(self, path: &str, json: Option<&Value>) -> Result<Vec<u8>, Failure> {
        let token = self.token()?;
        let ask = |door: &Door| {
            let (way, url, token) = (door.way, format!("{}/{path}", door.base), &token);
            async move { own_json(self.net.fetcher.call(way, ApiCall { url: &url, token: Some(token), json }).await?) }
        };
        body_of(self.hosts.ask(self.source, ask).await?)
    }

    fn token(self) -> Result<HeaderValue, Failure> {
        let secret = self.net.settings.max.token.as_ref().ok_or(PollOutcome::MaxNoToken)?;
        let unreadable = |error| Failure { outcome: PollOutcome::MaxNoToken, detail: Some(error) };
        let mut token = HeaderValue::from_str(&secret.read().map_err(unreadable)?)
            .map_err(|_| unreadable("the secret is no token: it does not fit into a header".to_owned()))?;
        token.set_sensitive(true);
        Ok(token)
    }
}

/// An answer of the API, whatever its status; anything else is of whoever stands in between.
fn own_json(response: Response) -> Result<Response, Failure> {
    if is_json(&response.body) { Ok(response) } else { own_answer(response, is_json) }
}

/// Whether it is MAX's API that answers, for who only wants to know that: without a token it does so with an error.
pub(crate) fn is_of_max(response: Response) -> Result<(), Failure> {
    own_json(response).map(drop)
}
