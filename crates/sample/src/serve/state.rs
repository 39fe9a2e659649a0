//! What the handlers share.

use std::sync::Arc;

use model::{Clock, Time};

use crate::world::World;

/// The world and the time in it.
#[derive(Clone)]
pub(super) struct Sample {
    pub(super) world: Arc<World>,
    pub(super) clock: Clock,
}

impl Sample {
    pub(super) fn now(&self) -> Time {
        (self.clock)()
    }
}
