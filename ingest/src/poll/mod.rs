//! One poll: what it read, what that is compared with, and how it is taken into the journal and the state.

mod context;
mod cursor_after;
mod diff;
mod failure;
mod goal;
mod intake;
mod ledger;
mod net;
mod parsers;
mod profile;
mod result;

pub(crate) use context::Poll;
pub(crate) use failure::Failure;
pub(crate) use goal::{BACKFILL, Goal};
pub(crate) use intake::Intake;
pub(crate) use net::{Net, require_success};
pub(crate) use parsers::Parsers;
pub(crate) use profile::PlatformProfile;
pub(crate) use result::{PollResult, number};
