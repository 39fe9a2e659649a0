//! One reader for files and answers of any platform, where it is known what the bytes are.

use jiff::tz::TimeZone;

use super::portal::{self, Identity, Reading};
use super::{max, telegram, vk};
use crate::{Budget, Page, PageError};

/// What a file or answer is, for [`parse`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A page of `t.me/s/<channel>`.
    Telegram,
    /// An answer of VK's API: posts, comments or events.
    Vk,
    /// An answer of MAX's API: messages or events.
    Max,
    /// RSS, RDF, Atom or JSON Feed.
    Feed,
}

/// Reads one page, answer or feed of a known format, however long that takes. Dates without a zone are of the one given.
pub fn parse(format: Format, bytes: &[u8], source: &str, zone: &TimeZone) -> Result<Page, PageError> {
    match format {
        Format::Telegram => telegram::parse_page(bytes, source, &Budget::untimed()),
        Format::Vk => vk::parse_wall(bytes, source),
        Format::Max => max::parse_any(bytes, source),
        Format::Feed => {
            let how = Reading { identity: Identity::Guid, address: None, zone, now: None, source, go_on: 0 };
            portal::parse_feed_by(how, bytes, None, &Budget::untimed())
        }
    }
}
