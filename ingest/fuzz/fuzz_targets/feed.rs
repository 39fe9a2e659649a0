//! The parser of feeds against arbitrary bytes: `cargo +nightly fuzz run feed fuzz/corpus/feed fixtures/feed` in `ingest`.
#![no_main]

use ingest::{Format, parse};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = parse(Format::Feed, bytes, "source", &jiff::tz::TimeZone::UTC);
});
