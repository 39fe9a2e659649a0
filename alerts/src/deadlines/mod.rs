//! By when an alert is to be answered in public. The arithmetic is the crate `deadlines`.

pub mod alert_deadlines;
pub mod official_reply;
pub mod updates;
pub mod view;
