//! The sample's servers on the loopback. Each shows only what is published by the sample's clock.

mod escape;
mod feeds;
mod hook;
mod telegram;
mod vk;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use model::{Clock, Time};

use crate::World;

pub use hook::hook_router;
pub use vk::TOKEN;

/// What the handlers share.
#[derive(Clone)]
struct Sample {
    world: Arc<World>,
    clock: Clock,
}

impl Sample {
    fn now(&self) -> Time {
        (self.clock)()
    }
}

/// All of the sample: `/tg`, `/vk/method`, `/feeds` and the webhook at `/hook`.
pub fn router(world: Arc<World>, clock: Clock) -> Router {
    Router::new()
        .route("/tg/s/{channel}", get(telegram::history))
        .route("/tg/{channel}", get(telegram::landing))
        .route("/tg/{channel}/{number}", get(telegram::single))
        .route("/vk/method/{method}", get(vk::method).post(vk::method))
        .route("/feeds/{file}", get(feeds::feed))
        .with_state(Sample { world, clock })
        .merge(hook_router())
}

#[cfg(test)]
mod tests;
