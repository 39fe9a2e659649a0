//! A person's word outranks rules and model: in search, figures and alerts, through everything that makes them anew, until it is withdrawn.

use serde_json::{Value, json};

use crate::support::{Place, files_with, post_line};

/// The post that people correct, and what is around it.
fn archive() -> String {
    let texts = [
        (1, "2026-11-21T08:00:00Z", "Нет воды на Садовой с утра"),
        (2, "2026-11-21T20:30:00Z", "Пожар! Горит жилой дом, в квартире дети, помогите"),
        (3, "2026-11-21T21:00:00Z", "Ёлку поставили на площади"),
    ];
    texts.map(|(number, time, text)| post_line(number, time, text)).concat()
}

fn imported() -> Place {
    let place = Place::new();
    let file = place.file("archive.ndjson", &archive());
    place.ok(&["import", "ndjson", &file]);
    place
}

/// What search, figures and alerts tell of the fire: its sector and level, posts of the day by sector, posts of its alert.
fn told(place: &Place) -> Value {
    let hits = place.json(&["search", "пожар", "--json"])["hits"].clone();
    let level = place.json(&["search", "--level", "high", "--json"])["total"].clone();
    let day = place.json(&["digest", "--date", "2026-11-21", "--json"]);
    let sectors: Vec<Value> =
        day["sectors"].as_array().unwrap().iter().filter(|sector| sector["posts"] != 0).cloned().collect();
    let alerts = place.json(&["alerts", "--all", "--json"]);
    let posts: Vec<&Value> = alerts.as_array().unwrap().iter().map(|alert| &alert["post_ids"]).collect();
    json!({
        "sector": hits[0]["sector"], "risks": hits[0]["risks"], "by": hits[0]["corrected"]["by"],
        "serious": level, "sectors": sectors, "alerts": posts,
    })
}

const CORRECT: [&str; 10] =
    ["correct", "vk:-77_2", "--sector", "social", "--level", "none", "--by", "Иванова", "--note", "учения"];

#[test]
fn a_persons_word_holds_until_it_is_withdrawn() {
    let place = imported();
    let by_rules = told(&place);
    assert_eq!(by_rules["alerts"].to_string().matches("vk:-77_2").count(), 1, "{by_rules}");
    let done = place.ok(&CORRECT);
    assert_eq!(done.out.trim(), "vk:-77_2: sector social, level none; until it is withdrawn");
    let corrected = told(&place);
    assert_eq!(
        (&corrected["sector"], &corrected["risks"], &corrected["by"]),
        (&json!("social"), &json!([]), &json!("Иванова"))
    );
    assert_eq!(corrected["alerts"].to_string().matches("vk:-77_2").count(), 0, "{corrected}");
    assert!(corrected["sectors"].to_string().contains("social"), "{corrected}");
    assert_ne!(by_rules["sectors"], corrected["sectors"]);

    // The same archive once more, new rules over it, stores made anew of each other and of the journal.
    let again = place.file("again.ndjson", &archive());
    place.ok(&["import", "ndjson", &again]);
    let shipped = config::Files::shipped();
    let topic = "\n[[topic]]\nid = \"other.tree\"\nname = \"Ёлка\"\nany = ['ёлка']\n[topic.examples]\nmatch = ['Где ёлка?']\nmiss = ['Где сосна?']\n";
    let other = format!("{}{topic}", shipped.get("taxonomy/other.toml").unwrap());
    let config = place.config(&[("taxonomy/other.toml", &other)]);
    place.ok(&["--config", &config, "replay", "--from", "2026-01-01"]);
    assert_eq!(place.json(&["search", "пожар", "--json"])["hits"][0]["rules"], 2);
    let made_anew: [&[&str]; 4] =
        [&["rebuild", "index"], &["rebuild", "facts"], &["rebuild", "index", "--from", "journal"], &["status"]];
    for command in made_anew {
        place.ok(command);
        let again = told(&place);
        for of in ["sector", "risks", "by", "serious", "alerts"] {
            assert_eq!(again[of], corrected[of], "{of} after {command:?}");
        }
        assert_eq!(again["sectors"].to_string().matches("social").count(), 1, "{again}");
    }

    // An edit is a new version, and the person's word counts for it.
    let edit = post_line(2, "2026-11-21T20:30:00Z", "Пожар! Горит жилой дом, в квартире дети, помогите скорее");
    let edit = place.file("edit.ndjson", &edit.replacen('{', "{\"seen_at\":\"2026-11-22T08:00:00Z\",", 1));
    place.ok(&["import", "ndjson", &edit]);
    assert_eq!(told(&place)["risks"], json!([]));

    let done = place.ok(&["correct", "vk:-77_2", "--withdraw", "--by", "Петров"]);
    assert_eq!(done.out.trim(), "vk:-77_2: withdrawn; the rules count");
    let back = told(&place);
    for of in ["sector", "risks", "by", "serious", "alerts"] {
        assert_eq!(back[of], by_rules[of], "{of}");
    }
    let record = place.json(&["audit", "--subject", "vk:-77_2", "--json"]);
    let record: Vec<[&str; 3]> = record
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| ["who", "what", "detail"].map(|field| entry[field].as_str().unwrap()))
        .collect();
    assert_eq!(record, [["Иванова", "correct", "sector=social level=none"], ["Петров", "withdraw", ""]]);
    assert_eq!(place.json(&["correct", "--list", "--json"]), json!([]));
    assert_eq!(place.ok(&["audit", "verify"]).code, 0);
}

