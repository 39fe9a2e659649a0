//! The health of the installation, as the rule `system` looks at it.

/// The health of the installation.
#[derive(Debug, Clone, Default)]
pub struct Health {
    /// The stages, how many messages each is behind, and why it fails if it does.
    pub stages: Vec<(String, u64, Option<String>)>,
    /// Dead letters in all.
    pub dead_letters: u64,
    /// Free space on the data folder's disk, in percent.
    pub disk_free_percent: Option<u64>,
    /// Further problems: the name of the component, and what is wrong.
    pub troubles: Vec<(String, String)>,
}
