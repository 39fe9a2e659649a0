//! Answers of `wall.getComments` and `execute` against arbitrary bytes: `cargo +nightly fuzz run vk_comments fuzz/corpus/vk_comments` in `ingest`.
#![no_main]

use ingest::vk;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = vk::parse_comments(bytes, "source", (-1, 2));
    for answer in vk::parse_execute(bytes).into_iter().flatten().flatten() {
        let _ = vk::parse_comments(&answer, "source", (-1, 2));
    }
});
