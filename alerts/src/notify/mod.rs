//! Notifying people: whom and when, the outbox, and the channels that its messages go over.
//!
//! `routes`, `letter` and `channels` use nothing else of this room; `outbox` uses the last two and `render`; whatever notifies puts
//! its messages there, and `deliver` sends them.

pub mod calls;
pub mod channels;
pub mod deliver;
pub mod heartbeat;
pub mod letter;
pub mod links;
pub mod notifications;
pub mod outbox;
pub mod render;
pub mod reports;
pub mod routes;
pub mod shift;
pub mod shift_report;
pub mod updates;
