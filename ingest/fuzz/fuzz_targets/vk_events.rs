//! Events of Bots Long Poll and Callback API against arbitrary bytes: `cargo +nightly fuzz run vk_events fuzz/corpus/vk_events` in `ingest`.
#![no_main]

use ingest::vk;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = vk::parse_long_poll(bytes, "source");
    let _ = vk::parse_callback(bytes);
});
