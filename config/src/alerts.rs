//! `alerts.toml`: what makes an alert and where it goes.

use std::time::Duration;

use model::Level;

/// `alerts.toml`.
#[derive(Debug, Clone)]
pub struct AlertRules {
    /// `level`: a risk of this level or above makes an alert (default high).
    pub level: Level,
    /// `group_window`: posts of one risk and place this close in time are one alert (default 24h).
    pub group_window: Duration,
    /// `quiet_after`: an alert without a new post for so long is quiet: kept, and no longer listed as open (default 48h).
    pub quiet_after: Duration,
    /// `max_age`: older posts notify nobody (default 24h).
    pub max_age: Duration,
    /// `copy_distance`: signatures at most this many bits apart are near-copies (default 12).
    pub copy_distance: u32,
    /// `deadline`: hours until an open alert needs a decision, for the digest («условный срок», default 4).
    pub deadline_hours: u32,
    /// `webhook`: URL that receives alerts as JSON with an `Idempotency-Key`.
    pub webhook: Option<String>,
}
