//! The other roles, in processes of their own, asked over HTTP at the addresses of `[roles]`.

use std::collections::BTreeSet;
use std::io::{self, BufRead, BufReader, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use config::Roles;
use model::Time;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::Handle;
use url::{Position, Url};

use super::proof::{Asked, Proofs, Refused, Signed};
use super::tls;
use crate::roles::Role;

/// A role that does not take the connection within this is down; another address is tried.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// A role that does not answer within this will not; the caller gets an error.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// Work on everything that the journal holds; beyond this the connection was lost on the way.
const WORK_TIMEOUT: Duration = Duration::from_secs(24 * 3600);

/// A status must not wait for the one that hangs; one whose Kafka is away says so within this.
const STATUS_TIMEOUT: Duration = Duration::from_secs(15);

/// A forwarded request holds a form or a query; more is not for us.
const MAX_FORWARDED_BYTES: usize = 1 << 20;

/// A connection that was not used for longer may just be closed at the other end, whose listener waits for a request for twenty seconds.
const IDLE_TIMEOUT: Duration = Duration::from_secs(10);

/// The other roles. Cheap to clone.
#[derive(Clone)]
pub struct Peers {
    inner: Arc<Inner>,
}

struct Inner {
    roles: Roles,
    /// The roles of this process.
    own: BTreeSet<Role>,
    proofs: Proofs,
    client: reqwest::Client,
}

impl Peers {
    /// Reads the secret; nobody is asked yet. The clock is the machine's, whatever time the sample has.
    pub fn new(roles: &Roles, own: &BTreeSet<Role>) -> Result<Peers> {
        let secret = roles.secret.read_long().map_err(anyhow::Error::msg).context("[roles]")?;
        let mut random = [0; 32];
        (ingest::os_random())(&mut random).context("cannot read random bytes")?;
        let mut node = [0; 8];
        node.copy_from_slice(&random[..8]);
        let proofs = Proofs::new(&secret, Arc::new(Time::now), node)?;
        // Answers go through as they come, compressed or not.
        let mut client = reqwest::Client::builder()
            .no_proxy()
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .timeout(ANSWER_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none());
        if let Some(path) = &roles.ca_file {
            client = client.tls_certs_only(tls::authorities(path)?);
        }
        let client = client.build().context("cannot prepare to ask the other roles")?;
        Ok(Peers { inner: Arc::new(Inner { roles: roles.clone(), own: own.clone(), proofs, client }) })
    }

    /// What we prove to the other roles with that we are the one they ask; none where they speak in the clear.
    pub fn certificate(&self) -> Option<&(PathBuf, PathBuf)> {
        self.inner.roles.certificate.as_ref()
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
        let request = self.signed(Method::GET, address, path, &[]).timeout(STATUS_TIMEOUT);
        let answer = request.send().await.map_err(words)?;
        if !answer.status().is_success() {
            return Err(refusal(address, answer).await);
        }
        answer.json().await.map_err(words)
    }

    /// A request with what proves that it is ours.
    fn signed(&self, method: Method, address: &str, path: &str, body: &[u8]) -> reqwest::RequestBuilder {
        let path = &as_sent(address, path);
        let proof = self.inner.proofs.sign(address, Asked { method: method.as_str(), path }, body);
        self.inner.client.request(method, format!("{address}{path}")).header(header::AUTHORIZATION, proof)
    }

    /// POST to a path at one address, answered as JSON when the work is done, however long it takes.
    pub async fn post<T: DeserializeOwned>(&self, address: &str, path: &str, body: &Bytes) -> Result<T, String> {
        let request = self.signed(Method::POST, address, path, body).body(body.clone()).timeout(WORK_TIMEOUT);
        let answer = request.send().await.map_err(words)?;
        if !answer.status().is_success() {
            return Err(refusal(address, answer).await);
        }
        answer.json().await.map_err(words)
    }

    /// GET of a path at the first address of a role that answers well.
    pub async fn get_from<T: DeserializeOwned>(&self, role: Role, path: &str) -> Result<T, String> {
        let mut failure = no_address(role);
        for address in self.addresses(role) {
            match self.get(address, path).await {
                Ok(answer) => return Ok(answer),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    /// POST to a path at the first address of a role that answers well.
    pub async fn post_to<T: DeserializeOwned>(&self, role: Role, path: &str) -> Result<T, String> {
        self.post_bytes_to(role, path, Bytes::new()).await
    }

    /// The same with a body of JSON.
    pub async fn post_json_to<T: DeserializeOwned>(
        &self,
        role: Role,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, String> {
        let body = serde_json::to_vec(body).map_err(|error| error.to_string())?;
        self.post_bytes_to(role, path, body.into()).await
    }

    async fn post_bytes_to<T: DeserializeOwned>(&self, role: Role, path: &str, body: Bytes) -> Result<T, String> {
        let mut failure = no_address(role);
        for address in self.addresses(role) {
            match self.post(address, path, &body).await {
                Ok(answer) => return Ok(answer),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    /// GET of a path at the first address of a role that answers well, to be read by a thread that may block.
    pub fn read_from(&self, role: Role, path: &str) -> Result<impl BufRead + use<>, String> {
        let runtime = Handle::current();
        let answer = runtime.block_on(self.stream(Method::GET, role, path))?;
        Ok(BufReader::new(Pieces { answer, runtime, left: Bytes::new() }))
    }

    /// A request to a path at the first address of a role that answers well; the answer comes piece by piece, as long as the work takes.
    pub async fn stream(&self, method: Method, role: Role, path: &str) -> Result<reqwest::Response, String> {
        let mut failure = no_address(role);
        for address in self.addresses(role) {
            let request = self.signed(method.clone(), address, path, &[]).timeout(WORK_TIMEOUT);
            match request.send().await {
                Ok(answer) if answer.status().is_success() => return Ok(answer),
                Ok(answer) => failure = refusal(address, answer).await,
                Err(error) => failure = words(error),
            }
        }
        Err(failure)
    }

    /// Hands a request to a role: to the first of its addresses that takes the connection.
    pub async fn forward(&self, role: Role, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let Ok(body) = axum::body::to_bytes(body, MAX_FORWARDED_BYTES).await else {
            return (StatusCode::PAYLOAD_TOO_LARGE, "request too large\n").into_response();
        };
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let mut failure = no_address(role);
        for address in self.addresses(role) {
            let asked = self
                .signed(parts.method.clone(), address, path, &body)
                .headers(end_to_end(&parts.headers))
                .body(body.clone());
            match asked.send().await {
                Ok(answer) => return passed_on(answer),
                // An address that did not take the connection did nothing: another may be asked.
                Err(error) if error.is_connect() => failure = words(error),
                Err(error) => {
                    failure = words(error);
                    break;
                }
            }
        }
        let error = format!("the role {} does not answer: {failure}", role.name());
        (StatusCode::SERVICE_UNAVAILABLE, axum::Json(serde_json::json!({ "error": error }))).into_response()
    }

    /// Whether any process of a role takes requests.
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

    /// Whether a request is one of another role.
    pub fn know(&self, parts: &Parts) -> bool {
        self.read(parts).is_ok()
    }

    /// What a request shows, if it is one of another role; it may have come before.
    fn read(&self, parts: &Parts) -> std::result::Result<Signed, Refused> {
        let shown = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let own: Vec<&str> = self.inner.own.iter().flat_map(|role| self.addresses(*role)).map(String::as_str).collect();
        self.inner.proofs.read(shown, &own, Asked { method: parts.method.as_str(), path })
    }

    /// Lets only requests of the other roles through, each once, and what a load balancer asks.
    pub async fn guard(State(peers): State<Peers>, request: Request, next: Next) -> Response {
        if web::OPEN.contains(&request.uri().path()) {
            return next.run(request).await;
        }
        let (parts, body) = request.into_parts();
        let refused = |refused: Refused| (StatusCode::UNAUTHORIZED, format!("{refused}\n")).into_response();
        let signed = match peers.read(&parts) {
            Ok(signed) => signed,
            Err(why) => return refused(why),
        };
        let Ok(body) = axum::body::to_bytes(body, MAX_FORWARDED_BYTES).await else {
            return (StatusCode::PAYLOAD_TOO_LARGE, "request too large\n").into_response();
        };
        if !signed.is_of(&body) {
            return refused(Refused::Stranger);
        }
        match peers.inner.proofs.admit(&signed) {
            Ok(()) => next.run(Request::from_parts(parts, Body::from(body))).await,
            Err(why) => refused(why),
        }
    }
}

/// Path and query as they go over the wire: a URL has some characters encoded that a visitor's request may hold as they are.
fn as_sent(address: &str, path: &str) -> String {
    let parse = |url: &str| Url::parse(url).ok();
    let (Some(base), Some(whole)) = (parse(address), parse(&format!("{address}{path}"))) else {
        return path.to_owned();
    };
    let sent = &whole[Position::BeforePath..Position::AfterQuery];
    // What the address has of a path is for a proxy on the way.
    sent.strip_prefix(base.path().trim_end_matches('/')).unwrap_or(sent).to_owned()
}

/// What a role answers that refuses or fails.
async fn refusal(address: &str, answer: reqwest::Response) -> String {
    let status = answer.status();
    let words = answer.text().await.unwrap_or_default();
    format!("{address} answers {status}: {}", words.trim_end())
}

/// An answer that is read as it comes.
struct Pieces {
    answer: reqwest::Response,
    runtime: Handle,
    left: Bytes,
}

impl Read for Pieces {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.left.is_empty() {
            match self.runtime.block_on(self.answer.chunk()).map_err(io::Error::other)? {
                Some(piece) => self.left = piece,
                None => return Ok(0),
            }
        }
        let piece = self.left.split_to(to.len().min(self.left.len()));
        to[..piece.len()].copy_from_slice(&piece);
        Ok(piece.len())
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

fn no_address(role: Role) -> String {
    format!("[roles] names no address of {}", role.name())
}

/// An answer as our own, piece by piece as it comes.
pub fn passed_on(answer: reqwest::Response) -> Response {
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use axum::Router;
    use axum::middleware::from_fn_with_state;
    use axum::routing::{get, post};
    use config::Secret;
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

    use super::*;
    use crate::instance::http::serve::role_settings;

    const SECRET: &str = "a secret of the test, as long as it has to be";

    fn file(folder: &Path, name: &str, content: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = folder.join(name);
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    /// The configuration of roles that trust an authority and have a certificate of it.
    fn roles(folder: &Path, address: &str) -> Roles {
        let (authority_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.distinguished_name.push(DnType::CommonName, "the roles' authority");
        let ca_file = file(folder, "ca.pem", &authority.self_signed(&authority_key).unwrap().pem());
        let mut own = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        own.distinguished_name.push(DnType::CommonName, "a role");
        let own = own.signed_by(&key, &Issuer::new(authority, authority_key)).unwrap();
        Roles {
            secret: Secret::File(file(folder, "secret", SECRET)),
            certificate: Some((file(folder, "role.pem", &own.pem()), file(folder, "role.key", &key.serialize_pem()))),
            ca_file: Some(ca_file),
            ingest: Vec::new(),
            classify: Vec::new(),
            store: vec![address.to_owned()],
            facts: Vec::new(),
            alerts: Vec::new(),
            web: Vec::new(),
        }
    }

    #[tokio::test]
    async fn roles_speak_encrypted_and_signed_and_nobody_else_is_answered() {
        let folder = tempfile::tempdir().unwrap();
        let listener = listener::bind(([127, 0, 0, 1], 0).into()).unwrap();
        let address = format!("https://{}", listener.local_addr().unwrap());
        let roles = roles(folder.path(), &address);
        let store = Peers::new(&roles, &[Role::Store].into()).unwrap();
        let router = Router::new()
            .route("/internal/post", get(|| async { "1" }))
            .route("/internal/act", post(|body: String| async move { body.len().to_string() }))
            .route("/healthz", get(|| async { "ok" }))
            .layer(from_fn_with_state(store.clone(), Peers::guard));
        let settings = role_settings(&store).unwrap();
        tokio::spawn(listener::serve(listener, router, settings, std::future::pending()));

        let web = Peers::new(&roles, &[Role::Web].into()).unwrap();
        assert_eq!(web.get_from::<u32>(Role::Store, "/internal/post").await, Ok(1));
        assert_eq!(web.get_from::<u32>(Role::Store, "/internal/post").await, Ok(1), "the same asked again");
        assert_eq!(web.post_to::<u32>(Role::Store, "/internal/act").await, Ok(0));
        let form = Request::builder().method("POST").uri("/internal/act").body(Body::from("x=1")).unwrap();
        let forwarded = web.forward(Role::Store, form).await;
        assert_eq!(axum::body::to_bytes(forwarded.into_body(), 9).await.unwrap(), "3");

        let odd = Request::builder().uri("/internal/post?q='a'|%22&from=%D1%8F").body(Body::empty()).unwrap();
        assert_eq!(web.forward(Role::Store, odd).await.status(), StatusCode::OK);

        // A request that was seen on its way does nothing when it is sent again.
        let asked = Asked { method: "POST", path: "/internal/act" };
        let proof = web.inner.proofs.sign(&address, asked, b"");
        let send = async |proof: &str, body: &'static str| {
            let request = web.inner.client.post(format!("{address}/internal/act")).header("authorization", proof);
            request.body(body).send().await.unwrap().status()
        };
        assert_eq!(send(&proof, "another body").await, StatusCode::UNAUTHORIZED);
        assert_eq!(send(&proof, "").await, StatusCode::OK);
        assert_eq!(send(&proof, "").await, StatusCode::UNAUTHORIZED);
        assert_eq!(send(&format!("Bearer {SECRET}"), "").await, StatusCode::UNAUTHORIZED);

        // Nor is an address believed whose certificate nobody named has signed, and nobody is answered in the clear.
        let strangers = Roles { ca_file: None, ..roles.clone() };
        let strangers = Peers::new(&strangers, &[Role::Web].into()).unwrap();
        assert!(strangers.reachable(Role::Store).await.is_err());
        assert!(web.reachable(Role::Store).await.is_ok());
        let clear = Roles { store: vec![address.replace("https", "http")], ca_file: None, ..roles };
        assert!(Peers::new(&clear, &[Role::Web].into()).unwrap().reachable(Role::Store).await.is_err());
    }
}
