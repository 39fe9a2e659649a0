//! Whatever bytes come, a parser answers: it never panics, and what it gives out keeps the limits of the wire.

use ingest::{Budget, Format, parse, portal, telegram, vk};
use jiff::tz::TimeZone;
use proptest::prelude::*;

const FIXTURES: [(Format, &[u8]); 11] = [
    (Format::Telegram, include_bytes!("../../fixtures/telegram/channel.html")),
    (Format::Telegram, include_bytes!("../../fixtures/telegram/group.html")),
    (Format::Vk, include_bytes!("../../fixtures/vk/wall_get.json")),
    (Format::Vk, include_bytes!("../../fixtures/vk/comments.json")),
    (Format::Vk, include_bytes!("../../fixtures/vk/events.json")),
    (Format::Max, include_bytes!("../../fixtures/max/group.json")),
    (Format::Max, include_bytes!("../../fixtures/max/channel.json")),
    (Format::Max, include_bytes!("../../fixtures/max/events.json")),
    (Format::Feed, include_bytes!("../../fixtures/feed/rss2.xml")),
    (Format::Feed, include_bytes!("../../fixtures/feed/atom.xml")),
    (Format::Feed, include_bytes!("../../fixtures/feed/feed.json")),
];

/// Reads the bytes and checks each post as the journal would, undated ones apart.
fn check(format: Format, bytes: &[u8]) {
    let Ok(page) = parse(format, bytes, "source", &TimeZone::UTC) else { return };
    assert!(page.posts.len() + page.problems.len() >= page.blocks.min(1), "blocks without an account of them");
    for parsed in page.posts.iter().filter(|parsed| !parsed.undated) {
        let refused = model::wire::check_post(&parsed.post, None);
        assert!(refused.is_ok(), "{refused:?}");
    }
}

/// One change to a document: a byte, a cut, a piece taken out or doubled.
fn mutate(bytes: &[u8], kind: u8, from: usize, length: usize, byte: u8) -> Vec<u8> {
    let from = from % bytes.len();
    let to = (from + length).min(bytes.len());
    let mut mutated = bytes.to_vec();
    match kind % 4 {
        0 => mutated[from] = byte,
        1 => mutated.truncate(from),
        2 => drop(mutated.drain(from..to)),
        _ => drop(mutated.splice(from..from, bytes[from..to].iter().copied())),
    }
    mutated
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        for format in [Format::Telegram, Format::Vk, Format::Max, Format::Feed] {
            check(format, &bytes);
        }
        telegram::parse_post_embed(&bytes, "source", &Budget::untimed());
        let _ = vk::parse_comments(&bytes, "source", (-1, 2));
        let _ = vk::parse_execute(&bytes);
        let _ = vk::parse_long_poll(&bytes, "source");
        telegram::parse_discussion(&bytes, "source", "channel", 1, &Budget::untimed());
        telegram::parse_described_post(&bytes, None, &Budget::untimed());
        let _ = telegram::parse_export(&bytes, &TimeZone::UTC);
        let _ = telegram::parse_message_list(&bytes, &TimeZone::UTC);
        portal::article_text(&bytes, None, &Budget::untimed());
        let _ = portal::parse_feed(&bytes, Some("text/xml; charset=koi8-r"), "source");
    }

    #[test]
    fn damaged_documents(
        which in 0..FIXTURES.len(),
        changes in prop::collection::vec((any::<u8>(), any::<usize>(), 0usize..200, any::<u8>()), 1..6),
    ) {
        let (format, fixture) = FIXTURES[which];
        let mut bytes = fixture.to_vec();
        for (kind, from, length, byte) in changes {
            if !bytes.is_empty() {
                bytes = mutate(&bytes, kind, from, length, byte);
            }
        }
        check(format, &bytes);
    }
}
