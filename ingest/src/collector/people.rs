//! What is done for people: keys of old months are destroyed, and posts are forgotten that somebody asks to have removed.

use model::{PostId, Time};

use super::Collector;
use crate::privacy::{AuthorError, PersonOnPlatform};

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

    /// The hashes of a person, one for each month whose key there is. Blocks.
    pub fn hashes_of(&self, person: &PersonOnPlatform) -> Result<Vec<String>, AuthorError> {
        self.intake.keys().hashes(person)
    }

    /// Never takes these posts in again, and remembers nothing of them but their ids. What was read of them before is in the journal when
    /// this returns, or never will be. Blocks.
    pub fn forget(&self, ids: &[PostId]) -> Result<(), rusqlite::Error> {
        self.intake.forget(ids)
    }

    /// The ids of the posts that were forgotten. Blocks.
    pub fn forgotten(&self) -> Result<Vec<String>, rusqlite::Error> {
        self.intake.state().forgotten()
    }
}
