//! robots.txt (RFC 9309): what a site asks of programs. Portals' pages are read by it; VK's API and Telegram's preview have
//! rules of their own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::Time;
use texting_robots::Robot;
use url::Url;

use super::error::FetchError;
use super::fetcher::{Answer, Fetcher, MAX_REDIRECTS, parse};
use super::response::{Response, Validators};
use super::routes::host_of;
use crate::time::later;

/// The name that sites know this program by.
const AGENT: &str = "Otklik";

/// RFC 9309, 2.4: a copy should not be used for longer.
const KEEP: Duration = Duration::from_secs(24 * 3600);

/// RFC 9309, 2.5: at least this much must be parsed; what follows is not read.
const MAX_BYTES: usize = 500 * 1024;

/// A longer `Crawl-delay` is a way to say no; the site is then asked as rarely as this, which no poll notices.
const MAX_DELAY: Duration = Duration::from_secs(60);

/// More sites are not remembered: redirects can name hosts without end.
const MAX_SITES: usize = 10_000;

/// What sites asked, by origin.
#[derive(Default)]
pub(super) struct Robots(Mutex<HashMap<String, Site>>);

struct Site {
    /// For how long it may be remembered.
    until: Time,
    /// None: everything is allowed.
    robot: Option<Arc<Robot>>,
}

impl Fetcher {
    /// Gets a page as [`Fetcher::get`] does, if the site's robots.txt lets it; where redirects lead to, that site's.
    pub async fn get_allowed(&self, url: &str, validators: &Validators) -> Result<Response, FetchError> {
        let mut url = parse(url)?;
        let mut left = self.timeout;
        for _ in 0..=MAX_REDIRECTS {
            let host = url.host_str().unwrap_or_default();
            if !self.ignore_robots.iter().any(|ignored| ignored == host) {
                let robot = self.robot(&url).await?;
                if robot.is_some_and(|robot| !robot.allowed(url.as_str())) {
                    return Err(FetchError::Robots);
                }
            }
            match self.step(&url, validators, &mut left).await? {
                Answer::Final(response) => return Ok(response),
                Answer::Redirect(next) => url = next,
            }
        }
        Err(FetchError::Redirects)
    }

    /// What the site of a URL asks, remembered or asked now.
    async fn robot(&self, url: &Url) -> Result<Option<Arc<Robot>>, FetchError> {
        let origin = url.origin().ascii_serialization();
        let now = (self.clock)();
        if let Some(site) = self.robots.sites().get(&origin)
            && site.until > now
        {
            return Ok(site.robot.clone());
        }
        let robot = match self.get(&format!("{origin}/robots.txt"), &Validators::default()).await {
            // RFC 9309, 2.3.1.4: a server in trouble has forbidden everything for now.
            Ok(response) if response.status.is_server_error() => {
                return Err(FetchError::RobotsUnavailable(response.retry_after));
            }
            Ok(response) => response.status.is_success().then(|| read(&response.body)).flatten(),
            // A site that cannot be reached is named so, once.
            Err(
                error @ (FetchError::Timeout(_) | FetchError::Dns | FetchError::Connect(_) | FetchError::Paused(_)),
            ) => return Err(error),
            // What is no usable robots.txt forbids nothing; the page itself will tell what is wrong with the site.
            Err(_) => None,
        };
        if let Some(seconds) = robot.as_ref().and_then(|robot| robot.delay).filter(|seconds| *seconds > 0.0) {
            let delay = Duration::try_from_secs_f32(seconds).unwrap_or(MAX_DELAY);
            self.hosts.slow_down(&host_of(url), delay.min(MAX_DELAY));
        }
        let robot = robot.map(Arc::new);
        let mut sites = self.robots.sites();
        if sites.len() >= MAX_SITES {
            sites.retain(|_, site| site.until > now);
        }
        sites.insert(origin, Site { until: later(now, KEEP), robot: robot.clone() });
        Ok(robot)
    }
}

impl Robots {
    fn sites(&self) -> MutexGuard<'_, HashMap<String, Site>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a robots.txt lets this program read an address.
pub fn robots_allow(robots: &[u8], url: &str) -> bool {
    read(robots).is_none_or(|robot| robot.allowed(url))
}

/// The rules for us; none for what is no robots.txt. The library is another's: a panic in it must not end the collector.
fn read(body: &[u8]) -> Option<Robot> {
    let body = &body[..body.len().min(MAX_BYTES)];
    std::panic::catch_unwind(|| Robot::new(AGENT, body).ok()).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(robots: &str, path: &str, allowed: bool) {
        let url = format!("https://city.example{path}");
        assert_eq!(robots_allow(robots.as_bytes(), &url), allowed, "{robots:?} {path}");
    }

    #[test]
    fn the_rules_for_us_count_else_those_for_all() {
        check("User-agent: *\nDisallow: /", "/rss", false);
        check("User-agent: *\nDisallow: /\n\nUser-agent: otklik\nAllow: /", "/rss", true);
        check("User-agent: Otklik\nDisallow: /admin", "/rss", true);
        check("User-agent: *\nDisallow: /\nAllow: /rss$", "/rss", true);
        check("User-agent: *\nDisallow: /*.xml", "/news.xml", false);
        check("User-agent: *\nDisallow:", "/rss", true);
        check("<html><body>no rules here</body></html>", "/rss", true);
        check("", "/rss", true);
    }
}
