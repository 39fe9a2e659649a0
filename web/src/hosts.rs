//! Under which names the page is answered. A site in a visitor's browser may point a name of its own at our address (DNS rebinding), and
//! could then read the page as if it were its own; but its name stays in the request.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use listener::Connection;

/// Paths that a load balancer and Prometheus ask, by whatever name they know us; they hold no posts and no names of people.
pub const OPEN: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Names that are answered, besides those of the loopback and the address that a request came to.
pub struct Hosts {
    /// What is listened on.
    pub listen: IpAddr,
    /// As browsers write them.
    pub names: Vec<String>,
}

/// Hands on what is asked for by a name of ours.
pub async fn check(State(hosts): State<Arc<Hosts>>, request: Request, next: Next) -> Response {
    let local = request.extensions().get::<Connection>().map(|connection| connection.local.ip());
    let path = request.uri().path();
    if OPEN.contains(&path) {
        return next.run(request).await;
    }
    let asked = asked_hosts(&request);
    match asked.iter().find(|host| !hosts.answers(host, local)) {
        None if !asked.is_empty() => next.run(request).await,
        other => refuse(other.map_or("", String::as_str), path.starts_with("/api/")),
    }
}

/// Every host that a request names, without ports: in its head, and in its target. What is none is left as it is.
fn asked_hosts(request: &Request) -> Vec<String> {
    let heads = request.headers().get_all(header::HOST).iter();
    let heads = heads.map(|host| String::from_utf8_lossy(host.as_bytes()).into_owned());
    let target = request.uri().authority().map(ToString::to_string);
    let name = |host: String| host.parse().map_or(host, |host: Authority| host.host().to_owned()).to_ascii_lowercase();
    heads.chain(target).map(name).collect()
}

impl Hosts {
    fn answers(&self, host: &str, local: Option<IpAddr>) -> bool {
        let name = host.strip_suffix('.').unwrap_or(host);
        let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name).parse::<IpAddr>();
        let is_ours = |address: IpAddr| {
            let address = address.to_canonical();
            address.is_loopback()
                || [Some(self.listen), local].iter().flatten().any(|own| own.to_canonical() == address)
        };
        name == "localhost" || address.is_ok_and(is_ours) || self.names.iter().any(|own| own == name)
    }
}

fn refuse(host: &str, json: bool) -> Response {
    let words = format!(
        "под именем «{host}» эта страница не отвечает: впишите его в hosts раздела [web] файла otklik.toml (или в public_url) и \
         перезапустите otklik"
    );
    match json {
        true => (StatusCode::MISDIRECTED_REQUEST, Json(serde_json::json!({ "error": words }))).into_response(),
        false => (StatusCode::MISDIRECTED_REQUEST, words + "\n").into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    /// What a request is answered that came to 10.0.0.5, where every address is listened on.
    fn asked(path: &str, heads: &[&str]) -> (u16, String) {
        let router = Router::new().fallback(get(|| async { "here" }));
        let listen = "0.0.0.0:8686".parse().unwrap();
        let router = crate::answered_as(router, listen, vec!["otklik.example.ru".into(), "[2001:db8::7]".into()]);
        let mut request = Request::builder().uri(path).body(Body::empty()).unwrap();
        for host in heads {
            request.headers_mut().append(header::HOST, host.parse().unwrap());
        }
        let peer = "10.0.0.9:40000".parse().unwrap();
        let local = "10.0.0.5:8686".parse().unwrap();
        request.extensions_mut().insert(Connection { peer, local, client: peer.ip() });
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let answer = router.oneshot(request).await.unwrap();
            let status = answer.status().as_u16();
            let body = axum::body::to_bytes(answer.into_body(), 1 << 16).await.unwrap();
            (status, String::from_utf8(body.to_vec()).unwrap())
        })
    }

    #[track_caller]
    fn answers(host: &str) {
        assert_eq!(asked("/api/search", &[host]), (200, "here".into()), "{host}");
    }

    #[track_caller]
    fn refuses(path: &str, heads: &[&str]) -> String {
        let (status, words) = asked(path, heads);
        assert_eq!(status, 421, "{path} {heads:?}: {words}");
        words
    }

    #[test]
    fn names_of_this_machine_and_those_that_are_set_are_answered() {
        for host in [
            "localhost",
            "LOCALHOST:8686",
            "localhost.",
            "127.0.0.1:8686",
            "127.1.2.3",
            "[::1]:8686",
            "[::ffff:127.0.0.1]",
            "otklik.example.ru",
            "Otklik.Example.ru:443",
            "10.0.0.5:8686",
            "[2001:db8::7]",
        ] {
            answers(host);
        }
    }

    #[test]
    fn a_name_that_a_stranger_pointed_at_us_is_not() {
        for host in
            ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.6", "[2001:db8::8]", ""]
        {
            refuses("/", &[host]);
        }
        refuses("/", &[]);
        refuses("/", &["localhost", "evil.example"]);
        refuses("http://evil.example/", &["localhost"]);
        assert!(refuses("/", &["evil.example:8686"]).contains("«evil.example»"), "the page does not say which name");
        let json = refuses("/api/search", &["evil.example"]);
        assert!(json.starts_with("{\"error\":") && json.contains("[web]"), "{json}");
    }

    #[test]
    fn whoever_watches_over_us_knows_us_by_any_name() {
        for path in OPEN {
            assert_eq!(asked(path, &["otklik:8686"]).0, 200, "{path}");
        }
    }
}
