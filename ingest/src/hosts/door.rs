//! One way in: a host of a platform, and the way on which requests to it leave.

use config::Way;
use url::Url;

/// One way in to a platform.
#[derive(Debug)]
pub(crate) struct Door {
    /// Where its addresses begin, without a slash at the end.
    pub base: String,
    /// The number of the way, in the order of the settings.
    pub way: usize,
    /// The host and, where there is one, the proxy, for people.
    pub name: String,
}

impl Door {
    /// Every host on the first way, then every host on the next.
    pub(super) fn all(bases: &[String], ways: &[Way]) -> Vec<Door> {
        let door = |(way, through): (usize, &Way), base: &String| {
            let base = base.trim_end_matches('/');
            let url = Url::parse(base).ok();
            let host = url.as_ref().and_then(Url::host_str).unwrap_or(base);
            let port = url.as_ref().and_then(Url::port).map(|port| format!(":{port}")).unwrap_or_default();
            let proxy = through.proxy().map(|proxy| format!(" through {}", proxy.url)).unwrap_or_default();
            Door { base: base.to_owned(), way, name: format!("{host}{port}{proxy}") }
        };
        ways.iter().enumerate().flat_map(|way| bases.iter().map(move |base| door(way, base))).collect()
    }
}
