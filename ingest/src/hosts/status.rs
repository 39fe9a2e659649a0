//! What is known of a platform's hosts, for who looks after the installation.

use model::{Platform, Time};
use serde::Serialize;

/// How the hosts of a platform are doing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlatformStatus {
    /// The platform.
    pub platform: Platform,
    /// The host that is asked first.
    pub asked: String,
    /// Since when none of them can be reached, while that is so.
    pub down_since: Option<Time>,
    /// When they are tried again.
    pub next_at: Option<Time>,
    /// All of them, in the order of the settings.
    pub hosts: Vec<HostStatus>,
}

/// How one host is doing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HostStatus {
    /// Its name, with the proxy that it is asked through.
    pub host: String,
    /// When it failed last, unless it has answered since.
    pub failed_at: Option<Time>,
    /// Why, in English.
    pub reason: Option<String>,
}
