//! Values as columns keep them.

use model::{Event, Level, Time};

use super::error::AlertError;

/// A moment, stored in milliseconds.
pub fn time(millis: i64) -> Result<Time, AlertError> {
    Time::from_millisecond(millis).map_err(|_| AlertError::Stored(format!("time {millis}")))
}

/// A level as it is stored: by its order, so that SQL can compare.
pub fn rank(level: Level) -> i64 {
    Level::ALL.iter().zip(0..).find(|(of, _)| **of == level).map_or(0, |(_, rank)| rank)
}

/// The level with this rank.
pub fn level_of(rank: i64) -> Result<Level, AlertError> {
    let level = usize::try_from(rank).ok().and_then(|rank| Level::ALL.get(rank).copied());
    level.ok_or_else(|| AlertError::Stored(format!("level {rank}")))
}

/// Events as JSON; no text where there are none, as in rows of earlier builds.
pub fn events_json(events: &[Event]) -> Option<String> {
    (!events.is_empty()).then(|| serde_json::to_string(events).ok()).flatten()
}

/// The events of a column; `None`: it holds something else.
pub fn events_of(stored: Option<String>) -> Option<Vec<Event>> {
    stored.map_or(Some(Vec::new()), |json| serde_json::from_str(&json).ok())
}
