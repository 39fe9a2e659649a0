//! The keys of old months.

use model::Time;

use super::Collector;
use crate::privacy::AuthorError;

impl Collector {
    /// Destroys the keys of authors of the months that were over before a time. Returns those whose destruction is not
    /// [confirmed](Collector::confirm_destroyed) yet. Blocks.
    pub fn destroy_keys(&self, before: Time) -> Result<Vec<String>, AuthorError> {
        self.intake.keys().destroy(before)
    }

    /// Notes that the audit has the destruction of the keys of these months. Blocks.
    pub fn confirm_destroyed(&self, months: &[String]) -> Result<(), AuthorError> {
        self.intake.keys().confirm(months)
    }
}
