//! The conversation under a post, as `thread` shows it.

use crate::support::Place;

/// A post of a wall and comments under it, the last of which answers the first.
fn conversation() -> String {
    let line = |id: &str, at: &str, text: &str, more: &str| {
        format!(
            "{{\"v\":1,\"id\":\"vk:-77_{id}\",\"platform\":\"vk\",\"source\":\"wall\",\"published_at\":\"2026-11-20T{at}:00Z\",\"text\":\"{text}\"{more}}}\n"
        )
    };
    let comment = |id: &str, at: &str, text: &str, who: &str, more: &str| {
        let url = format!("https://vk.com/wall-77_1?reply={id}");
        let of = format!(",\"kind\":\"comment\",\"in_reply_to\":\"vk:-77_1\",\"url\":\"{url}\"{who}{more}");
        line(id, at, text, &of)
    };
    [
        line("1", "08:00", "Когда дадут воду?", ""),
        comment("2", "08:10", "И у нас нет", ",\"author\":\"aaaaaaaaaaaaaaaa\"", ""),
        comment("3", "08:20", "На Лесной тоже", ",\"author\":\"bbbbbbbbbbbbbbbb\"", ""),
        comment("4", "08:30", "Дадут к вечеру", "", ",\"answers\":\"vk:-77_2\""),
    ]
    .concat()
}

#[test]
fn a_conversation_is_read_in_order_by_its_post_or_any_comment() {
    let place = Place::new();
    let file = place.file("wall.ndjson", &conversation());
    place.ok(&["import", "ndjson", &file]);
    let found = place.json(&["thread", "vk:-77_1", "--json"]);
    let order: Vec<(u64, &str)> = found["comments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| (answer["depth"].as_u64().unwrap(), answer["comment"]["id"].as_str().unwrap()))
        .collect();
    assert_eq!(order, [(1, "vk:-77_2"), (2, "vk:-77_4"), (1, "vk:-77_3")]);
    for of in ["vk:-77_3", "https://vk.ru/wall-77_1?reply=4", "https://m.vk.com/wall-77_1"] {
        assert_eq!(place.json(&["thread", of, "--json"]), found, "{of}");
    }
    let shown = place.ok(&["thread", "vk:-77_1"]).out;
    let at = |words: &str| shown.find(words).unwrap_or_else(|| panic!("{words} is missing in {shown}"));
    assert!(at("Когда дадут") < at("  И у нас нет") && at("  И у нас нет") < at("    Дадут к вечеру"));
    assert!(at("resident 1") < at("resident 2") && shown.contains("Answers: 3 (shown 3)"), "{shown}");
    assert!(!shown.contains("aaaaaaaaaaaaaaaa"), "a private author is a number in the thread and no more");
    let missing = place.run(&["thread", "vk:-77_99"]);
    assert_eq!(missing.code, 1);
    assert!(missing.err.contains("vk:-77_99"), "{}", missing.err);
}
