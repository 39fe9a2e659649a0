//! Takes events in.

use config::{Address, Source};
use model::{Clock, PostId};

use crate::parsing::Page;
use crate::platforms::vk::profile::PROFILE;
use crate::poll::{Failure, Intake, PollResult};

/// Takes in the events on a page, those of this wall alone.
pub(super) fn take(intake: &Intake, clock: &Clock, source: &Source, page: Page) -> Result<(), Failure> {
    let Address::Vk(owner) = source.address else { return Ok(()) };
    let mut result = PollResult::new(clock());
    result.add_events(page, |id: &PostId| id.as_str().starts_with(&format!("vk:{owner}_")));
    intake.take_events(source, PROFILE, result)
}
