//! Whose data it is not: imports bring no name, and a replay masks what an earlier build stored.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use journal::{Embedded, Journal, Limits, Record, Stream};
use serde_json::{Value, json};

use crate::support::{Place, files_with, post_line};

/// A post of a community with whatever else a file says of it.
fn line(number: u32, text: &str, more: Value) -> String {
    let mut post: Value = serde_json::from_str(&post_line(number, "2026-11-20T08:00:00Z", text)).unwrap();
    post.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    format!("{post}\n")
}

#[test]
fn an_import_obeys_what_collectors_obey() {
    let place = Place::new();
    let name = "Сафиуллина";
    let lines = [
        line(
            1,
            "Анонимно: 8_900_123_45_67",
            json!({ "forwarded_from": format!("Гульнара {name}"), "in_reply_to": "https://vk.com/id5" }),
        ),
        line(2, "Нет воды", json!({ "author": format!("Гульнара {name}"), "from": name })),
        line(3, "Нет света", json!({ "forwarded_from": "https://vk.com/wall-5_6", "in_reply_to": "vk:-77_1" })),
        line(4, &format!("Стена {name}"), json!({ "id": "vk:7_4" })),
        // Refused, for two reasons.
        line(5, "Будущее", json!({ "published_at": "2099-01-01T00:00:00Z", "author": format!("Гульнара {name}") })),
        line(6, "Не публикация", json!({ "platform": format!("Гульнара {name}"), "from": name })),
    ];
    let file = place.file("named.ndjson", &lines.concat());
    let done = place.run(&["import", "ndjson", &file]);
    assert_eq!(
        (done.code, done.out.trim()),
        (3, "Posts imported: 3\nLeft out, on walls of private persons: 1"),
        "{}",
        done.err
    );
    assert!(!done.err.contains(name), "{}", done.err);
    let found = place.json(&["search", "--json"]);
    assert_eq!(found["total"], 3, "{found}");
    let hit = |id: &str| found["hits"].as_array().unwrap().iter().find(|hit| hit["id"] == id).unwrap().clone();
    let first = hit("vk:-77_1");
    assert_eq!(
        [&first["text"], &first["forwarded_from"], &first["in_reply_to"]],
        [&json!("Анонимно: ☎…"), &Value::Null, &Value::Null]
    );
    let third = hit("vk:-77_3");
    assert_eq!(
        (&third["forwarded_from"], &third["in_reply_to"]),
        (&json!("https://vk.com/wall-5_6"), &json!("vk:-77_1"))
    );
    let letters = place.json(&["dead-letters", "--json"]);
    assert_eq!(letters.as_array().unwrap().len(), 2);
    for id in ["vk:-77_5", "vk:-77_6"] {
        let letter = letters.as_array().unwrap().iter().find(|letter| letter["id"] == id).unwrap();
        assert!(letter["payload"].as_str().unwrap().contains(id) && !letter["reason"].as_str().unwrap().is_empty());
    }
    assert!(!letters.to_string().contains(name), "{letters}");
    place.ok(&["dead-letters", "--retry"]);
    assert_eq!(files_with(&place.data(), name), [] as [PathBuf; 0]);
}

#[test]
fn a_replay_masks_what_an_earlier_build_stored() {
    let place = Place::new();
    place.ok(&["import", "ndjson", &place.file("one.ndjson", &post_line(1, "2026-11-20T08:00:00Z", "Нет света"))]);
    // As a build with other masks left it.
    let stored = |number: u32, text: &str, more: Value| line(number, text, more).into_bytes();
    let author = json!({ "author": "0123456789abcdef" });
    let wall = json!({ "id": "vk:7_4", "url": "https://vk.com/wall7_4" });
    {
        let limits = Limits { keep: Duration::from_secs(1), max_bytes: u64::MAX };
        let clock: model::Clock = Arc::new(|| "2026-11-20T12:00:00Z".parse().unwrap());
        let journal = Embedded::open(&place.data().join("journal.db"), limits, clock).unwrap();
        let record = |id: &str, payload| Record::new(id, payload);
        let posts = [
            record("vk:-77_2", stored(2, "Пожар! Горит жилой дом на Садовой, помогите, 8_900_123_45_67", author)),
            record("vk:-77_3", stored(3, "Аварийная бригада 8_900_123_45_67", json!({}))),
            record("vk:7_4", stored(4, "Личное", wall)),
        ];
        journal.append(Stream::Posts, &posts).unwrap();
    }
    let again = place.file("again.ndjson", &post_line(5, "2026-11-20T09:00:00Z", "Нет газа"));
    place.ok(&["import", "ndjson", &again]);
    let texts = |place: &Place| -> Vec<String> {
        let found = place.json(&["search", "--json"]);
        found["hits"].as_array().unwrap().iter().map(|hit| hit["text"].as_str().unwrap().to_owned()).collect()
    };
    assert!(texts(&place).iter().any(|text| text.ends_with("помогите, 8_900_123_45_67")), "{:?}", texts(&place));
    assert_eq!(texts(&place).len(), 5);
    let rules = place.data().join("rules.json");
    let mut earlier: Value = serde_json::from_slice(&std::fs::read(&rules).unwrap()).unwrap();
    earlier["hash"] = "of an earlier build".into();
    std::fs::write(&rules, earlier.to_string()).unwrap();
    let alerts = |place: &Place| -> Vec<(String, Value, Value)> {
        let alerts = place.json(&["alerts", "--all", "--json"]);
        let told = alerts.as_array().unwrap().iter().filter(|alert| alert["kind"] == "fire");
        told.map(|alert| {
            (alert["id"].as_str().unwrap().to_owned(), alert["posts"].clone(), alert["deliveries"].clone())
        })
        .collect()
    };
    let before = alerts(&place);
    assert_eq!(before.len(), 1);

    place.ok(&["replay", "--from", "2020-01-01"]);
    let after = texts(&place);
    assert_eq!(after.len(), 4, "nothing stays of a private wall: {after:?}");
    assert!(after.iter().any(|text| text == "Пожар! Горит жилой дом на Садовой, помогите, ☎…"), "{after:?}");
    assert!(after.iter().any(|text| text == "Аварийная бригада 8_900_123_45_67"), "a community's own words: {after:?}");
    assert_eq!(place.json(&["status", "--json"])["facts"]["posts"], 4);
    assert_eq!(alerts(&place), before, "no alert more, no message more");
    assert!(!place.json(&["alerts", "--all", "--json"]).to_string().contains("8_900"));
    // Nothing is left for a second one to do.
    place.ok(&["replay", "--from", "2020-01-01"]);
    assert_eq!(texts(&place), after);
}
