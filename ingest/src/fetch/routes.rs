//! Which way a request takes: straight to a guarded address, straight into the operator's own network, or through a proxy.

use std::time::Duration;

use reqwest::{Client, ClientBuilder, redirect};
use url::Url;

use super::error::FetchError;
use super::guard;

/// Idle connections kept to a host: its pages come one after another.
const IDLE_PER_HOST: usize = 2;

/// The clients, and which hosts each is for.
pub(super) struct Routes {
    guarded: Client,
    open: Client,
    allow_private: Vec<String>,
    /// Hosts of a platform that has a proxy setting of its own; none: it goes without.
    own: Vec<(String, Option<Client>)>,
    common: Option<Client>,
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
}

impl Routes {
    /// The ways that the settings describe. `agent` is the User-Agent.
    pub(super) fn new(settings: &config::Settings, agent: &str) -> Result<Routes, SetupError> {
        let client = || builder(agent, Duration::from_secs(settings.fetch.connect_timeout_s.into()));
        let through = |proxy: &Option<config::Proxy>| proxy.as_ref().map(|proxy| proxied(client(), proxy)).transpose();
        let own = [(&settings.vk.api, &settings.vk.proxy), (&settings.telegram.preview, &settings.telegram.proxy)]
            .into_iter()
            .filter(|(_, proxy)| **proxy != settings.fetch.proxy)
            .filter_map(|(base, proxy)| Some((host_of(&Url::parse(base).ok()?), proxy)))
            .map(|(host, proxy)| Ok((host, through(proxy)?)))
            .collect::<Result<_, SetupError>>()?;
        Ok(Routes {
            guarded: client().no_proxy().dns_resolver(guard::PublicOnly).build()?,
            open: client().no_proxy().build()?,
            allow_private: settings.fetch.allow_private.iter().map(|host| host.to_lowercase()).collect(),
            own,
            common: through(&settings.fetch.proxy)?,
        })
    }

    /// The client for a URL. Private addresses are refused unless the operator allowed this very host or port: a literal
    /// here, a name by the resolver of the client.
    pub(super) async fn client_for(&self, url: &Url) -> Result<&Client, FetchError> {
        let host = url.host_str().unwrap_or_default();
        let with_port = host_of(url);
        if self.allow_private.iter().any(|allowed| allowed == host || *allowed == with_port) {
            return Ok(&self.open);
        }
        let own = self.own.iter().find(|(host, _)| *host == with_port);
        let proxy = own.map_or(self.common.as_ref(), |(_, proxy)| proxy.as_ref());
        let public = match url.host() {
            Some(url::Host::Ipv4(ip)) => guard::is_public(ip.into()),
            Some(url::Host::Ipv6(ip)) => guard::is_public(ip.into()),
            Some(url::Host::Domain(name)) => proxy.is_none() || !guard::is_known_private(name).await,
            None => return Err(FetchError::BadUrl),
        };
        if public { Ok(proxy.unwrap_or(&self.guarded)) } else { Err(FetchError::PrivateAddress) }
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