#[test]
fn a_backup_keeps_what_people_said_before_it() {
    let place = imported();
    place.ok(&["correct", "vk:-77_1", "--sector", "roads"]);
    let backup = place.path().join("backup").display().to_string();
    place.ok(&["backup", &backup]);
    place.ok(&CORRECT);
    let restored = Place::new();
    restored.ok(&["restore", &backup]);
    let sector = |place: &Place, query: &str| place.json(&["search", query, "--json"])["hits"][0]["sector"].clone();
    assert_eq!((sector(&restored, "вода"), sector(&place, "пожар")), (json!("roads"), json!("social")));
    assert_ne!(sector(&restored, "пожар"), "social");
    let digest = restored.json(&["digest", "--date", "2026-11-21", "--json"]);
    assert!(digest["sectors"].to_string().contains("roads"), "{digest}");
    restored.ok(&CORRECT);
    assert_eq!(told(&restored)["alerts"].to_string().matches("vk:-77_2").count(), 0);
    assert_eq!(restored.json(&["correct", "--list", "--json"]).as_array().unwrap().len(), 2);
}

#[test]
fn what_was_said_is_listed_and_makes_labelled_texts() {
    let place = imported();
    place.ok(&["correct", "vk:-77_1", "--topic", "none", "--sector", "roads", "--by", "Иванова"]);
    place.ok(&["correct", "vk:-77_3", "--level", "critical", "--kind", "fire", "--by", "Иванова"]);
    place.ok(&["correct", "vk:-77_3", "--sector", "social", "--by", "Петров", "--note", "видела сама"]);
    let list = place.json(&["correct", "--list", "--json"]);
    let list = list.as_array().unwrap();
    assert_eq!(
        (list.len(), &list[0]["id"], &list[0]["by"]),
        (2, &json!("vk:-77_3"), &json!("Петров")),
        "the newest first"
    );
    assert_eq!(
        (&list[0]["level"], &list[0]["kind"], &list[0]["sector"]),
        (&json!("critical"), &json!("fire"), &json!("social"))
    );
    assert_eq!(list[1]["topics"], json!([]));
    let shown = place.ok(&["correct", "--list"]).out;
    assert!(shown.contains("vk:-77_3  Петров  sector social, level critical, kind fire — видела сама"), "{shown}");

    let file = place.path().join("labels.tsv").display().to_string();
    assert_eq!(place.ok(&["correct", "--labels", &file]).out.trim(), "Labelled texts written: 2");
    let labels = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = labels.lines().collect();
    assert_eq!(lines[0], "id\tsector\tlevel\tkind\ttext");
    assert!(
        lines[1].starts_with("vk:-77_1\troads\t") && lines[1].ends_with("\tНет воды на Садовой с утра"),
        "{labels}"
    );
    assert_eq!(lines[2], "vk:-77_3\tsocial\tcritical\tfire\tЁлку поставили на площади");
    assert_eq!(place.json(&["evaluate", &file, "--json"])["texts"], 2);
    // It counts in an alert, of the fire that others told of. The post was imported, so that nobody is notified.
    let alerts = place.json(&["alerts", "--all", "--json"]);
    let raised = alerts.as_array().unwrap().iter().find(|alert| alert["post_ids"].to_string().contains("vk:-77_3"));
    let raised = raised.unwrap_or_else(|| panic!("{alerts}"));
    assert_eq!((&raised["kind"], &raised["level"]), (&json!("fire"), &json!("critical")));
    assert_eq!(raised["deliveries"], json!([]));
}

