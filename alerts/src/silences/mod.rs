//! Silences and known causes: what holds an alert back.

pub mod hold;
pub mod known_cause;
pub mod matcher;
pub mod notices;
pub mod over;
pub mod silence;
