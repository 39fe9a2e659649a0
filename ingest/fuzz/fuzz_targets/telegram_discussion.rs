//! The discussion widget and the widget of one post against arbitrary bytes: `cargo +nightly fuzz run telegram_discussion fuzz/corpus/telegram_discussion` in `ingest`.
#![no_main]

use ingest::{Budget, telegram};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = telegram::parse_discussion(bytes, "source", "channel", 1, &Budget::untimed());
    let _ = telegram::parse_post_embed(bytes, "source", &Budget::untimed());
});
