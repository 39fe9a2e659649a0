//! Roles apart on Kafka: what one person asks to have removed leaves every role, and no role brings it back.

use journal::{Journal, Record, Stream};
use model::Time;
use serde_json::{Value, json};

use super::apart::post;
use crate::forget::hash;
use crate::support::cluster::Cluster;
use crate::support::{Output, until};

/// A command in the data folder of the role that serves the page.
#[track_caller]
fn run(cluster: &Cluster, arguments: &[&str]) -> Output {
    let web = cluster.data("web").display().to_string();
    let done = cluster.place.run(&[&["--data", &web], arguments].concat());
    assert_eq!(done.code, 0, "{arguments:?}: {}{}", done.out, done.err);
    done
}

/// Posts that are found and counted, and whether an alert quotes any; `None` while somebody does not answer.
fn told(cluster: &Cluster) -> Option<(Value, Value, bool)> {
    let ask = |path: &str| {
        let (status, body) = cluster.ask("web", path)?;
        (status == 200).then(|| serde_json::from_str::<Value>(&body).unwrap())
    };
    let total = ask("/api/search?query=")?["total"].clone();
    let quoted = ask("/api/alerts?all=true")?.to_string().contains("Горит жилой дом");
    Some((total, cluster.status()?["facts"]["posts"].clone(), quoted))
}

/// Gives the role that collects the key of a month.
fn put_key(cluster: &Cluster, month: &str) {
    let keys = rusqlite::Connection::open(cluster.data("ingest").join("author-keys.db")).unwrap();
    keys.execute("INSERT OR REPLACE INTO key VALUES (?1, ?2)", rusqlite::params![month, [1_u8; 32]]).unwrap();
}

#[test]
fn what_was_forgotten_leaves_every_role_and_stays_away() {
    let mut cluster = Cluster::start(&[]);
    cluster.start_all();
    let keys = rusqlite::Connection::open(cluster.data("ingest").join("author-keys.db")).unwrap();
    keys.execute(
        "INSERT OR REPLACE INTO key VALUES (?1, ?2)",
        rusqlite::params![Time::now().strftime("%Y-%m").to_string(), [1_u8; 32]],
    )
    .unwrap();
    let by_author = |number: u32, author: &str, text: &str| {
        let record = post(number, text);
        let mut json: Value = serde_json::from_slice(&record.payload).unwrap();
        json["author"] = hash(1, author).into();
        Record::new(record.key, json.to_string().into_bytes())
    };
    let fire = "Пожар! Горит жилой дом, в квартире дети, помогите";
    let posts = [by_author(1, "100", fire), by_author(2, "100", "Ёлку поставили"), by_author(3, "101", "Ёлку убрали")];
    let journal = cluster.journal();
    journal.append(Stream::Posts, &posts).unwrap();
    until("told", || told(&cluster) == Some((json!(3), json!(3), true)));

    let listed: Value = serde_json::from_str(&run(&cluster, &["forget", "--author", "vk:100", "--json"]).out).unwrap();
    assert_eq!(listed["posts"].as_array().unwrap().len(), 2, "{listed}");
    run(&cluster, &["forget", "--author", "vk:100", "--yes", "--by", "Иванова"]);
    assert_eq!(told(&cluster), Some((json!(1), json!(1), false)));
    let audit: Value = serde_json::from_str(&run(&cluster, &["audit", "--json"]).out).unwrap();
    let entries = audit.as_array().unwrap().iter();
    assert_eq!(entries.filter(|entry| entry["what"] == "forgot" && entry["detail"] == "posts=2").count(), 1, "{audit}");

    // An import asks the role that knows, and a version that comes into the topic all the same is no newer.
    let lines = |posts: &[Record]| {
        posts.iter().map(|post| String::from_utf8(post.payload.clone()).unwrap() + "\n").collect::<String>()
    };
    let file = cluster.place.file("again.ndjson", &lines(&[post(1, fire), post(4, "Нет воды")]));
    let imported = run(&cluster, &["import", "ndjson", &file]);
    assert!(
        imported.out.contains("Posts imported: 1") && imported.out.contains("forgotten on request: 1"),
        "{imported:?}"
    );
    journal.append(Stream::Posts, &[post(1, fire), post(5, "Нет газа")]).unwrap();
    until("the next one is told", || told(&cluster) == Some((json!(3), json!(3), false)));
    assert!(cluster.stop().iter().all(|(_, code)| *code == 0));
}

#[test]
fn the_audit_learns_of_keys_that_another_role_destroyed() {
    let mut cluster = Cluster::start(&[]);
    let settings = cluster.place.path().join("config/otklik.toml");
    let keeping = std::fs::read_to_string(&settings).unwrap().replace("# keep_months = 36", "keep_months = 1");
    std::fs::write(settings, keeping).unwrap();
    cluster.start_all();
    put_key(&cluster, "2024-01");
    let ingest = cluster.data("ingest").display().to_string();
    // It removes, and then has no figures to list deletions of.
    let purged = || cluster.place.run(&["--data", &ingest, "deletions", "--purge"]);
    let told = || run(&cluster, &["audit", "--json"]).out.contains("2024-01");
    until("the audit has it", || {
        purged();
        told()
    });
    assert_eq!(purged().code, 1);
    let entries = run(&cluster, &["audit", "--json"]).out;
    assert_eq!(entries.matches("keys_destroyed").count(), 1, "{entries}");
    assert!(cluster.stop().iter().all(|(_, code)| *code == 0));
}
