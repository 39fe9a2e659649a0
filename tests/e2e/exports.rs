//! Files as other programs write them, damaged or with more in them than is wanted: what is whole is taken, the rest is told.

use crate::support::Place;

/// A message of an export.
fn message(id: u32, text: &str) -> String {
    format!(r#"{{"id": {id}, "type": "message", "date": "2026-11-20T00:30:00", "text": "{text}"}}"#)
}

fn chat(kind: &str, id: u32, messages: &[String]) -> String {
    format!(r#"{{"name": "Заречье", "type": "{kind}", "id": {id}, "messages": [{}]}}"#, messages.join(","))
}

fn found(place: &Place) -> Vec<(String, String)> {
    let found = place.json(&["search", "--json"]);
    let text = |hit: &serde_json::Value, field: &str| hit[field].as_str().unwrap().to_owned();
    let mut hits: Vec<_> =
        found["hits"].as_array().unwrap().iter().map(|hit| (text(hit, "id"), text(hit, "text"))).collect();
    hits.sort();
    hits
}

#[test]
fn of_an_account_the_public_channels_are_taken_and_the_other_chats_counted() {
    let place = Place::new();
    let channel = chat("public_channel", 42, &[message(2, r"Нет света\x0Cс утра")]);
    let others =
        [chat("personal_chat", 43, &[message(3, "Тайное")]), chat("private_supergroup", 44, &[message(4, "Тайное")])];
    let account =
        format!(r#"{{"chats": {{"list": [{channel}, {}]}}, "left_chats": {{"list": [{}]}}}}"#, others[0], others[1]);
    let done = place.run(&["import", "telegram-export", &place.file("result.json", &account)]);
    assert_eq!(done.code, 3, "{}", done.err);
    assert!(done.err.contains("no public channels: 2") && !done.err.contains("Тайное"), "{}", done.err);
    assert_eq!(found(&place), [("tg:c42/2".to_owned(), "Нет света\nс утра".to_owned())]);
    let hit = &place.json(&["search", "--json"])["hits"][0];
    assert_eq!(hit["published_at"], "2026-11-19T21:30:00Z", "a clock without a zone is of the installation");
}

#[test]
fn of_a_file_that_was_cut_the_whole_messages_are_taken() {
    let place = Place::new();
    let whole = chat("public_channel", 42, &[message(2, "раз"), message(3, "два"), message(4, "три")]);
    let cut = &whole[..whole.find("три").unwrap()];
    let done = place.run(&["import", "telegram-export", &place.file("result.json", cut)]);
    assert_eq!(done.code, 3, "{}", done.err);
    assert!(done.err.contains("cut: the file ends in the middle, at line 1, column "), "{}", done.err);
    assert_eq!(found(&place).len(), 2);
}

#[test]
fn parse_tells_what_was_deleted_and_what_is_not_shown() {
    let place = Place::new();
    let answer = r#"{"response": {"items": [
        {"id": 1, "owner_id": -7, "date": 1763600000, "text": "", "donut": {"is_donut": true, "placeholder": {"text": "Только донам"}}},
        {"id": 2, "owner_id": -7, "date": 1763600000, "text": "Мост открыли"},
        {"id": 3, "owner_id": -7, "date": 1763600000, "deleted": true, "text": "Удалено"}]}}"#;
    let parsed = place.run(&["parse", "vk", &place.file("answer.json", answer)]);
    assert_eq!(parsed.code, 3, "{}", parsed.err);
    assert!(parsed.err.contains("vk:-7_1: text_not_shown"), "{}", parsed.err);
    let posts: Vec<serde_json::Value> = parsed.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((posts.len(), &posts[0]["text"]), (2, &"Мост открыли".into()));
    assert!(posts[1]["text"] == "" && posts[1]["deleted_at"].is_string(), "{}", posts[1]);
}
