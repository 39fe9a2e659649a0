//! Import, search, figures, digest, export, replay and dead letters on a folder that nobody holds.

use crate::support::{Place, post_line};

/// Posts of three days, one of them an emergency.
fn archive() -> String {
    let texts = [
        (1, "2026-11-20T08:00:00Z", "Нет воды на Садовой с утра"),
        (2, "2026-11-20T09:00:00Z", "Отключили воду без предупреждения"),
        (3, "2026-11-21T09:00:00Z", "Автобус опять не пришёл; ждали час\n=1+1"),
        (4, "2026-11-21T20:30:00Z", "Пожар! Горит жилой дом, в квартире дети, помогите"),
        (5, "2026-11-21T21:30:00Z", "Ёлку поставили на площади"),
    ];
    texts.map(|(number, time, text)| post_line(number, time, text)).concat()
}

fn imported() -> Place {
    let place = Place::new();
    let file = place.file("archive.ndjson", &archive());
    let done = place.run(&["import", "ndjson", &file]);
    assert_eq!((done.code, done.out.trim()), (0, "Posts imported: 5"), "{}", done.err);
    place
}

fn ids(found: &serde_json::Value) -> Vec<&str> {
    found["hits"].as_array().unwrap().iter().map(|hit| hit["id"].as_str().unwrap()).collect()
}

#[test]
fn what_was_imported_is_found_counted_and_notifies_nobody() {
    let place = imported();
    let found = place.json(&["search", "вода", "--json"]);
    assert_eq!(found["total"], 2);
    assert_eq!(ids(&found), ["vk:-77_2", "vk:-77_1"]);
    assert_eq!(ids(&place.json(&["search", "елка", "--json"])), ["vk:-77_5"], "е is ё");
    assert_eq!(ids(&place.json(&["search", "--json", "--sort", "views", "--limit", "1"])), ["vk:-77_5"]);
    // 23:30 in Moscow is the day before by UTC's neighbour, 00:30 the day after.
    assert_eq!(
        ids(&place.json(&["search", "--json", "--from", "2026-11-21", "--to", "2026-11-21"])),
        ["vk:-77_4", "vk:-77_3"]
    );

    let status = place.json(&["status", "--json"]);
    for (part, number) in [("journal", "posts"), ("index", "docs"), ("facts", "posts")] {
        assert_eq!(status[part][number], 5, "{part}");
    }
    let digest = place.json(&["digest", "--date", "2026-11-21", "--json"]);
    assert_eq!((&digest["posts"], &digest["complete"]), (&2.into(), &false.into()));
    let hours: Vec<u64> = digest["hours"].as_array().unwrap().iter().map(|hour| hour.as_u64().unwrap()).collect();
    assert_eq!((hours[12], hours[23], hours.iter().sum::<u64>()), (1, 1, 2));

    let alerts = place.json(&["alerts", "--all", "--json"]);
    let fire = alerts.as_array().unwrap().iter().find(|alert| alert["kind"] == "fire").unwrap();
    assert_eq!((&fire["posts"], &fire["deliveries"]), (&1.into(), &serde_json::json!([])));
}

#[test]
fn importing_again_changes_nothing() {
    let place = imported();
    let before = place.json(&["search", "--json"]);
    let file = place.file("again.ndjson", &archive());
    place.ok(&["import", "ndjson", &file]);
    assert_eq!(place.json(&["search", "--json"]), before);
    assert_eq!(place.json(&["status", "--json"])["facts"]["posts"], 5);
}

#[test]
fn the_digest_is_one_page_that_opens_its_figures_and_loads_nothing() {
    let place = imported();
    let path = place.path().join("digest.html").display().to_string();
    place.ok(&["digest", "--date", "2026-11-21", "--out", &path]);
    let page = std::fs::read_to_string(&path).unwrap();
    assert!(page.contains("Сводка за 21.11.2026") && page.contains("<svg"));
    assert!(page.contains("Автобус опять не пришёл"), "figures unfold in the file");
    for foreign in ["<script", "src=", "@import", "url("] {
        assert!(!page.contains(foreign), "{foreign}");
    }
}

