//! robots.txt against arbitrary bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = ingest::fetch::robots_allow(bytes, "https://city.example/news/rss.xml?page=2");
});
