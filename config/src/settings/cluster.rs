//! `[kafka]` and `[roles]` of `otklik.toml`: beyond one process.

use std::path::PathBuf;

use super::secret::Secret;

/// `[kafka]`: the journal is Apache Kafka.
#[derive(Debug, Clone)]
pub struct Kafka {
    /// `brokers`: `host:port`, several with commas between.
    pub brokers: String,
    /// `prefix` of the names of topics and consumer groups (default `otklik.`).
    pub prefix: String,
    /// `partitions` of the streams of posts: at most this many classifiers can share the work (default 6).
    pub partitions: u32,
    /// `replication`: copies of each message (default 1; three where there are three brokers).
    pub replication: u32,
    /// `tls`: encrypt (default false).
    pub tls: bool,
    /// `ca_file`: PEM of the authority that signed the brokers' certificates (default: the system's authorities).
    pub ca_file: Option<String>,
    /// `cert_file` and `key_file`: our own certificate, where the brokers ask for one.
    pub certificate: Option<(String, String)>,
    /// `sasl_mechanism`, `user` and `password_file` or `password_env`: a login.
    pub login: Option<KafkaLogin>,
}

/// A login at the brokers.
#[derive(Debug, Clone)]
pub struct KafkaLogin {
    /// `sasl_mechanism`: `PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`.
    pub mechanism: String,
    /// `user`.
    pub user: String,
    /// `password_file` or `password_env`.
    pub password: Secret,
}

/// `[roles]`: where roles in processes of their own ask one another. Each is the address that its process listens on.
#[derive(Debug, Clone)]
pub struct Roles {
    /// `secret_file` or `secret_env`: what they prove themselves to one another with.
    pub secret: Secret,
    /// `cert_file` and `key_file`: what a process that answers the others proves with that it is the one at its address, in PEM, the key as
    /// PKCS #8; absent: it answers in the clear.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// `ca_file`: PEM of the authority that signed these certificates (default: the system's authorities).
    pub ca_file: Option<PathBuf>,
    /// `ingest`: collectors.
    pub ingest: Vec<String>,
    /// `classify`: classifiers, which share the work.
    pub classify: Vec<String>,
    /// `store`: search indexes, each of them complete; the first that answers serves the search.
    pub store: Vec<String>,
    /// `facts`: the writer of the figures.
    pub facts: Vec<String>,
    /// `alerts`: alerts, digests and the page's content.
    pub alerts: Vec<String>,
    /// `web`: the page and the API for people.
    pub web: Vec<String>,
}

impl Roles {
    /// Every address with the key that it stands under.
    pub fn addresses(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let keys = [
            ("ingest", &self.ingest),
            ("classify", &self.classify),
            ("store", &self.store),
            ("facts", &self.facts),
            ("alerts", &self.alerts),
            ("web", &self.web),
        ];
        keys.into_iter().flat_map(|(key, addresses)| addresses.iter().map(move |address| (key, address.as_str())))
    }
}
