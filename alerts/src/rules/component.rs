//! What rules watch that is no post: a source, a platform, a part of the installation.

/// Something that may have a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Its name within the rule.
    pub name: String,
    /// The headline of an alert about it.
    pub headline: String,
    /// What is wrong, in Russian; `None`: nothing is.
    pub problem: Option<String>,
}
