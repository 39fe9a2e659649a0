//! How long a request of each source waits at most.

use std::collections::HashMap;
use std::time::Duration;

use config::{Config, Source};

use crate::platforms::Platforms;

/// The turns of all sources on its host, and a request that times out, for each source in the order of the configuration.
pub(super) fn waits(config: &Config, platforms: &Platforms) -> Vec<Duration> {
    let fetch = &config.settings.fetch;
    let host = |source: &Source| {
        let url = platforms.of(source.platform()).url(&config.settings, &source.address)?;
        url::Url::parse(url).ok()?.host_str().map(str::to_owned)
    };
    let hosts: Vec<Option<String>> = config.sources.iter().map(host).collect();
    let mut sharing: HashMap<&String, u32> = HashMap::new();
    for (host, source) in hosts.iter().zip(&config.sources) {
        if let Some(host) = host.as_ref().filter(|_| source.enabled) {
            *sharing.entry(host).or_default() += 1;
        }
    }
    let turns = |host: &String| {
        let pace = fetch.hosts.iter().find(|pace| pace.name == *host);
        let interval_ms = pace.map_or(fetch.host_interval_ms, |pace| pace.interval_ms);
        Duration::from_millis(interval_ms.into()) * sharing.get(host).copied().unwrap_or(1)
    };
    let timeout = Duration::from_secs(fetch.timeout_s.into());
    hosts.iter().map(|host| host.as_ref().map_or(Duration::ZERO, turns) + timeout).collect()
}
