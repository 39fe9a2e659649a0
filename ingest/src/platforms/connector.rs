//! What the collectors ask of a platform. The folder of each platform answers it once.

use std::sync::Arc;
use std::time::Duration;

use config::{Address, Config, Settings, Source};
use futures_util::future::{BoxFuture, ready};
use model::Time;
use tokio::sync::watch;

use super::recognise::{Given, Target, TryError};
use crate::hosts::PlatformHosts;
use crate::outcome::PollOutcome;
use crate::poll::{Failure, Intake, Net, PlatformProfile, Poll, PollResult};
use crate::state::Cursor;

/// Connects the collectors to one platform.
pub(crate) trait Connector: Send + Sync {
    /// How its polls differ from others where they are taken in.
    fn profile(&self) -> PlatformProfile;

    /// Reads a source down to the last post seen, checks what is missing, and reads again what is due.
    fn poll<'a>(&'a self, poll: Poll<'a>) -> BoxFuture<'a, PollResult>;

    /// Where a source's requests go if they wait for their turn among those of other sources on the same host. None: the
    /// platform keeps limits of its own.
    fn url<'a>(&self, settings: &'a Settings, address: &'a Address) -> Option<&'a str>;

    /// The platform's hosts, where it has the same ones for all sources.
    fn hosts(&self) -> Option<&PlatformHosts> {
        None
    }

    /// A post published now is seen within this time, where a request is answered within `wait`. None: nobody can read it.
    fn latency(&self, source: &Source, cursor: &Cursor, wait: Duration) -> Option<Duration> {
        let _ = cursor;
        Some(source.every + wait)
    }

    /// Plans how often each source is polled, where calls are limited. True: the plan is new.
    fn plan<'a>(&'a self, config: &'a Config, intake: &'a Arc<Intake>, now: Time) -> BoxFuture<'a, bool> {
        let _ = (config, intake, now);
        Box::pin(ready(false))
    }

    /// The planned pause between two polls of a source, which takes the place of the configured one.
    fn planned_pause(&self, source: &str) -> Option<Duration> {
        let _ = source;
        None
    }

    /// Whether an event said, since this was last asked, that a source should be polled now, due or not.
    fn take_awaited(&self, source: &str) -> bool {
        let _ = source;
        false
    }

    /// Takes in what the platform sends without being polled, until `stop`.
    fn listen<'a>(
        &'a self,
        net: Net<'a>,
        config: &'a Arc<Config>,
        intake: &'a Arc<Intake>,
        stop: watch::Receiver<bool>,
    ) -> BoxFuture<'a, ()> {
        let _ = (net, config, intake, stop);
        Box::pin(ready(()))
    }

    /// What a text that a person pasted names on this platform. None: it is not of this platform.
    fn recognise(&self, given: &Given<'_>) -> Option<Result<Target, TryError>>;

    /// The address behind a name that [`Connector::recognise`] could not tell by itself.
    fn resolve<'a>(&'a self, net: Net<'a>, name: &'a str) -> BoxFuture<'a, Result<Address, Unresolved>> {
        let _ = (net, name);
        Box::pin(ready(Err(Unresolved::Failed(PollOutcome::NotFound.into()))))
    }

    /// Reads the newest page of an address, once. Returns the address that could be read, which may be another that the page
    /// names.
    fn try_address<'a>(&'a self, net: Net<'a>, address: Address, result: &'a mut PollResult) -> BoxFuture<'a, Address>;
}

/// Why a name leads to no address.
pub(crate) enum Unresolved {
    /// It names what is not read at all.
    Rejected(TryError),
    /// It could not be looked up.
    Failed(Failure),
}
