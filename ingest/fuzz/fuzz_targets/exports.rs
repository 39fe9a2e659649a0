//! Exports of Telegram channels against arbitrary bytes.
#![no_main]

use ingest::exports;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = exports::telegram_export(bytes);
    let _ = exports::telegram_channel(bytes);
});
