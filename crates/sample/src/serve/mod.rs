//! The sample's servers on the loopback. Each shows only what is published by the sample's clock.

mod feeds;
mod hook;
mod html;
mod state;
mod telegram;
mod vk;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use model::Clock;

use crate::world::World;
use hook::hook_router;
use state::Sample;

pub use vk::TOKEN;

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
