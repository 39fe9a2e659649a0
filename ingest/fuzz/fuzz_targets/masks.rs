//! The masks of personal data against arbitrary texts: they end, and masking twice is masking once.
#![no_main]

use ingest::privacy::{Masks, Voice};

libfuzzer_sys::fuzz_target!(|text: &str| {
    for voice in [Voice::Person, Voice::Official] {
        let once = Masks::default().text(text, voice).into_owned();
        assert_eq!(Masks::default().text(&once, voice), once);
    }
});
