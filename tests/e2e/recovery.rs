//! Damage, rebuilding, backup and restore.

use std::path::{Path, PathBuf};

use crate::support::{Place, post_line, until};

/// Posts 1 to 6; the fourth is deleted and the fifth edited.
fn filled() -> Place {
    let place = Place::new();
    let posts: String = (1..=6).map(|n| post_line(n, "2026-11-20T08:00:00Z", &format!("Вода {n}"))).collect();
    let tombstone = r#"{"id":"vk:-77_4","platform":"vk","source":"archive","published_at":"2026-11-20T08:00:00Z","seen_at":"2026-11-22T08:00:00Z","deleted_at":"2026-11-22T08:00:00Z","text":""}"#;
    let edit = post_line(5, "2026-11-20T08:00:00Z", "Газ").replacen('{', "{\"seen_at\":\"2026-11-22T08:00:00Z\",", 1);
    import(&place, &posts);
    import(&place, &format!("{tombstone}\n{edit}"));
    place
}

#[track_caller]
fn import(place: &Place, lines: &str) {
    let file = place.file("in.ndjson", lines);
    let done = place.run(&["import", "ndjson", &file]);
    assert_eq!(done.code, 0, "{}", done.err);
}

/// Index, figures and journal agree, and these posts are in them.
#[track_caller]
fn check(place: &Place, found: &[&str]) {
    let hits = place.json(&["search", "--json"]);
    let mut ids: Vec<String> =
        hits["hits"].as_array().unwrap().iter().map(|hit| hit["id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    assert_eq!(ids, found);
    let status = place.json(&["status", "--json"]);
    for (part, number) in [("journal", "posts"), ("index", "docs"), ("facts", "posts")] {
        assert_eq!(status[part][number], found.len(), "{part}");
    }
    assert_eq!(place.json(&["search", "газ", "--json"])["hits"][0]["id"], "vk:-77_5");
}

const FOUND: [&str; 5] = ["vk:-77_1", "vk:-77_2", "vk:-77_3", "vk:-77_5", "vk:-77_6"];

fn segment_file(index: &Path) -> PathBuf {
    let files = std::fs::read_dir(index).unwrap().map(|file| file.unwrap().path());
    files.filter(|file| file.extension().is_some_and(|kind| kind == "store")).max().unwrap()
}

/// Whether any file below a folder holds a text.
fn holds(folder: &Path, text: &str) -> bool {
    std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).any(|path| match path.is_dir() {
        true => holds(&path, text),
        false => std::fs::read(&path).unwrap().windows(text.len()).any(|window| window == text.as_bytes()),
    })
}

#[test]
fn a_damaged_index_is_told_and_built_anew_from_the_figures_or_the_journal() {
    let place = filled();
    place.ok(&["check", "--index"]);
    for from in [&["rebuild", "index"][..], &["rebuild", "index", "--from", "journal"]] {
        let file = segment_file(&place.data().join("index"));
        let mut bytes = std::fs::read(&file).unwrap();
        bytes[10] ^= 1;
        std::fs::write(&file, bytes).unwrap();
        let told = place.run(&["check", "--index"]);
        assert_eq!(told.code, 1, "{}", told.out);
        assert!(told.err.contains("otklik rebuild index"), "{}", told.err);
        let built = place.run(from);
        assert_eq!((built.code, built.out.trim()), (0, "Built anew, posts: 5"), "{}", built.err);
        place.ok(&["check", "--index"]);
        check(&place, &FOUND);
        assert!(!holds(&place.data().join("index"), "Вода 4"), "the deleted text");
    }
    // It goes on where the journal is.
    import(&place, &post_line(7, "2026-11-20T08:00:00Z", "Свет"));
    check(&place, &[&FOUND[..], &["vk:-77_7"]].concat());
}

#[test]
fn the_figures_are_built_anew_from_the_index() {
    let place = filled();
    let built = place.run(&["rebuild", "facts"]);
    assert_eq!((built.code, built.out.trim()), (0, "Built anew, posts: 5"), "{}", built.err);
    check(&place, &FOUND);
    import(&place, &post_line(7, "2026-11-20T08:00:00Z", "Свет"));
    check(&place, &[&FOUND[..], &["vk:-77_7"]].concat());
}

#[test]
fn a_backup_is_restored_into_a_folder_where_everything_agrees() {
    let place = filled();
    let backup = place.path().join("backup").display().to_string();
    let made = place.run(&["backup", &backup]);
    assert_eq!((made.code, made.out.trim()), (0, "Backup made, posts: 5"), "{}", made.err);
    let journal = std::fs::read(Path::new(&backup).join("journal.db")).unwrap();
    assert!(!journal.windows("Вода 4".len()).any(|window| window == "Вода 4".as_bytes()), "the deleted text");
    // What comes later is not in it.
    import(&place, &post_line(8, "2026-11-20T08:00:00Z", "Позже"));
    let again = place.run(&["backup", &backup]);
    assert!(again.code == 1 && again.err.contains("not empty"), "{}", again.err);

    let restored = Place::new();
    let done = restored.run(&["restore", &backup]);
    assert_eq!((done.code, done.out.trim()), (0, "Posts restored: 5"), "{}", done.err);
    check(&restored, &FOUND);
    assert!(!holds(&restored.data(), "Вода 4"), "the deleted text");
    import(&restored, &post_line(7, "2026-11-20T08:00:00Z", "Свет"));
    check(&restored, &[&FOUND[..], &["vk:-77_7"]].concat());
    let over = restored.run(&["restore", &backup]);
    assert!(over.code == 1 && over.err.contains("not empty"), "{}", over.err);

    std::fs::remove_file(Path::new(&backup).join("backup.json")).unwrap();
    let cut = Place::new().run(&["restore", &backup]);
    assert!(cut.code == 1 && cut.err.contains("no finished backup"), "{}", cut.err);
}

#[test]
fn a_backup_taken_under_load_is_consistent() {
    let place = Place::new();
    let running = place.start(&[]);
    let lines = |from: u32| -> String {
        (from..from + 500).map(|n| post_line(n, "2026-11-20T08:00:00Z", &format!("Вода {n}"))).collect()
    };
    let backup = place.path().join("backup").display().to_string();
    std::thread::scope(|threads| {
        threads.spawn(|| (0..6).for_each(|n| import(&place, &lines(1_000 + n * 500))));
        // There is something to back up, and more comes.
        until("posts come in", || place.json(&["status", "--json"])["journal"]["posts"].as_u64() > Some(1));
        let made = place.run(&["backup", &backup]);
        assert_eq!(made.code, 0, "{}", made.err);
    });
    running.stop();

    let restored = Place::new();
    let done = restored.run(&["restore", &backup]);
    assert_eq!(done.code, 0, "{}", done.err);
    // What the journal's copy has beyond the classified comes in with the next work on the folder.
    import(&restored, &post_line(1, "2026-11-20T08:00:00Z", "Газ"));
    let status = restored.json(&["status", "--json"]);
    let journal = status["journal"]["posts"].as_u64().unwrap();
    assert!(journal > 1, "{status}");
    assert_eq!((status["index"]["docs"].as_u64(), status["facts"]["posts"].as_u64()), (Some(journal), Some(journal)));
    assert_eq!(status["dead_letters"], 0);
}
