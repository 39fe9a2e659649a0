//! Exports of Telegram channels against arbitrary bytes.
#![no_main]

use ingest::telegram;
use jiff::tz::TimeZone;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = telegram::parse_export(bytes, &TimeZone::UTC);
    let _ = telegram::parse_message_list(bytes, &TimeZone::UTC);
});
