//! What an instance is opened for.

use std::collections::BTreeSet;

use crate::roles::Role;

/// Which parts of an instance are opened, and whether they run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenMode {
    /// The roles whose parts are opened.
    pub roles: BTreeSet<Role>,
    /// Whether their stages run, or the parts are only read.
    pub running: bool,
}

impl OpenMode {
    /// What an import or a replay needs: everything that posts pass through, without the collectors.
    pub fn pipeline() -> OpenMode {
        OpenMode { roles: [Role::Classify, Role::Store, Role::Facts, Role::Alerts].into(), running: true }
    }

    /// The parts of some roles, only read.
    pub fn inspect(roles: &[Role]) -> OpenMode {
        OpenMode { roles: roles.iter().copied().collect(), running: false }
    }
}
