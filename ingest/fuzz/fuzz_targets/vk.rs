//! The parser of VK's answers against arbitrary bytes: `cargo +nightly fuzz run vk fuzz/corpus/vk fixtures/vk` in `ingest`.
#![no_main]

use ingest::{Format, parse};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = parse(Format::Vk, bytes, "source", &jiff::tz::TimeZone::UTC);
});
