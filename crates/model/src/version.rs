//! The order of the versions of a post.

use crate::time::Time;

/// Which of two versions of a post is newer: first by when it was read, then by the rule set that tagged it.
///
/// One number, so that ClickHouse and tantivy compare it as they store it: milliseconds of `seen_at` above 20 bits of rule set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u64);

/// Rule sets beyond this would spill into the milliseconds; a change a minute reaches it after two years.
pub const MAX_RULE_SET: u32 = (1 << 20) - 1;

impl Version {
    /// The version of a post seen at a time and tagged by the rule set of a number. Times before 1970 count as 1970.
    pub fn new(seen_at: Time, rules: u32) -> Version {
        let millis = seen_at.as_millisecond().max(0) as u64;
        Version((millis << 20) | u64::from(rules.min(MAX_RULE_SET)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_reading_wins_over_any_rule_set_and_a_later_rule_set_over_the_same_reading() {
        let early: Time = "2026-11-01T10:00:00Z".parse().unwrap();
        let late: Time = "2026-11-01T10:00:00.001Z".parse().unwrap();
        assert!(Version::new(late, 0) > Version::new(early, MAX_RULE_SET));
        assert!(Version::new(early, 2) > Version::new(early, 1));
        assert!(Version::new(early, u32::MAX) < Version::new(late, 0));
    }
}
