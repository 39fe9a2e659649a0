//! What one person asks to have removed is found, removed, and brought back by nothing.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::support::{PATIENCE, Place, Site, files_with, item, post_line, rss, until};

/// Letters that no dictionary, index or engine has of its own.
const MARKER: &str = "qjxwzkvbtphmgf5937";

/// A feed whose first item can be edited.
struct News {
    text: Arc<Mutex<String>>,
    /// One for each poll.
    asked: Receiver<()>,
    site: Site,
}

impl News {
    fn new(text: &str) -> News {
        let text = Arc::new(Mutex::new(text.to_owned()));
        let (sender, asked) = channel();
        let (published, shown) = (item(2, "Нет воды на Садовой с утра"), text.clone());
        let answer = move || {
            let _ = sender.send(());
            let feed = rss(&format!("{}{published}", item(1, &shown.lock().unwrap())));
            async move { feed }
        };
        News { text, asked, site: Site::new(axum::Router::new().route("/news", axum::routing::get(answer))) }
    }

    /// Publishes another text, and waits until it was read and what was read before was taken in.
    fn edit(&self, text: &str) {
        *self.text.lock().unwrap() = text.to_owned();
        while self.asked.try_recv().is_ok() {}
        for _ in 0..2 {
            self.asked.recv_timeout(PATIENCE).expect("the feed is polled");
        }
    }

    fn config(&self, place: &Place) -> String {
        let (url, address) = (self.site.url(), self.site.address);
        let source =
            format!("[[source]]\nid = 'news'\nname = 'Новости'\nurl = '{url}/news'\nhome = true\nevery = '5s'\n");
        let settings =
            format!("[web]\nlisten = '127.0.0.1:0'\n[fetch]\nhost_interval_ms = 0\nallow_private = ['{address}']\n");
        place.config(&[("sources.toml", &source), ("otklik.toml", &settings)])
    }
}

#[test]
fn what_was_forgotten_is_taken_in_by_no_poll_import_rebuild_replay_or_restore() {
    let place = Place::new();
    let news = News::new(&format!("Пожар! Горит дом Петровой на Садовой, {MARKER}"));
    let config = news.config(&place);
    let total = |place: &Place| place.json(&["search", MARKER, "--json"])["total"].clone();
    let running = place.serve(&["--config", &config]);
    until("the feed is read", || total(&place) == 1 && place.json(&["search", "--json"])["total"] == 2);
    until("it is in an alert", || place.json(&["alerts", "--all", "--json"]).to_string().contains(MARKER));

    let listed = place.json(&["forget", "--query", MARKER, "--json"]);
    assert_eq!((&listed["forgotten"], listed["posts"].as_array().unwrap().len()), (&json!(false), 1), "{listed}");
    assert_eq!((&listed["posts"][0]["id"], &listed["posts"][0]["source"]), (&json!("portal:news/1"), &json!("news")));
    assert_eq!(total(&place), 1, "nothing is removed without --yes");
    let gone = |place: &Place, when: &str| {
        assert_eq!(total(place), 0, "{when}");
        assert_eq!(files_with(&place.data(), MARKER), [] as [PathBuf; 0], "{when}");
        assert_eq!(place.json(&["status", "--json"])["facts"]["posts"], 1, "{when}");
        assert!(!place.json(&["alerts", "--all", "--json"]).to_string().contains(MARKER), "{when}");
    };
    place.ok(&["forget", "--query", MARKER, "--yes", "--by", "Иванова"]);
    gone(&place, "at once");
    news.edit(&format!("Пожар! Всё ещё горит дом Петровой на Садовой, {MARKER}"));
    gone(&place, "after it was published anew");
    let deleted = place.json(&["deletions", "--json"]);
    assert!(deleted[0]["id"] == "portal:news/1" && deleted[0]["facts"].is_string(), "{deleted}");
    let audit = place.json(&["audit", "--json"]);
    let entry = audit.as_array().unwrap().iter().find(|entry| entry["what"] == "forgot").unwrap();
    assert_eq!([&entry["who"], &entry["subject"], &entry["detail"]], ["Иванова", "archive", "posts=1"]);
    assert_eq!(running.stop(), 0);

    let line = post_line(1, "2026-11-20T08:00:00Z", MARKER)
        .replace("vk:-77_1", "portal:news/1")
        .replace("\"vk\"", "\"portal\"");
    let import = |place: &Place| place.ok(&["import", "ndjson", &place.file("again.ndjson", &line)]).out;
    assert_eq!(import(&place).trim(), "Posts imported: 0\nLeft out, forgotten on request: 1");
    gone(&place, "after an import");
    for made_anew in [
        &["replay", "--from", "2020-01-01"][..],
        &["rebuild", "index", "--from", "journal"],
        &["rebuild", "facts"],
        &["rebuild", "index"],
    ] {
        place.ok(made_anew);
        gone(&place, &format!("after {made_anew:?}"));
    }
    let backup = place.path().join("backup").display().to_string();
    place.ok(&["backup", &backup]);
    let other = Place::new();
    other.ok(&["restore", &backup]);
    gone(&other, "after a restore");
    assert!(import(&other).contains("forgotten on request: 1"));
    gone(&other, "after an import into what was restored");
}

