//! One request with its timeouts, its size limit, its redirects and its guarded address.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use model::{Clock, PageLink, Time};
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    LAST_MODIFIED, LOCATION,
};
use reqwest::{RequestBuilder, StatusCode};
use tokio::time::Instant;
use url::Url;

use super::error::FetchError;
use super::headers;
use super::host_limiter::HostLimiter;
use super::response::{Response, Validators};
use super::robots::Robots;
use super::routes::{Routes, SetupError, host_of};
use crate::time::later;

/// Redirects followed. Honest chains (http → https → www → path) are shorter; loops end here.
pub(super) const MAX_REDIRECTS: usize = 5;

/// A longer validator is not stored: it would be sent back with each poll, and servers answer 431 to long headers.
const MAX_VALIDATOR_BYTES: usize = 1024;

/// Where a 429 names no time, everybody leaves the host alone for this long.
const PAUSE_WITHOUT_RETRY_AFTER: Duration = Duration::from_secs(60);

/// Fetches pages of other people's servers.
pub struct Fetcher {
    routes: Routes,
    pub(super) hosts: HostLimiter,
    pub(super) robots: Robots,
    pub(super) ignore_robots: Vec<String>,
    header_timeout: Duration,
    pub(super) timeout: Duration,
    max_bytes: usize,
    pub(super) clock: Clock,
}

impl Fetcher {
    /// A fetcher with the manners of the settings. `version` goes into the User-Agent.
    pub fn new(settings: &config::Settings, version: &str, clock: Clock) -> Result<Fetcher, SetupError> {
        let fetch = &settings.fetch;
        let agent = headers::user_agent(version, fetch.contact.as_deref());
        Ok(Fetcher {
            routes: Routes::new(settings, &agent)?,
            hosts: HostLimiter::new(fetch, clock.clone()),
            robots: Robots::default(),
            ignore_robots: fetch.ignore_robots.clone(),
            header_timeout: Duration::from_secs(fetch.header_timeout_s.into()),
            timeout: Duration::from_secs(fetch.timeout_s.max(1).into()),
            max_bytes: fetch.max_mb as usize * 1024 * 1024,
            clock,
        })
    }

    /// Gets a page, following redirects. With validators the answer may be 304.
    pub async fn get(&self, url: &str, validators: &Validators) -> Result<Response, FetchError> {
        let mut url = parse(url)?;
        let mut left = self.timeout;
        for _ in 0..=MAX_REDIRECTS {
            match self.step(&url, validators, &mut left).await? {
                Answer::Final(response) => return Ok(response),
                Answer::Redirect(next) => url = next,
            }
        }
        Err(FetchError::Redirects)
    }

    /// Gets a page of a platform on one of the ways to it. Redirects are followed among the platform's own hosts: whoever sends to
    /// another stands in between.
    pub async fn get_by(&self, way: usize, url: &str) -> Result<Response, FetchError> {
        let mut url = parse(url)?;
        let mut left = self.timeout;
        for _ in 0..=MAX_REDIRECTS {
            match self.step_by(way, &url, &Validators::default(), &mut left).await? {
                Answer::Final(response) => return Ok(response),
                Answer::Redirect(next) => url = self.at_home(&url, next)?,
            }
        }
        Err(FetchError::Redirects)
    }

    /// What a host answers first, wherever it may redirect to; none: a redirect.
    pub(crate) async fn first_answer(&self, url: &str) -> Result<Option<Response>, FetchError> {
        let mut left = self.timeout;
        match self.step_by(0, &parse(url)?, &Validators::default(), &mut left).await? {
            Answer::Final(response) => Ok(Some(response)),
            Answer::Redirect(_) => Ok(None),
        }
    }

    /// One request of several that redirects may make, on the first way that gets through.
    pub(super) async fn step(
        &self,
        url: &Url,
        validators: &Validators,
        left: &mut Duration,
    ) -> Result<Answer, FetchError> {
        let (mut failed, mut first_error) = (Vec::new(), None);
        for way in self.routes.order(url, (self.clock)()) {
            // A way that took all the time leaves the next one as much.
            let mut time = *left;
            match self.step_by(way, url, validators, &mut time).await {
                Err(error) if error.is_of_the_way() => {
                    failed.push(way);
                    first_error.get_or_insert(error);
                }
                answer => {
                    self.routes.got_through(url, way, &failed, (self.clock)());
                    *left = time;
                    return answer;
                }
            }
        }
        Err(first_error.unwrap_or(FetchError::BadUrl))
    }

    async fn step_by(
        &self,
        way: usize,
        url: &Url,
        validators: &Validators,
        left: &mut Duration,
    ) -> Result<Answer, FetchError> {
        let mut request = self.routes.client_for(url, way).await?.get(url.clone()).header(ACCEPT, "*/*");
        for (name, value) in [(IF_NONE_MATCH, &validators.etag), (IF_MODIFIED_SINCE, &validators.last_modified)] {
            if let Some(value) = value.as_deref().and_then(|value| HeaderValue::from_str(value).ok()) {
                request = request.header(name, value);
            }
        }
        self.exchange(request, url, left, Manner::PAGE).await
    }

