//! How VK's polls differ from those of other platforms.

use crate::poll::PlatformProfile;

/// VK's profile. It numbers posts and comments in one row, so that a number without a post is no gap.
pub(super) const PROFILE: PlatformProfile = PlatformProfile {
    numbered: true,
    gapless: false,
    tells_comment_counts: true,
    slows_when_quiet: false,
    calls_are_planned: true,
};
