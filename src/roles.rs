//! The roles of the pipeline: which of its parts a process runs.

use std::collections::BTreeSet;

use clap::ValueEnum;

/// A role of the pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, ValueEnum)]
pub enum Role {
    /// Poll the sources.
    Ingest,
    /// Recognise sector, topics, risks and places.
    Classify,
    /// Keep the search index.
    Store,
    /// Keep the figures.
    Facts,
    /// Raise and send alerts.
    Alerts,
    /// Serve the page and the API.
    Web,
}

impl Role {
    /// All of them: one process that does everything.
    pub fn all() -> BTreeSet<Role> {
        [Role::Ingest, Role::Classify, Role::Store, Role::Facts, Role::Alerts, Role::Web].into()
    }

    /// Its name on the command line and in answers.
    pub fn name(self) -> &'static str {
        match self {
            Role::Ingest => "ingest",
            Role::Classify => "classify",
            Role::Store => "store",
            Role::Facts => "facts",
            Role::Alerts => "alerts",
            Role::Web => "web",
        }
    }
}
