//! A channel of the sample.

use crate::content::{Address, Source};
use crate::serve::state::Sample;

/// A channel of the sample.
pub(super) struct Channel<'s> {
    pub(super) at: usize,
    pub(super) source: &'s Source,
    pub(super) name: &'s str,
    pub(super) number: u64,
}

/// The channel of a name, whatever its case.
pub(super) fn channel<'s>(sample: &'s Sample, wanted: &str) -> Option<Channel<'s>> {
    let wanted = wanted.to_lowercase();
    sample.world.sources().iter().enumerate().find_map(|(at, source)| match &source.address {
        Address::Telegram { channel, number } if *channel == wanted => {
            Some(Channel { at, source, name: channel, number: *number })
        }
        _ => None,
    })
}
