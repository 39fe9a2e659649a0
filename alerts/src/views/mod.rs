//! Alerts as people and scripts see them.

pub mod alert_view;
pub mod compose;
pub mod cursor;
pub mod deliveries;
pub mod essence;
pub mod forward;
pub mod listing;
pub mod quiet;
pub mod quotes;
