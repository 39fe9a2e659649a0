//! What is deleted at its source is gone here: from every answer, and from every file of the data folder.

use std::path::PathBuf;

use crate::support::{Place, files_with, post_line};

/// Letters that no dictionary, index or engine has of its own, so that any file with them holds the deleted text.
const MARKER: &str = "zqxjkvbnmwplgt7413";

#[test]
fn a_deleted_text_leaves_every_answer_and_every_file() {
    let place = Place::new();
    let posts = [
        post_line(1, "2026-11-20T08:00:00Z", &format!("Пожар! Горит жилой дом на Садовой, {MARKER}, помогите")),
        post_line(2, "2026-11-20T09:00:00Z", "Нет воды на Садовой с утра"),
    ];
    let file = place.file("posts.ndjson", &posts.concat());
    place.ok(&["import", "ndjson", &file]);
    assert_eq!(place.json(&["search", MARKER, "--json"])["total"], 1);
    let holding = files_with(&place.data(), MARKER);
    for part in ["journal.db", "alerts.db", "index"] {
        assert!(holding.iter().any(|file| file.to_string_lossy().contains(part)), "{part} holds it: {holding:?}");
    }

    let gone = serde_json::json!({
        "id": "vk:-77_1", "platform": "vk", "source": "archive", "published_at": "2026-11-20T08:00:00Z",
        "seen_at": "2026-11-20T12:00:00Z", "deleted_at": "2026-11-20T12:00:00Z", "text": "",
    });
    let file = place.file("gone.ndjson", &format!("{gone}\n"));
    place.ok(&["import", "ndjson", &file]);
    let list = place.json(&["deletions", "--purge", "--json"]);
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert_eq!((&list[0]["id"], &list[0]["at"]), (&"vk:-77_1".into(), &"2026-11-20T12:00:00Z".into()));
    assert!(list[0]["index"].is_string() && list[0]["facts"].is_string(), "{list}");
    let nothing_left = |when: &str| {
        assert_eq!(files_with(&place.data(), MARKER), [] as [PathBuf; 0], "{when}");
        for words in [MARKER, "пожар"] {
            assert_eq!(place.json(&["search", words, "--json"])["total"], 0, "{when}");
        }
        for command in [
            &["alerts", "--all", "--json"][..],
            &["digest", "--date", "2026-11-20", "--json"],
            &["dead-letters", "--json"],
        ] {
            assert!(!place.json(command).to_string().contains(MARKER), "{when}: {command:?}");
        }
    };
    nothing_left("after the purge");

    // The post comes again, as from a backup of the archive, and the rules are applied anew: the deletion still holds.
    let again = place.file("again.ndjson", &posts[0]);
    place.ok(&["import", "ndjson", &again]);
    assert_eq!(place.json(&["search", MARKER, "--json"])["total"], 0);
    place.ok(&["replay", "--from", "2026-11-01"]);
    assert_eq!(place.json(&["search", MARKER, "--json"])["total"], 0);
    assert_eq!(place.json(&["status", "--json"])["facts"]["posts"], 1);
}
