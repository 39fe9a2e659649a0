//! What is older than the months that are kept leaves every part, and nothing brings it back.

use std::path::PathBuf;

use model::Time;
use serde_json::Value;

use crate::support::{Place, files_with, post_line, until};

/// Letters that no dictionary, index or engine has of its own.
const MARKER: &str = "wvkqzjxhbtgf8264";

const KEEPING: &str = "[web]\nlisten = '127.0.0.1:0'\n[archive]\nkeep_months = 2\n";

fn days_ago(days: i64) -> String {
    (Time::now() - jiff::SignedDuration::from_hours(24 * days)).strftime("%Y-%m-%dT08:00:00Z").to_string()
}

/// A file of keys as the build before this one left it, with a key of a month that is over and one of this month.
fn author_keys(place: &Place) {
    let file = rusqlite::Connection::open(place.data().join("author-keys.db")).unwrap();
    file.execute_batch(
        "CREATE TABLE key (month TEXT PRIMARY KEY, key BLOB NOT NULL) WITHOUT ROWID; PRAGMA user_version = 1;",
    )
    .unwrap();
    for (month, key) in [("2024-01".to_owned(), [1_u8; 32]), (Time::now().strftime("%Y-%m").to_string(), [2; 32])] {
        file.execute("INSERT INTO key VALUES (?1, ?2)", rusqlite::params![month, key]).unwrap();
    }
}

#[test]
fn what_is_older_than_the_months_that_are_kept_is_removed_and_stays_away() {
    let place = Place::new();
    let posts = [
        post_line(1, &days_ago(120), &format!("Пожар! Горит жилой дом на Садовой, {MARKER}, помогите")),
        post_line(2, &days_ago(2), "Нет воды на Садовой с утра"),
    ];
    let file = place.file("posts.ndjson", &posts.concat());
    place.ok(&["import", "ndjson", &file]);
    let alerts = place.json(&["alerts", "--all", "--json"]);
    let fire = alerts.as_array().unwrap().iter().find(|alert| alert["kind"] == "fire").unwrap();
    place.ok(&["alerts", "close", fire["id"].as_str().unwrap(), "--reason", "потушен", "--by", "Иванова"]);
    author_keys(&place);

    let config = place.config(&[("otklik.toml", KEEPING), ("sources.toml", "")]);
    let running = place.serve(&["--config", &config]);
    let archive = || serde_json::from_str::<Value>(&running.get("/api/status").1).unwrap()["archive"].clone();
    until("what is old is removed", || archive().is_object());
    let archive = archive();
    assert!(archive["before"].as_str().unwrap() > days_ago(95).as_str(), "{archive}");
    let audit = place.json(&["audit", "--json"]);
    let entries: Vec<_> = audit
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (entry["what"].as_str().unwrap(), entry["detail"].as_str().unwrap()))
        .collect();
    assert!(entries.contains(&("keys_destroyed", "2024-01")), "{entries:?}");
    assert!(
        entries.iter().any(|(what, detail)| *what == "let_go" && detail.ends_with("alerts=1 posts=1")),
        "{entries:?}"
    );
    assert_eq!(running.stop(), 0);
    let keys = std::fs::read(place.data().join("author-keys.db")).unwrap();
    let holds = |key: u8| keys.windows(32).any(|bytes| bytes == [key; 32]);
    assert_eq!((holds(1), holds(2)), (false, true));

    let gone = |when: &str| {
        assert_eq!(place.json(&["search", MARKER, "--json"])["total"], 0, "{when}");
        assert_eq!(place.json(&["status", "--json"])["facts"]["posts"], 1, "{when}");
        assert_eq!(place.json(&["alerts", "--all", "--json"]).to_string().matches("vk:-77_1\"").count(), 0, "{when}");
        // The journal keeps what came in for its own time.
        let in_journal = |file: &PathBuf| file.to_string_lossy().contains("journal.db");
        let left: Vec<_> = files_with(&place.data(), MARKER).into_iter().filter(|file| !in_journal(file)).collect();
        assert_eq!(left, [] as [PathBuf; 0], "{when}");
    };
    gone("after it was removed");
    let keeping = |args: &[&str]| place.ok(&[&["--config", &config], args].concat());
    let again = keeping(&["import", "ndjson", &file]);
    assert_eq!(again.out.trim(), "Posts imported: 1\nLeft out, older than what is kept: 1");
    gone("after an import");
    keeping(&["replay", "--from", "2020-01-01"]);
    gone("after a replay");
    for made_anew in [&["rebuild", "index", "--from", "journal"][..], &["rebuild", "facts"], &["rebuild", "index"]] {
        keeping(made_anew);
        gone(&format!("after {made_anew:?}"));
    }
    assert_eq!(place.json(&["audit", "verify", "--json"])["broken_at"], Value::Null);
}
