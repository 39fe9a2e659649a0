//! Why there is no answer.

use std::error::Error as StdError;

use model::Time;

use super::guard;
use crate::outcome::PollOutcome;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Not an `http` or `https` URL.
    #[error("not an http or https address")]
    BadUrl,
    /// The host, or where it redirected to, is on a loopback, private or link-local address.
    #[error("the host is on a private address; add it to [fetch] allow_private if that is meant")]
    PrivateAddress,
    /// The name does not resolve.
    #[error("the name does not resolve")]
    Dns,
    /// No connection, or TLS failed.
    #[error("no connection: {0}")]
    Connect(String),
    /// The certificate is of another name, out of date, or of nobody who is trusted here: it may not be the host who answers.
    #[error("the certificate is not to be trusted for this host: {0}")]
    Certificate(String),
    /// A platform's host that sends to a host of somebody else.
    #[error("redirected to another host, {0}")]
    Elsewhere(String),
    /// Not done in time: what was waited for.
    #[error("{0} not in time")]
    Timeout(&'static str),
    /// So many bytes came and then nothing more: what slows a network down lets the first ones through.
    #[error("{0} bytes of the answer came and the rest not in time")]
    Stalled(usize),
    /// More than the limit, counted after unpacking.
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    /// More redirects than are followed, or one that leads nowhere.
    #[error("too many redirects, or one without a usable address")]
    Redirects,
    /// The connection broke or the packed body is corrupt.
    #[error("the body broke off or cannot be unpacked: {0}")]
    Body(String),
    /// The site's robots.txt forbids the address to us.
    #[error("robots.txt of the site forbids this address")]
    Robots,
    /// The site's robots.txt cannot be had for a fault of the server, which forbids everything until when it can.
    #[error("the server fails to give robots.txt, so the site is left alone")]
    RobotsUnavailable(Option<Time>),
    /// The host asked for a pause that is not over; nothing was sent.
    #[error("the host asked for a pause until {0}")]
    Paused(Time),
}

impl FetchError {
    /// Whether another way to the host, or another of its names, may do better.
    pub(crate) fn is_of_the_way(&self) -> bool {
        use FetchError::{Body, Certificate, Connect, Dns, Stalled, Timeout};
        matches!(self, Dns | Connect(_) | Certificate(_) | Timeout(_) | Stalled(_) | Body(_))
    }

    /// The outcome of a poll that ends with it.
    pub(crate) fn outcome(&self) -> PollOutcome {
        match self {
            FetchError::BadUrl => PollOutcome::BadUrl,
            FetchError::PrivateAddress => PollOutcome::PrivateAddress,
            FetchError::Dns => PollOutcome::DnsFailed,
            FetchError::Connect(_) => PollOutcome::ConnectFailed,
            FetchError::Certificate(_) => PollOutcome::Certificate,
            FetchError::Elsewhere(_) => PollOutcome::ForeignPage,
            FetchError::Timeout(_) | FetchError::Stalled(_) => PollOutcome::Timeout,
            FetchError::TooLarge(_) => PollOutcome::TooLarge,
            FetchError::Redirects => PollOutcome::Redirects,
            FetchError::Robots => PollOutcome::Robots,
            FetchError::RobotsUnavailable(until) => PollOutcome::ServerError { until: *until },
            FetchError::Body(_) => PollOutcome::BodyBroken,
            FetchError::Paused(until) => PollOutcome::RateLimited { until: Some(*until) },
        }
    }
}

impl From<reqwest::Error> for FetchError {
    /// The URL is left out of the words: it may hold what the operator keeps to themselves.
    fn from(error: reqwest::Error) -> FetchError {
        let mut cause: Option<&(dyn StdError + 'static)> = Some(&error);
        let (mut root, mut certificate) = (String::new(), false);
        while let Some(inner) = cause {
            if inner.is::<guard::NotPublic>() {
                return FetchError::PrivateAddress;
            }
            // The TLS library's own error is not a type that is reachable from here.
            certificate |= inner.to_string().contains("certificate verify failed");
            if inner.source().is_none() {
                root = inner.to_string();
            }
            cause = inner.source();
        }
        if error.is_timeout() {
            FetchError::Timeout("the connection")
        } else if error.is_dns() {
            FetchError::Dns
        } else if certificate {
            FetchError::Certificate(root)
        } else if error.is_connect() {
            FetchError::Connect(root)
        } else {
            FetchError::Body(root)
        }
    }
}
