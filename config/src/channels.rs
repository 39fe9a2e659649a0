//! The channels over which alerts, digests and reports reach people: their kinds, and their sections in `channels.toml`.
//!
//! A kind is described here once; the rest of the program asks [`ChannelKind`] instead of naming kinds. What its section and its
//! addresses must look like is in `parse/channels.rs`, and how it sends in the crate `alerts`, `notify/channels/`.

use std::path::{Path, PathBuf};

use crate::settings::{Proxy, Secret};

/// A kind of channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChannelKind {
    /// A Telegram bot.
    Telegram,
    /// E-mail.
    Email,
    /// A message of a VK community.
    Vk,
    /// A MAX bot.
    Max,
    /// A short message to a telephone, by a gateway.
    Sms,
    /// A call to a telephone, by a gateway that reads a text out.
    Call,
    /// Signed JSON to a URL.
    Webhook,
    /// A terminal that follows the alerts.
    Terminal,
}

/// What the rest of the program must know about a kind without knowing how it sends.
struct Description {
    code: &'static str,
    name_ru: &'static str,
    /// Messages carry buttons, and presses come back.
    buttons: bool,
    /// A message that was accepted can be changed without a new notification.
    edits: bool,
    /// The receiving side recognises a message sent twice by its key.
    idempotent: bool,
    /// A refusal is the receiving program's mistake, which its owner will correct, and says nothing about the address.
    refusal_passes: bool,
    /// It tells the subject of a message and no more.
    brief: bool,
}

impl ChannelKind {
    /// All kinds.
    pub const ALL: [ChannelKind; 8] = [
        ChannelKind::Telegram,
        ChannelKind::Email,
        ChannelKind::Vk,
        ChannelKind::Max,
        ChannelKind::Sms,
        ChannelKind::Call,
        ChannelKind::Webhook,
        ChannelKind::Terminal,
    ];

    const fn description(self) -> Description {
        /// A person's address on a server that drops duplicates and cannot change what it delivered.
        const PLAIN: Description = Description {
            code: "",
            name_ru: "",
            buttons: false,
            edits: false,
            idempotent: true,
            refusal_passes: false,
            brief: false,
        };
        /// A messenger's bot: with buttons, and without a key by which it would recognise a duplicate.
        const BOT: Description = Description { buttons: true, edits: true, idempotent: false, ..PLAIN };
        match self {
            ChannelKind::Telegram => Description { code: "telegram", name_ru: "Telegram", ..BOT },
            ChannelKind::Email => Description { code: "email", name_ru: "электронная почта", ..PLAIN },
            ChannelKind::Vk => Description { code: "vk", name_ru: "ВКонтакте", ..PLAIN },
            ChannelKind::Max => Description { code: "max", name_ru: "MAX", ..BOT },
            ChannelKind::Sms => Description { code: "sms", name_ru: "СМС", idempotent: false, ..PLAIN },
            ChannelKind::Call => {
                Description { code: "call", name_ru: "звонок", idempotent: false, brief: true, ..PLAIN }
            }
            ChannelKind::Webhook => {
                Description { code: "webhook", name_ru: "вебхук", refusal_passes: true, ..PLAIN }
            }
            ChannelKind::Terminal => Description { code: "terminal", name_ru: "терминал", ..PLAIN },
        }
    }

    /// The code in configuration and on disk.
    pub fn as_str(self) -> &'static str {
        self.description().code
    }

    /// The kind of a code.
    pub fn parse(code: &str) -> Option<ChannelKind> {
        ChannelKind::ALL.into_iter().find(|kind| kind.as_str() == code)
    }

    /// The name people see.
    pub fn name_ru(self) -> &'static str {
        self.description().name_ru
    }

    /// Whether messages carry buttons whose presses come back.
    pub fn has_buttons(self) -> bool {
        self.description().buttons
    }

    /// Whether a message that was accepted can be changed.
    pub fn can_edit(self) -> bool {
        self.description().edits
    }

    /// Whether the receiving side recognises a message sent twice by its key.
    pub fn is_idempotent(self) -> bool {
        self.description().idempotent
    }

    /// Whether the subject of a message is all that it tells.
    pub fn is_brief(self) -> bool {
        self.description().brief
    }

    /// Whether a refusal is worth another try where there is no other address.
    pub fn refusal_passes(self) -> bool {
        self.description().refusal_passes
    }
}

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
    /// `[sms]`.
    pub sms: Option<PhoneGateway>,
    /// `[call]`.
    pub call: Option<PhoneGateway>,
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

