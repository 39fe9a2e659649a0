//! Other people's words on a terminal: whatever they hold, no command passes on what a terminal would obey.

use serde_json::json;

use crate::support::{Place, post_line};

/// The title of a window, a colour by one character, the line written over, backspace, and writing from right to left.
const ESCAPES: &str = "\u{1b}]0;чужой\u{7}\u{1b}[2J\u{9b}31m\r\u{8}\u{202e}\u{2066}";

fn obeyed(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[test]
fn what_others_wrote_moves_no_terminal() {
    let place = Place::new();
    let fire = format!("Пожар! Горит жилой дом, в квартире дети{ESCAPES}, помогите");
    let archive = place.file("archive.ndjson", &post_line(1, "2026-11-21T20:30:00Z", &fire));
    let note = format!("учения{ESCAPES}");
    let labelled =
        place.file("labelled.tsv", &format!("sector\ttext\nнет{ESCAPES}\tНет воды\njkh\tНет воды{ESCAPES}\n"));
    let feed = place.file("feed.xml", &format!("<rss><channel><item><guid>{ESCAPES}</guid></item><item>{ESCAPES}"));
    let shown = |args: &[&str]| {
        let done = place.run(args);
        let printed = format!("{}{}", done.out, done.err);
        assert!(!printed.contains(obeyed), "{args:?}: {printed:?}");
        printed
    };
    shown(&["import", "ndjson", &archive]);
    shown(&["correct", "vk:-77_1", "--sector", "social", "--by", ESCAPES, "--note", &note]);
    for args in [
        &["search", "пожар"][..],
        &["alerts", "--all"],
        &["correct", "--list"],
        &["alerts", "ack", ESCAPES, "--by", ESCAPES],
    ] {
        let printed = shown(args);
        assert!(printed.contains('\u{fffd}'), "{args:?} quotes nothing: {printed}");
    }
    for args in [
        &["evaluate", &labelled][..],
        &["audit"],
        &["dead-letters"],
        &["status"],
        &["parse", "feed", &feed],
        &["search", ESCAPES],
    ] {
        shown(args);
    }
    // As JSON it is all there, and escaped.
    shown(&["search", "пожар", "--json"]);
    let posts = place.json(&["search", "пожар", "--json"])["hits"].clone();
    assert_eq!(posts[0]["text"], json!(fire));
    let tagged = place.feed(&["classify"], &post_line(2, "2026-11-21T20:30:00Z", &fire));
    assert!(!tagged.out.contains(obeyed), "{:?}", tagged.out);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&tagged.out).unwrap()["text"], json!(fire));
}
