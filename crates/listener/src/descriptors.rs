//! File descriptors: how many the process may have, and how many of them are for connections.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// No more are asked for: some libraries go through all that there may be.
const ENOUGH: u64 = 65_536;

/// Without a limit that can be read, as many as Linux gives at least.
const USUAL: u64 = 1024;

/// Raises the limit of descriptors to what the process may ask for, since each connection is one, and so is each file of index, journal and
/// figures. Without descriptors deliveries and stages fail. What it comes to is logged.
pub fn raise_descriptors() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = maximum.map_or(ENOUGH, |maximum| maximum.min(ENOUGH));
    if current.is_some_and(|current| current < wanted)
        && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum })
    {
        tracing::warn!(%error, wanted, "the limit of open files stays as it is");
    }
    tracing::debug!(descriptors = descriptors(), "the limit of open files");
}

/// Connections that a listener may have: `wanted`, but at most one in `of` descriptors of the process, so that the listeners together leave
/// more than half of them to its own files.
pub fn share(wanted: usize, of: u64) -> usize {
    share_of(descriptors(), wanted, of)
}

fn descriptors() -> u64 {
    getrlimit(Resource::Nofile).current.unwrap_or(ENOUGH).max(USUAL / 4)
}

fn share_of(descriptors: u64, wanted: usize, of: u64) -> usize {
    wanted.min(usize::try_from(descriptors / of.max(1)).unwrap_or(wanted)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tight_limit_leaves_descriptors_to_files() {
        assert_eq!(share_of(1024, 1024, 4), 256);
        assert_eq!(share_of(65_536, 1024, 4), 1024);
        assert_eq!(share_of(1, 1024, 4), 1);
    }

    #[test]
    fn the_limit_is_raised_to_what_may_be_had() {
        raise_descriptors();
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let may = maximum.unwrap_or(ENOUGH).min(ENOUGH);
        assert!(current.unwrap_or(ENOUGH) >= may, "{current:?} of {maximum:?}");
    }
}
