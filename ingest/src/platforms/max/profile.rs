//! How MAX's polls differ from those of other platforms.

use crate::poll::PlatformProfile;

/// MAX's profile. Its numbers ascend with time and leave gaps of any size.
pub(super) const PROFILE: PlatformProfile = PlatformProfile {
    numbered: true,
    gapless: false,
    tells_comment_counts: false,
    slows_when_quiet: false,
    calls_are_planned: false,
};