/// The hash of an author of VK under a key, as the collectors make it.
pub fn hash(key: u8, author: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(&[key; 32]).unwrap();
    mac.update(format!("vk:{author}").as_bytes());
    hex::encode(&mac.finalize().into_bytes()[..8])
}

fn by(author: &str, line: String) -> String {
    let mut post: Value = serde_json::from_str(&line).unwrap();
    post["author"] = author.into();
    format!("{post}\n")
}

#[test]
fn a_person_is_found_under_the_keys_of_all_months_and_nobody_else_is() {
    let place = Place::new();
    let posts = [
        by(&hash(1, "100"), post_line(1, "2026-10-20T08:00:00Z", &format!("Нет воды, {MARKER}"))),
        by(&hash(2, "100"), post_line(2, "2026-11-20T08:00:00Z", &format!("Нет света, {MARKER}"))),
        by(&hash(2, "101"), post_line(3, "2026-11-20T09:00:00Z", "Нет газа")),
    ];
    place.ok(&["import", "ndjson", &place.file("posts.ndjson", &posts.concat())]);
    let keys = rusqlite::Connection::open(place.data().join("author-keys.db")).unwrap();
    keys.execute_batch(
        "CREATE TABLE key (month TEXT PRIMARY KEY, key BLOB NOT NULL) WITHOUT ROWID; PRAGMA user_version = 1;",
    )
    .unwrap();
    for (month, key) in [("2026-10", [1_u8; 32]), ("2026-11", [2; 32])] {
        keys.execute("INSERT INTO key VALUES (?1, ?2)", rusqlite::params![month, key]).unwrap();
    }
    drop(keys);
    let backup = place.path().join("before").display().to_string();
    place.ok(&["backup", &backup]);

    let of = |args: &[&str]| -> Vec<String> {
        let found = place.json(&[&["forget", "--json"], args].concat());
        found["posts"].as_array().unwrap().iter().map(|post| post["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(of(&["--author", "https://vk.com/id100"]), ["vk:-77_2", "vk:-77_1"]);
    assert_eq!(of(&["--author", "vk:102"]), [""; 0]);
    let done = place.ok(&["forget", "--author", "100", "--yes"]);
    assert!(done.out.contains("vk:-77_1") && done.out.contains("Posts: 2. Removed"), "{}", done.out);
    assert_eq!(of(&["--author", "100"]), [""; 0]);
    assert_eq!(files_with(&place.data(), MARKER), [] as [PathBuf; 0]);
    assert_eq!(place.json(&["search", "--json"])["hits"][0]["id"], "vk:-77_3");
    let list = place.ok(&["forget", "--list"]).out;
    assert_eq!(list, "vk:-77_1\nvk:-77_2\n");
    let refused = place.run(&["forget", "--author", "Иван Петров"]);
    assert!(refused.code == 2 && refused.err.contains("vk:НОМЕР"), "{refused:?}");

    // A backup made before knows nothing of it; the list does.
    let other = Place::new();
    other.ok(&["restore", &backup]);
    assert_eq!(other.json(&["search", MARKER, "--json"])["total"], 2);
    let ids = other.file("forgotten.txt", &list);
    other.ok(&["forget", "--ids", &ids, "--yes"]);
    assert_eq!(other.json(&["search", MARKER, "--json"])["total"], 0);
    assert_eq!(files_with(&other.data(), MARKER), [] as [PathBuf; 0]);
    let unknown = other.json(&["forget", "--ids", &ids, "--json"]);
    assert_eq!(unknown["unknown"], json!(["vk:-77_1", "vk:-77_2"]));
}
