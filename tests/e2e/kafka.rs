//! The journal that the configuration names: Kafka for one process, and the embedded one for roles apart, which is refused.

use crate::support::{Place, post_line};

#[test]
fn roles_apart_on_the_embedded_journal_are_refused() {
    let place = Place::new();
    let refused = place.run(&["run", "--role", "store"]);
    assert!(refused.code == 2 && refused.err.contains("[kafka]"), "{} {}", refused.code, refused.err);
    let refused = place.run(&["topics"]);
    assert!(refused.code == 2 && refused.err.contains("[kafka]"), "{} {}", refused.code, refused.err);
}

#[test]
fn one_process_works_on_kafka_as_on_its_own_journal() {
    let place = Place::new();
    let broker = journal::broker::Broker::start(&place.path().join("kafka"), false)
        .expect("Kafka must be there: deploy/setup.sh test brings it");
    let settings = config::Files::shipped().get("otklik.toml").unwrap().to_owned();
    let kafka = format!("\n[kafka]\nbrokers = \"{}\"\npartitions = 3\n", broker.address());
    let config = place.config(&[("otklik.toml", &(settings + &kafka))]);
    let run = |args: &[&str]| place.run(&[&["--config", &config], args].concat());
    let json = |args: &[&str]| place.json(&[&["--config", &config], args].concat());

    let missing = run(&["topics", "--check"]);
    assert!(missing.code == 1 && missing.out.contains("otklik.posts"), "{}{}", missing.out, missing.err);
    assert_eq!(run(&["topics"]).code, 0);
    assert_eq!(run(&["topics", "--check"]).code, 0);

    let lines = (0..200).map(|n| post_line(n, "2026-11-20T08:00:00Z", &format!("Нет воды, дом {n}")));
    let file = place.file("archive.ndjson", &lines.collect::<String>());
    for _ in 0..2 {
        let done = run(&["import", "ndjson", &file]);
        assert_eq!((done.code, done.out.trim()), (0, "Posts imported: 200"), "{}", done.err);
        let status = json(&["status", "--json"]);
        let posts = [&status["index"]["docs"], &status["facts"]["posts"], &status["dead_letters"]];
        assert_eq!(posts, [200, 200, 0], "{status:#}");
    }
    assert_eq!(json(&["search", "вода", "--json"])["total"], 200);
    let replayed = run(&["replay", "--from", "2020-01-01"]);
    assert_eq!(
        (replayed.code, replayed.out.trim()),
        (0, "Posts classified again: 400, rule set no. 1"),
        "{}",
        replayed.err
    );
    assert_eq!(json(&["search", "вода", "--json"])["total"], 200);
}
