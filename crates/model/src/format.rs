//! The version of the wire format, which posts and coverage carry.

/// The version this build writes and reads.
pub const FORMAT: u32 = 1;

pub(crate) fn current_format() -> u32 {
    FORMAT
}
