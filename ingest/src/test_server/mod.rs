//! A server on the loopback that answers as a test says and remembers what it was asked.

pub(crate) mod bombs;
pub(crate) mod tls;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Response, StatusCode};

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub target: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

pub(crate) struct Server {
    /// `http://127.0.0.1:port`
    pub base: String,
    /// `127.0.0.1:port`
    pub host: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// A server without a robots.txt, requests for which are not remembered.
    pub(crate) async fn start(reply: impl Fn(&Asked) -> Response<Body> + Send + Sync + 'static) -> Server {
        Server::serve(reply, false).await
    }

    /// A server that answers requests for robots.txt like any other.
    pub(crate) async fn with_robots(reply: impl Fn(&Asked) -> Response<Body> + Send + Sync + 'static) -> Server {
        Server::serve(reply, true).await
    }

    async fn serve(reply: impl Fn(&Asked) -> Response<Body> + Send + Sync + 'static, robots: bool) -> Server {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (reply, log) = (Arc::new(reply), asked.clone());
        let app = Router::new().fallback(move |request: Request| {
            let (reply, log) = (reply.clone(), log.clone());
            async move {
                let (head, body) = request.into_parts();
                let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
                let asked = Asked {
                    target: head.uri.to_string(),
                    headers: head.headers,
                    body: String::from_utf8(body.to_vec()).unwrap(),
                };
                if asked.target == "/robots.txt" && !robots {
                    return answer(404, &[], "");
                }
                log.lock().unwrap().push(asked.clone());
                let reply = reply(&asked);
                if reply.extensions().get::<Stalled>().is_some() {
                    std::future::pending::<()>().await;
                }
                reply
            }
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        Server { base: format!("http://{host}"), host, asked }
    }

    /// Everything asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

#[derive(Clone)]
struct Stalled;

/// No answer at all: not even its headers come.
pub(crate) fn stalled() -> Response<Body> {
    let mut answer = answer(200, &[], "");
    answer.extensions_mut().insert(Stalled);
    answer
}

/// An answer of a status, headers and a body.
pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: impl Into<Body>) -> Response<Body> {
    let mut answer = Response::builder().status(StatusCode::from_u16(status).unwrap());
    for (name, value) in headers {
        answer = answer.header(*name, *value);
    }
    answer.body(body.into()).unwrap()
}

/// Settings of an instance in a hurry, whose VK and Telegram are at `base`, and which allows these hosts.
pub(crate) fn settings(base: &str, allow_private: &[&str]) -> config::Settings {
    config::Settings {
        timezone: jiff::tz::TimeZone::UTC,
        public_url: None,
        web: config::Web {
            listen: ([127, 0, 0, 1], 0).into(),
            hosts: Vec::new(),
            proxies: Vec::new(),
            certificate: None,
        },
        journal: config::JournalLimits { keep_days: 14, max_mb: 100 },
        archive: config::Archive::default(),
        facts: None,
        fetch: config::Fetch {
            contact: Some("mailto:otklik@city.example".into()),
            connect_timeout_s: 3,
            header_timeout_s: 3,
            timeout_s: 3,
            max_mb: 1,
            host_interval_ms: 0,
            host_parallel: 4,
            parallel: 16,
            hosts: Vec::new(),
            ways: vec![config::Way::Direct],
            ignore_robots: Vec::new(),
            allow_private: allow_private.iter().map(|host| host.to_string()).collect(),
        },
        vk: config::Vk {
            api: vec![format!("{base}/method")],
            tokens: Vec::new(),
            ways: vec![config::Way::Direct],
            slowest: Duration::from_secs(6 * 3600),
            limits: config::VkLimits {
                service_per_second: 5,
                user_per_second: 3,
                community_per_second: 20,
                wall_get_per_day: 5000,
                wall_search_per_day: 1000,
                newsfeed_search_per_day: 1000,
            },
            callback: None,
        },
        telegram: config::Telegram { preview: vec![base.to_owned()], ways: vec![config::Way::Direct] },
        max: config::Max {
            api: vec![base.to_owned()],
            token: None,
            ca_file: None,
            ways: vec![config::Way::Direct],
            webhook: None,
        },
        reread: config::Reread { days: 3, first: Duration::from_secs(1800) },
        digest: config::Digest { at: jiff::civil::time(7, 30, 0, 0) },
        classify: config::Classify::default(),
        kafka: None,
        roles: None,
    }
}
