//! Exports of Telegram channels against arbitrary bytes.
#![no_main]

use ingest::telegram;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = telegram::parse_export(bytes);
    let _ = telegram::parse_message_list(bytes);
});
