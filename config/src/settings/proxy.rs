//! The ways on which requests leave: straight, or through a proxy.

use url::Url;

use super::secret::Secret;

/// How a request leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// Straight to its host.
    Direct,
    /// Through a proxy.
    Through(Proxy),
}

impl Way {
    /// The proxy, where it is one.
    pub fn proxy(&self) -> Option<&Proxy> {
        match self {
            Way::Direct => None,
            Way::Through(proxy) => Some(proxy),
        }
    }
}

/// A proxy that requests go through. It resolves the names itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// `http`, `https` or `socks5`, its host and port; never with a password.
    pub url: String,
    /// `proxy_auth_file` or `proxy_auth_env`: `user:password`.
    pub auth: Option<Secret>,
}

impl Proxy {
    /// Its address with the login read and, for `socks5`, with names left to it. Never to be shown: it holds the password.
    pub fn address(&self) -> Result<Url, String> {
        let url = self.url.replacen("socks5://", "socks5h://", 1);
        let mut url = Url::parse(&url).map_err(|error| error.to_string())?;
        if let Some(secret) = &self.auth {
            let login = secret.read()?;
            let (user, password) = login.split_once(':').unwrap_or((&login, ""));
            let set = url.set_username(user).and_then(|()| url.set_password(Some(password)));
            set.map_err(|()| "имя пользователя в него не вставить".to_owned())?;
        }
        Ok(url)
    }
}
