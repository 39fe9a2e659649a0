//! Which way a request takes: straight to a guarded address, straight into the operator's own network, or through a proxy.

use std::path::Path;
use std::time::Duration;

use config::Way;
use model::Time;
use reqwest::{Certificate, Client, ClientBuilder, redirect};
use url::Url;

use super::error::FetchError;
use super::guard;
use super::preference::Preference;

/// A larger file is not one of certificates.
const MAX_CA_BYTES: u64 = 4 << 20;

/// Idle connections kept to a host: its pages come one after another.
const IDLE_PER_HOST: usize = 2;

/// The clients, and which hosts each is for.
pub(super) struct Routes {
    direct: Direct,
    allow_private: Vec<String>,
    /// The hosts of each platform that has some of its own, and the ways to them.
    own: Vec<(Vec<String>, Ways)>,
    common: Ways,
}

/// The clients without a proxy.
struct Direct {
    /// Connects to public addresses alone.
    guarded: Client,
    open: Client,
}

/// The ways to a host in the order of the settings, never none.
struct Ways {
    /// Of hosts whose certificates are of authorities of their own; none: the common ones.
    direct: Option<Direct>,
    /// None: without a proxy.
    clients: Vec<Option<Client>>,
    preference: Preference,
}

/// Why requests cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The HTTP library.
    #[error("cannot set up HTTP requests: {0}")]
    Http(#[from] reqwest::Error),
    /// The secret of a proxy.
    #[error("cannot use the proxy {0}: {1}")]
    Proxy(String, String),
    /// The authorities of a platform's certificate.
    #[error("cannot use the certificates of {0}: {1}")]
    Authorities(String, String),
}

impl Routes {
    /// The ways that the settings describe. `agent` is the User-Agent.
    pub(super) fn new(settings: &config::Settings, agent: &str) -> Result<Routes, SetupError> {
        let client = || builder(agent, Duration::from_secs(settings.fetch.connect_timeout_s.into()));
        let ways = |ways: &[Way], ca_file: Option<&Path>| {
            let trusted = ca_file.map(authorities).transpose()?;
            let client = || match &trusted {
                Some(trusted) => client().tls_certs_merge(trusted.clone()),
                None => client(),
            };
            let clients = ways.iter().map(|way| way.proxy().map(|proxy| proxied(client(), proxy)).transpose());
            Ok::<Ways, SetupError>(Ways {
                direct: trusted.is_some().then(|| Direct::new(client)).transpose()?,
                clients: clients.collect::<Result<_, _>>()?,
                preference: Preference::default(),
            })
        };
        let config::Settings { vk, telegram, max, .. } = settings;
        let own = [
            (&vk.api, &vk.ways, None),
            (&telegram.preview, &telegram.ways, None),
            (&max.api, &max.ways, max.ca_file.as_deref()),
        ];
        let own = own.into_iter().map(|(bases, own, ca_file)| {
            let hosts = bases.iter().filter_map(|base| Some(host_of(&Url::parse(base).ok()?)));
            Ok::<_, SetupError>((hosts.collect(), ways(own, ca_file)?))
        });
        Ok(Routes {
            direct: Direct::new(client)?,
            allow_private: settings.fetch.allow_private.iter().map(|host| host.to_lowercase()).collect(),
            own: own.collect::<Result<_, _>>()?,
            common: ways(&settings.fetch.ways, None)?,
        })
    }

    /// The ways to a URL's host, in the order in which they are tried now.
    pub(super) fn order(&self, url: &Url, now: Time) -> Vec<usize> {
        if self.is_allowed(url) {
            return vec![0];
        }
        let ways = self.ways(url);
        ways.preference.order(ways.clients.len(), now)
    }

    /// Notes on which way a URL's host was reached after these had failed.
    pub(super) fn got_through(&self, url: &Url, way: usize, failed: &[usize], now: Time) {
        if self.ways(url).preference.got_through(way, failed, now) {
            tracing::warn!(host = host_of(url), way, "requests leave on another way from now on");
        }
    }

    /// The client for a URL on one of its ways. Private addresses are refused unless the operator allowed this very host or port: a
    /// literal here, a name by the resolver of the client.
    pub(super) async fn client_for(&self, url: &Url, way: usize) -> Result<&Client, FetchError> {
        let Ways { clients, direct, .. } = self.ways(url);
        let direct = direct.as_ref().unwrap_or(&self.direct);
        if self.is_allowed(url) {
            return Ok(&direct.open);
        }
        let proxy = clients.get(way).or(clients.first()).and_then(Option::as_ref);
        let public = match url.host() {
            Some(url::Host::Ipv4(ip)) => guard::is_public(ip.into()),
            Some(url::Host::Ipv6(ip)) => guard::is_public(ip.into()),
            Some(url::Host::Domain(name)) => proxy.is_none() || !guard::is_known_private(name).await,
            None => return Err(FetchError::BadUrl),
        };
        if public { Ok(proxy.unwrap_or(&direct.guarded)) } else { Err(FetchError::PrivateAddress) }
    }

    /// Whether a URL's host is one of a platform's.
    pub(super) fn is_own(&self, url: &Url) -> bool {
        let host = host_of(url);
        self.own.iter().any(|(hosts, _)| hosts.contains(&host))
    }

    fn is_allowed(&self, url: &Url) -> bool {
        let (host, with_port) = (url.host_str().unwrap_or_default(), host_of(url));
        self.allow_private.iter().any(|allowed| allowed == host || *allowed == with_port)
    }

    fn ways(&self, url: &Url) -> &Ways {
        let host = host_of(url);
        self.own.iter().find(|(hosts, _)| hosts.contains(&host)).map_or(&self.common, |(_, ways)| ways)
    }
}

impl Direct {
    fn new(client: impl Fn() -> ClientBuilder) -> Result<Direct, SetupError> {
        Ok(Direct {
            guarded: client().no_proxy().dns_resolver(guard::PublicOnly).build()?,
            open: client().no_proxy().build()?,
        })
    }
}

/// Reads a file of certificates in PEM.
fn authorities(path: &Path) -> Result<Vec<Certificate>, SetupError> {
    let failed = |why: String| SetupError::Authorities(path.display().to_string(), why);
    let size = std::fs::metadata(path).map_err(|error| failed(error.to_string()))?.len();
    if size > MAX_CA_BYTES {
        return Err(failed(format!("larger than {MAX_CA_BYTES} bytes")));
    }
    let pem = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(failed("there is no certificate in PEM in it".to_owned())),
    }
}

/// `name:port`, by which limits are kept and private hosts allowed.
pub(super) fn host_of(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default())
}

fn builder(agent: &str, connect_timeout: Duration) -> ClientBuilder {
    Client::builder()
        .user_agent(agent)
        .redirect(redirect::Policy::none())
        .connect_timeout(connect_timeout)
        .pool_max_idle_per_host(IDLE_PER_HOST)
        .referer(false)
}

/// A client whose every request goes through a proxy, which also resolves the names.
fn proxied(client: ClientBuilder, proxy: &config::Proxy) -> Result<Client, SetupError> {
    let failed = |why: String| SetupError::Proxy(proxy.url.clone(), why);
    let url = proxy.address().map_err(failed)?;
    // The library's own words may hold the address, and with it the password.
    let words = |_| failed("the HTTP library does not accept it".to_owned());
    client.proxy(reqwest::Proxy::all(url).map_err(words)?).build().map_err(words)
}