#[test]
fn the_export_is_what_excel_in_russia_opens() {
    let place = imported();
    let path = place.path().join("hits.csv").display().to_string();
    place.ok(&["search", "автобус", "--csv", &path]);
    let csv = std::fs::read(&path).unwrap();
    let text = std::str::from_utf8(csv.strip_prefix(b"\xef\xbb\xbf").unwrap()).unwrap();
    let mut lines = text.split("\r\n");
    assert!(lines.next().unwrap().starts_with("Опубликовано;Источник;Площадка;Отрасль;"));
    let row = lines.next().unwrap();
    assert!(row.starts_with("21.11.2026 12:00:00;archive;vk;"), "{row}");
    assert!(row.contains(";\"Автобус опять не пришёл; ждали час\n=1+1\";"), "{row}");
    assert_eq!(lines.collect::<Vec<_>>(), [""]);
}

#[test]
fn bad_lines_are_dead_letters_with_their_reason_and_the_rest_goes_on() {
    let place = Place::new();
    let bad = [
        "not json\n".to_owned(),
        post_line(6, "1970-01-01T00:00:00Z", "Старое"),
        post_line(7, "2099-01-01T00:00:00Z", "Будущее"),
        post_line(8, "2026-11-20T08:00:00Z", &"я".repeat(500_000)),
        post_line(9, "2026-11-20T08:00:00Z", &"\u{200b}".repeat(1000)),
        post_line(10, "2026-11-20T08:00:00Z", "обрыв \u{fffd}").replace('\u{fffd}', "\\ud83d"),
    ];
    let file = place.file("mixed.ndjson", &(bad.concat() + &archive()));
    let done = place.run(&["import", "ndjson", &file, "/nowhere/at/all.ndjson"]);
    assert_eq!((done.code, done.out.trim()), (3, "Posts imported: 7"), "{}", done.err);
    assert!(done.err.contains("all.ndjson"), "{}", done.err);
    let letters = place.json(&["dead-letters", "--json"]);
    let mut reasons: Vec<&str> =
        letters.as_array().unwrap().iter().map(|l| l["reason"].as_str().unwrap().split(':').next().unwrap()).collect();
    reasons.sort_unstable();
    assert_eq!(reasons, ["date_out_of_range", "date_out_of_range", "not_a_post", "text_too_long"]);
    assert_eq!(place.json(&["status", "--json"])["index"]["docs"], 7);
}

#[test]
fn a_deletion_takes_the_post_out_of_everything() {
    let place = imported();
    let tombstone = r#"{"id":"vk:-77_4","platform":"vk","source":"archive","published_at":"2026-11-21T20:30:00Z","seen_at":"2026-11-22T08:00:00Z","deleted_at":"2026-11-22T08:00:00Z","text":""}"#;
    let file = place.file("tombstone.ndjson", tombstone);
    place.ok(&["import", "ndjson", &file]);
    // The old version again, later: it must not come back.
    let again = place.file("again.ndjson", &archive());
    place.ok(&["import", "ndjson", &again]);
    assert_eq!(place.json(&["search", "пожар", "--json"])["total"], 0);
    let status = place.json(&["status", "--json"]);
    assert_eq!((&status["index"]["docs"], &status["facts"]["posts"]), (&4.into(), &4.into()));
    let alerts = place.json(&["alerts", "--all", "--json"]);
    assert!(alerts.as_array().unwrap().iter().all(|alert| alert["kind"] != "fire" || alert["posts"] == 0), "{alerts}");
}

