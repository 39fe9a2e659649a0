//! `[max]`: the bot that reads. The one that sends alerts is another, see `channels.toml`.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::proxy::Way;
use super::secret::Secret;

/// `[max]`.
#[derive(Debug, Clone)]
pub struct Max {
    /// `api`: bases of the API, tried in this order (default `https://platform-api2.max.ru`). At least one.
    pub api: Vec<String>,
    /// `token_file` or `token_env`: the token of the bot that reads. Without it the chats of MAX are not polled and shown as not seen.
    pub token: Option<Secret>,
    /// `ca_file`: the authorities that signed the API's certificate, in PEM, where the system does not know them (default none).
    pub ca_file: Option<PathBuf>,
    /// `proxy`: of this API alone, tried in this order; `"direct"`: none (default: those of `[fetch]`). At least one.
    pub ways: Vec<Way>,
    /// `webhook`, `webhook_url`, and `secret_file` or `secret_env`: events are sent here instead of being asked for (default: asked for).
    pub webhook: Option<MaxWebhook>,
}

/// How MAX sends events by itself.
#[derive(Debug, Clone)]
pub struct MaxWebhook {
    /// `webhook`: the address on which events are received; the path is `/max`.
    pub listen: SocketAddr,
    /// `webhook_url`: where MAX reaches that path, by HTTPS through a proxy of the operator's.
    pub url: String,
    /// The word that proves a request to be MAX's.
    pub secret: Secret,
}
