//! `[fetch]`.

use super::proxy::Way;

/// `[fetch]`: manners towards other people's servers.
#[derive(Debug, Clone)]
pub struct Fetch {
    /// `contact`: address or page in the User-Agent, so that an administrator can reach the operator.
    pub contact: Option<String>,
    /// `connect_timeout_s`: until the connection stands, TLS included (default 10).
    pub connect_timeout_s: u32,
    /// `header_timeout_s`: until the headers of the answer are there (default 20).
    pub header_timeout_s: u32,
    /// `timeout_s`: the whole of one request (default 30).
    pub timeout_s: u32,
    /// `max_mb`: a longer body is cut off as hostile, counted after unpacking (default 10).
    pub max_mb: u32,
    /// `host_interval_ms`: between two requests to one host (default 1000).
    pub host_interval_ms: u32,
    /// `host_parallel`: requests at a time to one host (default 2).
    pub host_parallel: usize,
    /// `parallel`: requests at a time over all hosts (default 16).
    pub parallel: usize,
    /// `[[fetch.host]]`: hosts with a pace of their own.
    pub hosts: Vec<HostPace>,
    /// `proxy`: requests go through it, those to `allow_private` aside; of several the first that gets through (default none). At
    /// least one way.
    pub ways: Vec<Way>,
    /// `ignore_robots`: hosts whose robots.txt is not heeded (default none).
    pub ignore_robots: Vec<String>,
    /// `allow_private`: hosts (`name` or `name:port`) that may resolve to loopback or private addresses (default none).
    pub allow_private: Vec<String>,
}

/// `[[fetch.host]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPace {
    /// `name` of the host, e.g. `t.me`.
    pub name: String,
    /// `interval_ms`: between two requests to it (default: `host_interval_ms`).
    pub interval_ms: u32,
    /// `parallel`: requests at a time to it (default: `host_parallel`).
    pub parallel: usize,
}