#[test]
fn after_a_change_of_the_rules_replay_tags_again_and_search_and_figures_follow() {
    let place = imported();
    assert_eq!(place.json(&["search", "--json", "--topic", "other.tree"])["total"], 0);
    let shipped = config::Files::shipped();
    let topic = "\n[[topic]]\nid = \"other.tree\"\nname = \"Ёлка\"\nany = ['ёлка']\n[topic.examples]\nmatch = ['Где ёлка?']\nmiss = ['Где сосна?']\n";
    let other = format!("{}{topic}", shipped.get("taxonomy/other.toml").unwrap());
    let config = place.config(&[("taxonomy/other.toml", &other)]);
    let replayed = place.run(&["--config", &config, "replay", "--from", "2026-01-01"]);
    assert_eq!(
        (replayed.code, replayed.out.trim()),
        (0, "Posts classified again: 5, rule set no. 2"),
        "{}",
        replayed.err
    );
    assert_eq!(ids(&place.json(&["search", "--json", "--topic", "other.tree"])), ["vk:-77_5"]);
    let digest = place.json(&["digest", "--date", "2026-11-22", "--json"]);
    assert!(digest["topics"].as_array().unwrap().iter().any(|topic| topic["topic"] == "other.tree"), "{digest}");
}

#[test]
fn a_rule_is_rehearsed_on_the_archive_as_a_query_by_its_name_and_from_a_file() {
    let place = imported();
    let rehearse = |rule: &str| place.json(&["rehearse", rule, "--days", "3660", "--json"]);
    let query = rehearse("вода");
    assert_eq!((&query["posts"], &query["hits"]), (&5.into(), &2.into()));
    assert_eq!(query["samples"][0]["id"], "vk:-77_2", "the newest first");
    let days: Vec<&serde_json::Value> =
        query["by_day"].as_array().unwrap().iter().filter(|day| day["hits"] != 0).collect();
    assert_eq!(days, [&serde_json::json!({"day": "2026-11-20", "hits": 2})]);
    assert!(query["overlap"].as_array().unwrap().iter().any(|known| known["rule"] == "jkh.water"), "{query}");
    let raised: u64 = query["alerts"].as_array().unwrap().iter().map(|alert| alert["posts"].as_u64().unwrap()).sum();
    assert_eq!(raised, 2, "{query}");

    assert_eq!(rehearse("fire")["samples"][0]["id"], "vk:-77_4");
    let rule = "[[kind]]\ncode = 'tree'\nname = 'Ёлка'\n\
        [[state]]\ncode = 'decorated'\nname = 'наряжено'\ntitle = 'Наряжено: {name}'\n\
        [[object]]\ncode = 'fir'\nname = 'ёлка'\nof = 'ёлки'\nwords = ['елка']\nitself = 'decorated'\n\
        [[row]]\nkind = 'tree'\nlevel = 'low'\nobject = ['fir']\n";
    let of_file = rehearse(&place.file("tree.toml", rule));
    assert_eq!((&of_file["hits"], &of_file["alerts"]), (&1.into(), &serde_json::json!([])), "a low risk alerts nobody");
    let shown = place.run(&["rehearse", "вода", "--days", "3660"]);
    assert!(shown.code == 0 && shown.out.contains("20.11.2026  █"), "{}", shown.err);

    let broken = place.file("broken.toml", "[[row]]\nkind = 'broken'\n");
    assert_eq!(place.run(&["rehearse", &broken]).code, 2);
    let old = place.run(&["rehearse", &place.file("old.toml", "[[risk]]\nkind = 'old'\n")]);
    assert!(old.code == 2 && old.err.contains("risks/old.toml:1: [[risk]] `old`"), "{}", old.err);
    assert_eq!(place.run(&["rehearse", "вода \"без конца"]).code, 2);
}