/// `[email]`: a mail server that accepts our messages over TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// `server`: its host name, for which its certificate must be valid.
    pub server: String,
    /// `port` (default: 465 for `tls`, 587 for `starttls`).
    pub port: u16,
    /// `security`: how the connection is encrypted (default `tls`).
    pub security: MailSecurity,
    /// `ca_file`: PEM of the authority that signed the server's certificate, in addition to the system's authorities.
    pub ca_file: Option<PathBuf>,
    /// `from`: the sender's address.
    pub from: String,
    /// `from_name`: the sender's name (default `Отклик`).
    pub from_name: String,
    /// `user` and `password_file` or `password_env`: a login; absent: the server accepts messages without one.
    pub login: Option<(String, Secret)>,
}

/// How a connection to a mail server is encrypted. An unencrypted one is not offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailSecurity {
    /// TLS from the first byte (port 465).
    Tls,
    /// The connection begins unencrypted and must switch to TLS before anything is sent (port 587).
    StartTls,
}

/// `[vk]` of `channels.toml`: a community that writes to people (<https://dev.vk.com/ru/method/messages.send>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VkCommunity {
    /// `token_file` or `token_env`: a key of the community with the right to its messages.
    pub token: Secret,
    /// `api`: base of the API (default `https://api.vk.ru/method`).
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
    /// `ca_file`: PEM of the authority that signed the API's certificate, in addition to the system's authorities.
    pub ca_file: Option<PathBuf>,
    /// `proxy`: of this channel alone; `"direct"`: none (default: that of `[fetch]`).
    pub proxy: Option<Proxy>,
}

/// `[sms]` or `[call]`: a service that sends a text to a telephone, or reads it out there, when it is asked to by HTTP. Each has its own
/// request, so that the request is written in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneGateway {
    /// `url`.
    pub url: String,
    /// `form`, `query` or `json`: what it is asked, with `{to}`, `{text}`, `{key}` and `{secret}` in values.
    pub request: GatewayRequest,
    /// `headers`, `Name: value`, with the same in values.
    pub headers: Vec<(String, String)>,
    /// `secret_file` or `secret_env`: what `{secret}` stands for.
    pub secret: Option<Secret>,
    /// `accepted`: an answer that took the message contains one of these, spaces aside; empty: every answer of status 2xx did.
    pub accepted: Vec<String>,
    /// `max_chars`: a longer text is cut (default 300).
    pub max_chars: u32,
    /// `proxy`: of this channel alone; `"direct"`: none (default: that of `[fetch]`).
    pub proxy: Option<Proxy>,
}

/// How a gateway is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GatewayRequest {
    /// POST of a form: names and values.
    Form(Vec<(String, String)>),
    /// GET with these in the address.
    Query(Vec<(String, String)>),
    /// POST of a document.
    Json(serde_json::Value),
}

/// A `[[webhook]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// `name` by which messages are addressed to it.
    pub name: String,
    /// `url` that accepts the JSON by POST.
    pub url: String,
    /// `secret_file` or `secret_env`: what requests are signed with; absent: they are not signed.
    pub secret: Option<Secret>,
    /// `proxy` (default none: most receivers are in the operator's own network).
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
            ChannelKind::Sms => self.sms.is_some(),
            ChannelKind::Call => self.call.is_some(),
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
        for (section, gateway) in [("[sms]", &self.sms), ("[call]", &self.call)] {
            gateway.iter().flat_map(|gateway| &gateway.secret).for_each(|secret| add(section, secret));
        }
        for webhook in &self.webhooks {
            let login = webhook.proxy.iter().flat_map(|proxy| &proxy.auth);
            let section = format!("[[webhook]] {}", webhook.name);
            webhook.secret.iter().chain(login).for_each(|secret| add(&section, secret));
        }
        for (section, proxy) in [
            ("[telegram]", self.telegram.as_ref().and_then(|bot| bot.proxy.as_ref())),
            ("[vk]", self.vk.as_ref().and_then(|vk| vk.proxy.as_ref())),
            ("[max]", self.max.as_ref().and_then(|bot| bot.proxy.as_ref())),
            ("[sms]", self.sms.as_ref().and_then(|gateway| gateway.proxy.as_ref())),
            ("[call]", self.call.as_ref().and_then(|gateway| gateway.proxy.as_ref())),
        ] {
            proxy.and_then(|proxy| proxy.auth.as_ref()).into_iter().for_each(|auth| add(section, auth));
        }
        secrets
    }

    /// Files of certificates that the channels need, each with the section that names it.
    pub fn ca_files(&self) -> Vec<(&'static str, &Path)> {
        let email = self.email.as_ref().and_then(|email| Some(("[email]", email.ca_file.as_deref()?)));
        let max = self.max.as_ref().and_then(|bot| Some(("[max]", bot.ca_file.as_deref()?)));
        email.into_iter().chain(max).collect()
    }
}
