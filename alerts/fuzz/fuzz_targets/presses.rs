//! Answers of messengers against arbitrary bytes: `cargo +nightly fuzz run presses fuzz/corpus/presses fixtures` in `alerts`.
#![no_main]

use alerts::channels::{parse_max_updates, parse_telegram_updates, parse_vk_answer};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = parse_telegram_updates(bytes);
    let _ = parse_max_updates(bytes);
    let _ = parse_vk_answer(bytes);
});