#[test]
fn what_cannot_be_said_is_told_in_words() {
    let place = imported();
    let refused = |args: &[&str], code: i32, words: &str| {
        let done = place.run(&[&["correct"], args].concat());
        assert_eq!(done.code, code, "{args:?}: {}", done.err);
        assert!(done.err.contains(words), "{args:?}: {}", done.err);
    };
    refused(&["vk:-77_9", "--level", "none"], 1, "нет публикации vk:-77_9");
    refused(&["vk:-77_1", "--withdraw"], 1, "отменять нечего");
    refused(&["vk:-77_1"], 1, "не сказано, что исправить");
    refused(&["vk:-77_3", "--level", "high"], 1, "--kind");
    refused(&["vk:-77_3", "--level", "high", "--kind", "no"], 1, "нет вида угрозы no; есть: ");
    refused(&["vk:-77_3", "--topic", "no"], 1, "нет темы no; есть: ");
    refused(&["nobody:1", "--level", "none"], 2, "must begin with vk:");
    refused(&["vk:-77_1", "--level", "awful"], 2, "awful");
    refused(&["vk:-77_1", "--withdraw", "--level", "none"], 2, "--withdraw");
    refused(&[], 2, "POST");
    assert_eq!(place.json(&["correct", "--list", "--json"]), json!([]));
}

#[test]
fn a_running_instance_is_told_and_a_deletion_takes_the_words_along() {
    const NOTE: &str = "zqxjkvbnmwplgt7414";
    let place = Place::new();
    let running = place.start(&[]);
    let file = place.file("archive.ndjson", &archive());
    place.ok(&["import", "ndjson", &file]);
    place.ok(&["correct", "vk:-77_2", "--level", "none", "--by", "Иванова", "--note", NOTE]);
    let hit = || place.json(&["search", "источник:archive пожар", "--json"])["hits"][0].clone();
    assert_eq!((&hit()["risks"], &hit()["corrected"]["note"]), (&json!([]), &json!(NOTE)));
    assert_eq!(hit()["corrected"]["was"]["risks"][0]["kind"], "fire");
    let status = place.json(&["status", "--json"]);
    for role in ["search-corrections", "facts-corrections", "alerts-corrections"] {
        let role = status["roles"].as_array().unwrap().iter().find(|known| known["role"] == role).unwrap();
        assert_eq!((&role["lag"], &role["error"]), (&json!(0), &Value::Null), "{role}");
    }
    let gone = json!({
        "id": "vk:-77_2", "platform": "vk", "source": "archive", "published_at": "2026-11-21T20:30:00Z",
        "seen_at": "2026-11-23T08:00:00Z", "deleted_at": "2026-11-23T08:00:00Z", "text": "",
    });
    let file = place.file("gone.ndjson", &format!("{gone}\n"));
    place.ok(&["import", "ndjson", &file]);
    let refused = place.run(&["correct", "vk:-77_2", "--level", "none"]);
    assert!(refused.code == 1 && refused.err.contains("нет публикации"), "{}", refused.err);
    assert_eq!(running.stop(), 0);
    place.ok(&["deletions", "--purge"]);
    assert_eq!(files_with(&place.data(), NOTE), [] as [std::path::PathBuf; 0]);
    assert_eq!(place.json(&["correct", "--list", "--json"]), json!([]));
}
