//! Messages and events of MAX against arbitrary bytes: `cargo +nightly fuzz run max fuzz/corpus/max fixtures/max` in `ingest`.
#![no_main]

use ingest::max::{Chat, parse_any, parse_messages, parse_updates};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let chat = Chat { id: Some(-70_000_000_000_005), source: "source".to_owned(), name: Some("gorod31".to_owned()) };
    let _ = parse_messages(bytes, &chat);
    let _ = parse_updates(bytes, &[chat]);
    let _ = parse_any(bytes, "source");
});
