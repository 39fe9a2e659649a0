//! Detection: the rules of `alerts.toml`, the detector of bursts, and how what they find becomes an alert.
//!
//! Each kind of rule has a file of its own, with its evaluation and its words; `kinds` lists them.

pub mod baseline;
pub mod burst;
pub mod component;
pub mod detector;
pub mod evaluate;
pub mod growth;
pub mod health;
pub mod hit;
pub mod kinds;
pub mod lifecycle;
pub mod new_alert;
pub mod notify_reason;
pub mod query;
pub mod raise;
pub mod recurrence;
pub mod risk;
pub mod silence;
pub mod spread;
pub mod system;
pub mod window;
