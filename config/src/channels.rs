//! `channels.toml`: the channels over which alerts, digests and reports reach people.

use std::path::PathBuf;

use crate::{ChannelKind, Proxy, Secret};

/// `channels.toml`. A channel whose section is absent is off.
#[derive(Debug, Clone, Default)]
pub struct Channels {
    /// `[telegram]`.
    pub telegram: Option<TelegramBot>,
    /// `[email]`.
    pub email: Option<Email>,
    /// `[vk]`.
    pub vk: Option<VkCommunity>,
    /// `[max]`.
    pub max: Option<MaxBot>,
    /// `[[webhook]]`, each with a name of its own.
    pub webhooks: Vec<Webhook>,
}

/// `[telegram]` of `channels.toml`: a bot (<https://core.telegram.org/bots/api>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TelegramBot {
    /// `token_file` or `token_env`.
    pub token: Secret,
    /// `api`: base of the Bot API (default `https://api.telegram.org`), or a Bot API server of one's own.
    pub api: String,
    /// `proxy`: of this channel alone; `"direct"`: none (default: that of `[fetch]`).
    pub proxy: Option<Proxy>,
}

/// `[email]`: a mail server that takes messages of ours over TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// `server`: its host name, which its certificate must bear.
    pub server: String,
    /// `port` (default: 465 for `tls`, 587 for `starttls`).
    pub port: u16,
    /// `security`: how the connection is encrypted (default `tls`).
    pub security: MailSecurity,
    /// `ca_file`: PEM of the authority that signed the server's certificate, beside the system's authorities.
    pub ca_file: Option<PathBuf>,
    /// `from`: the sender's address.
    pub from: String,
    /// `from_name`: the sender's name (default `Отклик`).
    pub from_name: String,
    /// `user` and `password_file` or `password_env`: a login; absent: the server takes messages without one.
    pub login: Option<(String, Secret)>,
}

/// How a connection to a mail server is encrypted. There is no way without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailSecurity {
    /// TLS from the first byte (port 465).
    Tls,
    /// The connection begins in the clear and must turn to TLS before anything is told (port 587).
    StartTls,
}

/// `[vk]` of `channels.toml`: a community that writes to people (<https://dev.vk.com/ru/method/messages.send>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VkCommunity {
    /// `token_file` or `token_env`: a key of the community with the right to its messages.
    pub token: Secret,
    /// `api`: base of the API (default `https://api.vk.com/method`).
    pub api: String,
    /// `proxy`: of this channel alone; `"direct"`: none (default: that of `[fetch]`).
    pub proxy: Option<Proxy>,
}

/// `[max]`: a bot (<https://dev.max.ru/docs-api>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaxBot {
    /// `token_file` or `token_env`.
    pub token: Secret,
    /// `api`: base of the API (default `https://platform-api2.max.ru`).
    pub api: String,
    /// `ca_file`: PEM of the authority that signed the API's certificate, beside the system's authorities.
    pub ca_file: Option<PathBuf>,
    /// `proxy`: of this channel alone; `"direct"`: none (default: that of `[fetch]`).
    pub proxy: Option<Proxy>,
}

/// A `[[webhook]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// `name` by which people and routes name it.
    pub name: String,
    /// `url` that takes the JSON by POST.
    pub url: String,
    /// `secret_file` or `secret_env`: what requests are signed with; absent: they are not signed.
    pub secret: Option<Secret>,
    /// `proxy` (default none: receivers mostly stand in the operator's own network).
    pub proxy: Option<Proxy>,
}

impl Channels {
    /// Whether a channel is switched on. A terminal always is.
    pub fn has(&self, kind: ChannelKind) -> bool {
        match kind {
            ChannelKind::Telegram => self.telegram.is_some(),
            ChannelKind::Email => self.email.is_some(),
            ChannelKind::Vk => self.vk.is_some(),
            ChannelKind::Max => self.max.is_some(),
            ChannelKind::Webhook => !self.webhooks.is_empty(),
            ChannelKind::Terminal => true,
        }
    }

    /// The secrets that the channels need, each with the section that names it.
    pub fn secrets(&self) -> Vec<(String, &Secret)> {
        let mut secrets = Vec::new();
        let mut add = |section: &str, secret| secrets.push((section.to_owned(), secret));
        self.telegram.iter().for_each(|bot| add("[telegram]", &bot.token));
        self.email.iter().flat_map(|email| &email.login).for_each(|(_, password)| add("[email]", password));
        self.vk.iter().for_each(|vk| add("[vk]", &vk.token));
        self.max.iter().for_each(|bot| add("[max]", &bot.token));
        for webhook in &self.webhooks {
            let login = webhook.proxy.iter().flat_map(|proxy| &proxy.auth);
            let section = format!("[[webhook]] {}", webhook.name);
            webhook.secret.iter().chain(login).for_each(|secret| add(&section, secret));
        }
        for (section, proxy) in [
            ("[telegram]", self.telegram.as_ref().and_then(|bot| bot.proxy.as_ref())),
            ("[vk]", self.vk.as_ref().and_then(|vk| vk.proxy.as_ref())),
            ("[max]", self.max.as_ref().and_then(|bot| bot.proxy.as_ref())),
        ] {
            proxy.and_then(|proxy| proxy.auth.as_ref()).into_iter().for_each(|auth| add(section, auth));
        }
        secrets
    }
}