#[test]
fn exports_of_telegram_channels_come_in_and_chats_do_not() {
    let place = Place::new();
    let export = r#"{"name":"Наш двор","type":"public_channel","id":1234567890,"messages":[
        {"id":1,"type":"service","date":"2026-11-01T10:00:00","date_unixtime":"1793516400","action":"create_channel"},
        {"id":2,"type":"message","date":"2026-11-01T10:00:00","date_unixtime":"1793516400","text":["Не вывозят ",{"type":"bold","text":"мусор"}]}]}"#;
    let channel = r#"[{"message_id":5,"sender_id":-1001234567890,"text":"Снег не чистят","date":"2026-11-02T10:00:00+00:00","channel":"Наш двор","category":"x"}]"#;
    let (export, channel) = (place.file("result.json", export), place.file("channel.json", channel));
    let chat = place.file("chat.json", r#"{"name":"Иван","type":"personal_chat","id":5,"messages":[]}"#);
    place.ok(&["import", "telegram-export", &export]);
    place.ok(&["import", "telegram-channel", &channel]);
    assert_eq!(ids(&place.json(&["search", "--json"])), ["tg:c1234567890/5", "tg:c1234567890/2"]);
    assert_eq!(ids(&place.json(&["search", "\"вывозят мусор\"", "--json"])), ["tg:c1234567890/2"]);
    assert_eq!(place.run(&["import", "telegram-export", &chat]).code, 1);
}

#[test]
fn a_query_that_is_not_understood_is_told_with_its_place() {
    let place = imported();
    let refused = place.run(&["search", "вода \"без конца"]);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains('^'), "{}", refused.err);
}

/// Lets the journal go of what every stage has read, as retention does after so many days: the newest message stays.
fn expire(place: &Place) {
    let journal = rusqlite::Connection::open(place.data().join("journal.db")).unwrap();
    for stream in ["posts", "tagged"] {
        let delete = format!("DELETE FROM {stream} WHERE offset < (SELECT max(offset) FROM {stream})");
        assert_eq!(journal.execute(&delete, []).unwrap(), 4, "{stream}");
    }
}

#[test]
fn replay_reaches_what_the_journal_has_let_go() {
    let place = imported();
    let search = |query: &str| place.json(&["search", query, "--json"]);
    place.ok(&["correct", "vk:-77_1", "--sector", "roads"]);
    let before = search("");
    expire(&place);
    let shipped = config::Files::shipped();
    let topic = "\n[[topic]]\nid = \"other.bus\"\nname = \"Автобус\"\nany = ['автобус']\n[topic.examples]\nmatch = ['Где автобус?']\nmiss = ['Где трамвай?']\n";
    let other = format!("{}{topic}", shipped.get("taxonomy/other.toml").unwrap());
    let config = place.config(&[("taxonomy/other.toml", &other)]);
    let replay = |from: &str| {
        let done = place.run(&["--config", &config, "replay", "--from", from]);
        assert_eq!(done.code, 0, "{}", done.err);
        done.out.trim().to_owned()
    };
    // Of the archive what was read since, and the newest, which the journal still has.
    assert_eq!(replay("2026-11-21"), "Posts classified again: 3, rule set no. 2");
    let numbers = |found: &serde_json::Value| -> Vec<u64> {
        found["hits"].as_array().unwrap().iter().map(|hit| hit["rules"].as_u64().unwrap()).collect()
    };
    assert_eq!(numbers(&search("")), [2, 2, 2, 1, 1], "the newest first");
    assert_eq!(ids(&place.json(&["search", "--json", "--topic", "other.bus"])), ["vk:-77_3"]);
    // The rest of it, and nothing that these rules have tagged already but for what the journal has.
    assert_eq!(replay("2020-01-01"), "Posts classified again: 3, rule set no. 2");
    assert_eq!(replay("2020-01-01"), "Posts classified again: 1, rule set no. 2");
    let after = search("");
    assert_eq!(ids(&after), ids(&before));
    for (before, after) in before["hits"].as_array().unwrap().iter().zip(after["hits"].as_array().unwrap()) {
        for field in ["text", "seen_at", "published_at", "views"] {
            assert_eq!(before[field], after[field]);
        }
        assert_eq!((&after["rules"], &after["origin"]), (&2.into(), &"replay".into()));
    }
    assert_eq!(search("Садовой")["hits"][0]["sector"], "roads", "a person's word");
    assert_eq!(place.json(&["status", "--json"])["facts"]["posts"], 5);
    let digest = place.json(&["digest", "--date", "2026-11-21", "--json"]);
    assert!(digest["topics"].as_array().unwrap().iter().any(|topic| topic["topic"] == "other.bus"), "{digest}");
}
