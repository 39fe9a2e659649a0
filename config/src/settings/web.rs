//! `[web]`: the page and the API.

use std::net::SocketAddr;
use std::path::PathBuf;

use ipnet::IpNet;
use url::Url;

use super::Settings;

/// `[web]`.
#[derive(Debug, Clone)]
pub struct Web {
    /// `listen`: address of the page and the API (default `127.0.0.1:8686`; the loopback, because there are no users yet).
    pub listen: SocketAddr,
    /// `hosts`: more names under which the page is asked for, as browsers write them: small letters, no port. Loopback names, the
    /// address of `listen` and the host of `public_url` are always answered, and no others, lest a site of another name have a browser
    /// read the page for it.
    pub hosts: Vec<String>,
    /// `proxies`: addresses and networks of proxies before the page. Of what they hand on, `X-Forwarded-For` says whom it counts for.
    pub proxies: Vec<IpNet>,
    /// `cert_file` and `key_file`: the page speaks TLS with this certificate, in PEM with those between it and its authority, the key as
    /// PKCS #8; absent: it speaks in the clear, as on the loopback or to a proxy.
    pub certificate: Option<(PathBuf, PathBuf)>,
}

impl Settings {
    /// The names under which the page is asked for, besides those of this machine.
    pub fn page_hosts(&self) -> Vec<String> {
        let public = self.public_url.as_deref().and_then(|url| Url::parse(url).ok());
        let public = public.as_ref().and_then(Url::host_str).map(str::to_owned);
        self.web.hosts.iter().cloned().chain(public).collect()
    }
}
