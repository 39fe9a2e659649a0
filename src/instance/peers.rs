//! The other roles, in processes of their own, asked over HTTP at the addresses of `[roles]`.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use config::Roles;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::cli::Role;

/// A role that does not take the connection within this is down; another address is tried.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// A role that does not answer within this will not; whoever waits is told.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// Work on everything that the journal holds; beyond this the connection was lost on the way.
const WORK_TIMEOUT: Duration = Duration::from_secs(24 * 3600);

/// A status must not wait for the one that hangs; one whose Kafka is away says so within this.
const STATUS_TIMEOUT: Duration = Duration::from_secs(15);

/// A forwarded request holds a form or a query; more is not for us.
const MAX_FORWARDED_BYTES: usize = 1 << 20;

/// Paths that a load balancer and Prometheus ask; they hold no posts and no names of people.
const OPEN: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// The other roles. Cheap to clone.
#[derive(Clone)]
pub struct Peers {
    inner: Arc<Inner>,
}

struct Inner {
    roles: Roles,
    /// What a request of ours says.
    authorization: String,
    client: reqwest::Client,
}

impl Peers {
    /// Reads the secret; nobody is asked yet.
    pub fn new(roles: &Roles) -> Result<Peers> {
        let secret = roles.secret.read().map_err(anyhow::Error::msg).context("[roles] has no secret to show")?;
        // Answers go through as they come, compressed or not.
        let client = reqwest::Client::builder()
            .no_proxy()
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(ANSWER_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .context("cannot prepare to ask the other roles")?;
        let authorization = format!("Bearer {secret}");
        Ok(Peers { inner: Arc::new(Inner { roles: roles.clone(), authorization, client }) })
    }

    /// Where a role listens.
    pub fn addresses(&self, role: Role) -> &[String] {
        let roles = &self.inner.roles;
        match role {
            Role::Ingest => &roles.ingest,
            Role::Classify => &roles.classify,
            Role::Store => &roles.store,
            Role::Facts => &roles.facts,
            Role::Alerts => &roles.alerts,
            Role::Web => &roles.web,
        }
    }

    /// Every address that answers the other roles, once, with the first role that is said to listen there. The page's role asks
    /// and answers none of them.
    pub fn all(&self) -> Vec<(Role, String)> {
        let mut seen = BTreeSet::new();
        let roles = [Role::Ingest, Role::Classify, Role::Store, Role::Facts, Role::Alerts];
        let each =
            roles.into_iter().flat_map(|role| self.addresses(role).iter().map(move |address| (role, address.clone())));
        each.filter(|(_, address)| seen.insert(address.clone())).collect()
    }

    /// GET of a path at one address, answered as JSON. The error is in words.
    pub async fn get<T: DeserializeOwned>(&self, address: &str, path: &str) -> Result<T, String> {
        let request = self.inner.client.get(format!("{address}{path}")).timeout(STATUS_TIMEOUT);
        let answer = request.header(header::AUTHORIZATION, &self.inner.authorization).send().await.map_err(words)?;
        if !answer.status().is_success() {
            return Err(format!("{address} answers {}", answer.status()));
        }
        answer.json().await.map_err(words)
    }

    /// POST to a path at one address, answered as JSON when the work is done, however long it takes.
    pub async fn post<T: DeserializeOwned>(&self, address: &str, path: &str) -> Result<T, String> {
        let request = self.inner.client.post(format!("{address}{path}")).timeout(WORK_TIMEOUT);
        let answer = request.header(header::AUTHORIZATION, &self.inner.authorization).send().await.map_err(words)?;
        if !answer.status().is_success() {
            return Err(format!("{address} answers {}: {}", answer.status(), answer.text().await.unwrap_or_default()));
        }
        answer.json().await.map_err(words)
    }

    /// Hands a request to a role: to the first of its addresses that takes the connection.
    pub async fn forward(&self, role: Role, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let Ok(body) = axum::body::to_bytes(body, MAX_FORWARDED_BYTES).await else {
            return (StatusCode::PAYLOAD_TOO_LARGE, "request too large\n").into_response();
        };
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let mut failure = format!("[roles] names no address of {role:?}").to_lowercase();
        for address in self.addresses(role) {
            let asked = self
                .inner
                .client
                .request(parts.method.clone(), format!("{address}{path}"))
                .headers(end_to_end(&parts.headers))
                .header(header::AUTHORIZATION, &self.inner.authorization)
                .body(body.clone());
            match asked.send().await {
                Ok(answer) => return passed_on(answer),
                // Whoever did not take the connection did nothing: another may be asked.
                Err(error) if error.is_connect() => failure = words(error),
                Err(error) => {
                    failure = words(error);
                    break;
                }
            }
        }
        let error = format!("the role {} does not answer: {failure}", name(role));
        (StatusCode::SERVICE_UNAVAILABLE, axum::Json(serde_json::json!({ "error": error }))).into_response()
    }

    /// Whether somebody of a role takes requests.
    pub async fn reachable(&self, role: Role) -> Result<(), String> {
        let mut failure = "[roles] names no address".to_owned();
        for address in self.addresses(role) {
            match self.inner.client.get(format!("{address}/healthz")).timeout(STATUS_TIMEOUT).send().await {
                Ok(answer) if answer.status().is_success() => return Ok(()),
                Ok(answer) => failure = format!("{address} answers {}", answer.status()),
                Err(error) => failure = words(error),
            }
        }
        Err(failure)
    }

    /// Lets only requests of the other roles through, and what a load balancer asks.
    pub async fn guard(State(peers): State<Peers>, request: Request, next: Next) -> Response {
        let shown = request.headers().get(header::AUTHORIZATION).map(|value| value.as_bytes()).unwrap_or_default();
        // Digests take the same time to compare whatever they are made of.
        let known = Sha256::digest(shown) == Sha256::digest(peers.inner.authorization.as_bytes());
        if known || OPEN.contains(&request.uri().path()) {
            return next.run(request).await;
        }
        let words = "this is a role of Otklik that answers the other roles; people use the role web\n";
        (StatusCode::UNAUTHORIZED, words).into_response()
    }
}

/// The name of a role on the command line.
pub fn name(role: Role) -> &'static str {
    match role {
        Role::Ingest => "ingest",
        Role::Classify => "classify",
        Role::Store => "store",
        Role::Facts => "facts",
        Role::Alerts => "alerts",
        Role::Web => "web",
    }
}

/// Headers that are about the message and not about the connection. The host stays the one that the visitor asked; our
/// authorization goes in the place of a visitor's.
fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    const OF_THE_CONNECTION: [header::HeaderName; 6] = [
        header::CONNECTION,
        header::TRANSFER_ENCODING,
        header::CONTENT_LENGTH,
        header::UPGRADE,
        header::TE,
        header::AUTHORIZATION,
    ];
    let mut kept = headers.clone();
    OF_THE_CONNECTION.iter().for_each(|name| drop(kept.remove(name)));
    kept
}

fn passed_on(answer: reqwest::Response) -> Response {
    let (status, headers) = (answer.status(), end_to_end(answer.headers()));
    let mut response = Response::new(Body::from_stream(answer.bytes_stream()));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

fn words(error: reqwest::Error) -> String {
    let address = error.url().map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    let error = error.without_url();
    let cause = std::error::Error::source(&error).map_or(String::new(), |cause| format!(": {cause}"));
    format!("{address}: {error}{cause}")
}
