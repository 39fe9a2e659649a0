//! The parser of the web preview against arbitrary bytes: `cargo +nightly fuzz run telegram fuzz/corpus/telegram fixtures/telegram` in `ingest`.
#![no_main]

use ingest::{Format, parse};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = parse(Format::Telegram, bytes, "source", &jiff::tz::TimeZone::UTC);
});
