//! Invented pages of true structure, each with the parse expected of it beside it in `<name>.expected.json`.
//!
//! `OTKLIK_WRITE_EXPECTED=1` writes the expectations anew; read the difference before it is kept.

use std::fs;
use std::path::{Path, PathBuf};

use ingest::{Format, PageError};
use serde_json::{Value, json};

fn summary(format: Format, bytes: &[u8]) -> Value {
    let page = match ingest::parse(format, bytes, "source", &jiff::tz::TimeZone::UTC) {
        Ok(page) => page,
        Err(error) => return json!({ "error": error.to_string() }),
    };
    let posts: Vec<Value> = page
        .posts
        .iter()
        .map(|parsed| {
            // Fields without a value say nothing; the goldens stay readable.
            let mut post = serde_json::to_value(&parsed.post).unwrap();
            post.as_object_mut().unwrap().retain(|_, value| !value.is_null());
            let flags = json!({
                "private_author": parsed.private_author, "private_wall": parsed.private_wall, "pinned": parsed.pinned,
                "undated": parsed.undated, "deleted": parsed.deleted,
            });
            let set = |value: &Value| !value.is_null() && *value != json!(false);
            for (name, value) in flags.as_object().unwrap().iter().filter(|(_, value)| set(value)) {
                post[name] = value.clone();
            }
            post
        })
        .collect();
    let problems: Vec<String> = page.problems.iter().map(|p| format!("{} {}", p.position, p.reason)).collect();
    json!({
        "blocks": page.blocks, "unread": page.unread(), "older": page.older, "title": page.title,
        "hidden": page.hidden.iter().map(|parsed| parsed.post.id.as_str()).collect::<Vec<_>>(),
        "notes": page.notes.iter().map(|note| format!("{} {}", note.position, note.reason)).collect::<Vec<_>>(),
        "ttl_minutes": page.ttl_minutes, "channel_number": page.channel_number, "problems": problems, "posts": posts,
    })
}

fn check_folder(folder: &str, format: Format, skip: &[&str]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    let mut cases = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        let name = path.to_string_lossy().into_owned();
        if name.ends_with(".expected.json") || skip.iter().any(|part| name.contains(part)) {
            continue;
        }
        let found = summary(format, &fs::read(&path).unwrap());
        let beside = path.with_extension("expected.json");
        if std::env::var("OTKLIK_WRITE_EXPECTED").is_ok() {
            fs::write(&beside, serde_json::to_string_pretty(&found).unwrap() + "\n").unwrap();
        }
        let expected: Value = serde_json::from_slice(&fs::read(&beside).unwrap()).unwrap();
        assert_eq!(found, expected, "{name}");
        cases += 1;
    }
    assert!(cases > 0);
}

#[test]
fn telegram_pages() {
    check_folder("telegram", Format::Telegram, &["embed_", "discussion"]);
}

#[test]
fn vk_answers() {
    check_folder("vk", Format::Vk, &[]);
}

#[test]
fn max_answers() {
    check_folder("max", Format::Max, &[]);
}

#[test]
fn feeds() {
    check_folder("feed", Format::Feed, &[]);
}

#[test]
fn a_vk_error_keeps_its_code_and_loses_the_token() {
    let answer = include_bytes!("../../fixtures/vk/error.json");
    let error = ingest::parse(Format::Vk, answer, "source", &jiff::tz::TimeZone::UTC).unwrap_err();
    assert!(matches!(error, PageError::Api { code: 29, .. }));
    assert!(!format!("{error} {error:?}").contains("not-to-be-shown"));
}
