//! A value for each level.

use model::Level;

/// One value for each level of risk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByLevel<T>([T; 4]);

impl<T> ByLevel<T> {
    /// What `value` says for each level.
    pub fn new(value: impl FnMut(Level) -> T) -> ByLevel<T> {
        ByLevel(Level::ALL.map(value))
    }

    /// The value for a level.
    pub fn of(&self, level: Level) -> &T {
        let [low, medium, high, critical] = &self.0;
        match level {
            Level::Low => low,
            Level::Medium => medium,
            Level::High => high,
            Level::Critical => critical,
        }
    }
}
