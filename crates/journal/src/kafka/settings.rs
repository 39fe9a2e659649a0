//! Where a cluster is, and how to talk to it.

use std::fmt;
use std::time::Duration;

/// Where Kafka is and how its topics are laid out.
#[derive(Debug, Clone)]
pub struct KafkaSettings {
    /// `host:port`, comma-separated if there are several.
    pub brokers: String,
    /// Prefix of the names of topics and consumer groups, so that one cluster can serve several installations.
    pub prefix: String,
    /// Partitions of the streams of posts: at most this many classifiers can share the work.
    pub partitions: u32,
    /// Copies of each message. With three, one broker may be lost.
    pub replication: u32,
    /// Messages older than this are removed, read or not.
    pub keep: Duration,
    /// How the brokers are trusted, and how we prove who we are.
    pub security: Security,
}

/// Encryption and login.
#[derive(Debug, Clone, Default)]
pub struct Security {
    /// Encrypt; absent: plaintext.
    pub tls: Option<Tls>,
    /// Log in with a name and a password.
    pub sasl: Option<Sasl>,
}

/// PEM files for TLS.
#[derive(Debug, Clone, Default)]
pub struct Tls {
    /// Certificate of the authority that signed the brokers' certificates; absent: the system's authorities are trusted.
    pub ca_file: Option<String>,
    /// Our certificate and its key, if the brokers ask for one.
    pub client: Option<(String, String)>,
}

/// A login.
#[derive(Clone)]
pub struct Sasl {
    /// `PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`.
    pub mechanism: String,
    /// Name.
    pub user: String,
    /// Password.
    pub password: String,
}

/// Without the password.
impl fmt::Debug for Sasl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} as {}", self.mechanism, self.user)
    }
}
