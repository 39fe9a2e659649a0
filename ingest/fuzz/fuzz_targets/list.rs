//! A page of news read by selectors, and the article on a page, against arbitrary bytes.
#![no_main]

use std::sync::LazyLock;

use config::ListSelectors;
use ingest::{Budget, portal};
use ingest::portal::ListReading;
use jiff::tz::TimeZone;
use jiff::Timestamp;
use url::Url;

static SELECTORS: LazyLock<ListSelectors> = LazyLock::new(|| ListSelectors {
    item: "li, .news".into(),
    title: Some("h3".into()),
    link: "a[href]".into(),
    date: Some("time, .date".into()),
    text: Some("p".into()),
});

static ADDRESS: LazyLock<Url> = LazyLock::new(|| Url::parse("https://city.example/news/").unwrap());

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // The third of November 2026, at night: «вчера» of Moscow is not that of Greenwich.
    let now = Timestamp::from_second(1_793_655_000).unwrap_or_default();
    let (address, selectors, zone) = (&*ADDRESS, &*SELECTORS, &TimeZone::UTC);
    let how = ListReading { address, selectors, zone, now, source: "source", go_on: 0 };
    let _ = portal::parse_list(how, bytes, None, &Budget::untimed());
    let _ = portal::article_text(bytes, Some("text/html; charset=windows-1251"), &Budget::untimed());
});
