//! The discussion widget, the widget of one post and the page that describes one against arbitrary bytes: `cargo +nightly fuzz run telegram_discussion fuzz/corpus/telegram_discussion` in `ingest`.
#![no_main]

use ingest::{Budget, telegram};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = telegram::parse_discussion(bytes, "source", "channel", 1, &Budget::untimed());
    let _ = telegram::parse_described_post(bytes, Some("channel"), &Budget::untimed());
    let _ = telegram::parse_post_embed(bytes, "source", &Budget::untimed());
});
