//! What only the operator may ask of an instance: served on the socket in the data folder, never on the network.

pub mod act;
pub mod append;
pub mod correct;
pub mod forget;
pub mod maintenance;
pub mod positions;
pub mod replay;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use super::archive;
use crate::instance::Instance;

/// The operator's routes.
pub fn router(instance: Arc<Instance>) -> Router {
    Router::new()
        .route("/own/now", get(maintenance::now))
        .route("/own/config", get(maintenance::config))
        .route("/own/append", post(append::append).layer(DefaultBodyLimit::max(append::MAX_APPEND_BYTES)))
        .route("/own/positions", get(positions::positions))
        .route("/own/replay", post(replay::replay))
        .route("/own/dead-letters", get(maintenance::list_dead_letters).post(maintenance::retry))
        .route("/own/archive", get(archive::archive))
        .route("/own/suggest", get(maintenance::suggest))
        .route("/own/deletions", get(maintenance::deletions))
        .route("/own/purge", post(maintenance::purge))
        .route("/own/backup", post(maintenance::back_up))
        .route("/own/act", post(act::act))
        .route("/own/correct", get(correct::list).post(correct::correct))
        .route("/own/forget", get(forget::forgotten).post(forget::forget))
        .route("/own/forget/find", post(forget::find))
        .route("/own/labels", get(correct::labels))
        .with_state(instance)
}