    /// Posts a form to an API whose limits the caller keeps: without the pause between two requests to a host. Redirects are
    /// not followed, since the form may hold a token that belongs to this host alone.
    pub async fn post_form(&self, way: usize, url: &str, form: &[(&str, &str)]) -> Result<Response, FetchError> {
        let url = parse(url)?;
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self
            .routes
            .client_for(&url, way)
            .await?
            .post(url.clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        match self.exchange(request, &url, &mut self.timeout.clone(), Manner::FORM).await? {
            Answer::Final(response) => Ok(response),
            Answer::Redirect(next) => self.at_home(&url, next).and(Err(FetchError::Redirects)),
        }
    }

    /// Makes a request to an API that tells its errors in the body. Redirects are not followed, since the token belongs to this host alone.
    pub(crate) async fn call(&self, way: usize, call: ApiCall<'_>) -> Result<Response, FetchError> {
        let url = parse(call.url)?;
        let client = self.routes.client_for(&url, way).await?;
        let mut request = match call.json {
            None => client.get(url.clone()),
            Some(json) => client.post(url.clone()).json(json),
        };
        if let Some(token) = call.token {
            request = request.header(AUTHORIZATION, token.clone());
        }
        match self.exchange(request, &url, &mut self.timeout.clone(), Manner::CALL).await? {
            Answer::Final(response) => Ok(response),
            Answer::Redirect(next) => self.at_home(&url, next).and(Err(FetchError::Redirects)),
        }
    }

    /// Where a platform redirects to, if that is the platform's own.
    fn at_home(&self, from: &Url, to: Url) -> Result<Url, FetchError> {
        let is_own = to.host() == from.host() || PageLink::parse(to.as_str()).is_some() || self.routes.is_own(&to);
        if is_own { Ok(to) } else { Err(FetchError::Elsewhere(to.host_str().unwrap_or_default().to_owned())) }
    }

    /// Leaves the host of a URL alone until a time.
    pub fn pause(&self, url: &str, until: Time) {
        if let Ok(url) = parse(url) {
            self.hosts.pause(&host_of(&url), until);
        }
    }

    /// One request and its answer, within what is left of the time. Waiting for the host's turn does not count.
    async fn exchange(
        &self,
        request: RequestBuilder,
        url: &Url,
        left: &mut Duration,
        manner: Manner,
    ) -> Result<Answer, FetchError> {
        let mut turn = self.hosts.turn(&host_of(url), manner.spaced).await.map_err(FetchError::Paused)?;
        let began = Instant::now();
        let read = AtomicUsize::new(0);
        let answer = tokio::time::timeout(*left, self.answer(request, url, manner, &read)).await;
        *left = left.saturating_sub(began.elapsed());
        let mut answer = answer.unwrap_or_else(|_| match read.load(Ordering::Relaxed) {
            0 => Err(FetchError::Timeout("the whole answer")),
            bytes => Err(FetchError::Stalled(bytes)),
        });
        if let Ok(Answer::Final(response)) = &mut answer {
            response.place = turn.all.take();
        }
        answer
    }

    /// Counts in `read` what came of the body, for who gives up waiting.
    async fn answer(
        &self,
        request: RequestBuilder,
        url: &Url,
        manner: Manner,
        read: &AtomicUsize,
    ) -> Result<Answer, FetchError> {
        let headers = tokio::time::timeout(self.header_timeout, request.send()).await;
        let mut answer = headers.map_err(|_| FetchError::Timeout("the answer's headers"))??;
        let status = answer.status();
        let text = |name| headers::text(answer.headers(), name);
        if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
            let next = text(LOCATION).and_then(|location| url.join(&location).ok()).ok_or(FetchError::Redirects)?;
            return Ok(Answer::Redirect(parse(next.as_str())?));
        }
        let now = (self.clock)();
        let retry_after = text(reqwest::header::RETRY_AFTER).and_then(|value| headers::retry_after(&value, now));
        if status == StatusCode::TOO_MANY_REQUESTS {
            let until = retry_after.unwrap_or_else(|| later(now, PAUSE_WITHOUT_RETRY_AFTER));
            self.hosts.pause(&host_of(url), until);
        }
        let short = |value: &String| value.len() <= MAX_VALIDATOR_BYTES;
        let mut response = Response {
            status,
            body: Vec::new(),
            content_type: text(CONTENT_TYPE),
            validators: Validators { etag: text(ETAG).filter(short), last_modified: text(LAST_MODIFIED).filter(short) },
            retry_after,
            max_age: text(CACHE_CONTROL).and_then(|value| headers::max_age(&value)),
            final_url: url.clone(),
            place: None,
        };
        if status.is_success() || manner.errors_too {
            while let Some(chunk) = answer.chunk().await? {
                if response.body.len() + chunk.len() > self.max_bytes {
                    return Err(FetchError::TooLarge(self.max_bytes));
                }
                response.body.extend_from_slice(&chunk);
                read.store(response.body.len(), Ordering::Relaxed);
            }
        }
        Ok(Answer::Final(response))
    }
}

/// A request to an API.
pub(crate) struct ApiCall<'a> {
    pub url: &'a str,
    /// Goes into the header `Authorization`.
    pub token: Option<&'a HeaderValue>,
    /// What is posted; none: nothing is, it only asks.
    pub json: Option<&'a serde_json::Value>,
}

/// How a request is made and its answer is read.
#[derive(Clone, Copy)]
struct Manner {
    /// It keeps the pause between two requests to a host.
    spaced: bool,
    /// The body of an error is read too.
    errors_too: bool,
}

impl Manner {
    const PAGE: Manner = Manner { spaced: true, errors_too: false };
    const FORM: Manner = Manner { spaced: false, errors_too: false };
    const CALL: Manner = Manner { spaced: true, errors_too: true };
}

pub(super) enum Answer {
    Final(Response),
    Redirect(Url),
}

pub(super) fn parse(url: &str) -> Result<Url, FetchError> {
    let url = Url::parse(url).map_err(|_| FetchError::BadUrl)?;
    if matches!(url.scheme(), "http" | "https") && url.has_host() { Ok(url) } else { Err(FetchError::BadUrl) }
}
