//! Roles apart on Kafka: who answers for whom, what is refused, what goes on while something is away, and replay meanwhile.

use journal::{Journal, Record, Stream};
use model::{DeadLetter, Time};
use serde_json::{Value, json};

use crate::support::cluster::{Cluster, number};
use crate::support::{Hook, PATIENCE, until};

pub(super) fn post(number: u32, text: &str) -> Record {
    let id = format!("vk:-8_{number}");
    let now = Time::now();
    let post = json!({
        "v": 1, "id": id, "platform": "vk", "source": "apart", "origin": "live", "text": text,
        "published_at": now.to_string(), "seen_at": now.to_string(),
    });
    Record::new(id, post.to_string().into_bytes())
}

fn total(cluster: &Cluster, query: &str) -> Option<u64> {
    let (status, body) = cluster.ask("web", &format!("/api/search?query={query}"))?;
    (status == 200).then(|| serde_json::from_str::<Value>(&body).unwrap()["total"].as_u64().unwrap())
}

fn posts_counted(status: &Value) -> Option<u64> {
    status["facts"]["posts"].as_u64()
}

/// Messages before the classifiers, as the status says it; `None` while none of them answers.
fn before_classifiers(cluster: &Cluster) -> Option<u64> {
    let status = cluster.status()?;
    let roles = status["roles"].as_array().unwrap().iter();
    roles
        .filter(|role| role["role"] == "classify" && role["error"].is_null())
        .filter_map(|role| role["lag"].as_u64())
        .min()
}

#[test]
fn what_no_classifier_reads_counts_as_waiting() {
    let mut cluster = Cluster::start(&[]);
    for name in ["classify-1", "web"] {
        cluster.spawn(number(name));
        cluster.wait(number(name));
    }
    let journal = cluster.journal();
    let posts = |range: std::ops::Range<u32>| -> Vec<Record> {
        range.map(|n| post(n, "Ёлку поставили")).collect()
    };
    journal.append(Stream::Posts, &posts(0..100)).unwrap();
    until("classified", || before_classifiers(&cluster) == Some(0));
    let tagged = || journal.end(Stream::Tagged).unwrap().0.into_values().sum::<u64>();
    assert_eq!(tagged(), 100);
    // Until the broker gives it up, the dead one has all partitions and the new one none.
    cluster.kill(number("classify-1"));
    journal.append(Stream::Posts, &posts(100..200)).unwrap();
    cluster.spawn(number("classify-1"));
    let mut looked = 0;
    until("classified by the next", || {
        let waiting = before_classifiers(&cluster);
        looked += u32::from(waiting.is_some_and(|waiting| waiting > 0));
        waiting == Some(0)
    });
    assert_eq!(tagged(), 200, "nothing waits");
    assert!(looked > 0, "the posts that nobody read were never told");
}

#[test]
fn roles_apart_answer_for_one_another() {
    let hook = Hook::new();
    let mut cluster = Cluster::start(&[("alerts.toml", &hook.alerts_toml())]);
    cluster.start_all();
    let journal = cluster.journal();
    let posts: Vec<Record> = (0..50).map(|n| post(n, &format!("Ёлку поставили на площади, фото {n}"))).collect();
    journal.append(Stream::Posts, &posts).unwrap();
    journal.append(Stream::Posts, &[post(99, "Пожар! Горит жилой дом, в квартире дети, помогите")]).unwrap();
    until("found and counted", || {
        total(&cluster, "") == Some(51) && cluster.status().is_some_and(|status| posts_counted(&status) == Some(51))
    });
    let (key, alert) = hook.arrivals.recv_timeout(PATIENCE).unwrap();
    assert_eq!(alert["alert"]["kind"], "fire", "{key}");

    // Each role tells strangers nothing, and a load balancer what it must know.
    for role in ["facts", "ingest", "classify-1", "store-1", "alerts"] {
        assert_eq!(cluster.ask(role, "/api/status").unwrap().0, 401, "{role}");
        assert_eq!(cluster.ask(role, "/internal/status").unwrap().0, 401, "{role}");
        assert_eq!(cluster.ask(role, "/healthz").unwrap(), (200, "ok\n".into()), "{role}");
        until(role, || cluster.ask(role, "/readyz") == Some((200, "ready\n".into())));
    }
    assert_eq!(cluster.ask("web", "/internal/status").unwrap().0, 404);

    // The page shows what others have.
    let (_, page) = cluster.ask("web", "/?q=%D1%91%D0%BB%D0%BA%D0%B0").unwrap();
    assert!(page.contains("Ёлку поставили на площади"), "{page}");
    let (status, csv) = cluster.ask("web", "/api/search.csv?query=").unwrap();
    assert_eq!((status, csv.lines().count()), (200, 52));
    let (_, alerts) = cluster.ask("web", "/api/alerts?all=true").unwrap();
    assert!(alerts.contains("vk:-8_99"), "{alerts}");

    a_replay_meanwhile_notifies_nobody(&mut cluster, &hook);
    dead_letters_are_taken_up_again(&cluster);

    // One index is enough; with none the page says that it is not ready, and goes on with the rest.
    cluster.kill(number("store-1"));
    // Until now the first one was asked; the second may be a moment behind it.
    until("found by the other", || total(&cluster, "") == Some(51));
    cluster.kill(number("store-2"));
    let (status, body) = cluster.ask("web", "/readyz").unwrap();
    assert!(status == 503 && body.contains("store"), "{status} {body}");
    assert_eq!(cluster.ask("web", "/api/alerts").unwrap().0, 200);

    // Without the figures search and alerts go on, and the figures catch up by themselves.
    cluster.spawn(number("store-1"));
    cluster.kill(number("facts"));
    journal.append(Stream::Posts, &[post(100, "Сильный запах газа в подъезде, дышать нечем")]).unwrap();
    until("found without figures", || total(&cluster, "") == Some(52));
    let told = hook.arrivals.recv_timeout(PATIENCE).unwrap().1;
    assert_eq!(told["alert"]["kind"], "gas_leak");
    cluster.spawn(number("facts"));
    until("counted", || cluster.status().is_some_and(|status| posts_counted(&status) == Some(52)));

    // Without the broker the page answers, and says what is away.
    cluster.broker.kill().unwrap();
    until("not ready", || cluster.ask("store-1", "/readyz").is_some_and(|(status, _)| status == 503));
    assert_eq!(total(&cluster, ""), Some(52));
    cluster.broker.restart().unwrap();
    journal.append(Stream::Posts, &[post(101, "Каток открыли")]).unwrap();
    until("found after the broker came back", || total(&cluster, "") == Some(53));
    until("ready", || cluster.ask("store-1", "/readyz").is_some_and(|(status, _)| status == 200));

    let codes = cluster.stop();
    assert!(codes.iter().all(|(_, code)| *code == 0), "{codes:?}");
}

/// The rules change, the classifiers start again one by one, and a replay tags everything anew while all roles run.
fn a_replay_meanwhile_notifies_nobody(cluster: &mut Cluster, hook: &Hook) {
    let rules = std::fs::read_to_string(cluster.place.path().join("config/recipients.toml")).unwrap();
    cluster.place.file("config/recipients.toml", &format!("{rules}\n# Changed.\n"));
    for name in ["classify-1", "classify-2"] {
        cluster.kill(number(name));
        cluster.spawn(number(name));
        cluster.wait(number(name));
    }
    let web = cluster.data("web").display().to_string();
    let done = cluster.place.run(&["--data", &web, "replay", "--from", "2020-01-01"]);
    assert_eq!((done.code, done.out.trim()), (0, "Posts classified again: 51, rule set no. 2"), "{}", done.err);
    // Every post is there all the while, once.
    assert_eq!(total(cluster, ""), Some(51));
    let (_, found) = cluster.ask("web", "/api/search?query=&limit=100").unwrap();
    let found: Value = serde_json::from_str(&found).unwrap();
    assert!(found["hits"].as_array().unwrap().iter().all(|hit| hit["rules"] == 2), "{found}");
    assert_eq!(hook.keys.lock().unwrap().len(), 1, "nobody was told twice");
}

fn dead_letters_are_taken_up_again(cluster: &Cluster) {
    let (web, journal) = (cluster.data("web").display().to_string(), cluster.journal());
    // One that no build reads, and one that this build does: refused by an earlier one, say.
    journal.append(Stream::Posts, &[Record::new("vk:-8_1", b"no post".to_vec())]).unwrap();
    let letter = DeadLetter {
        stage: "classify".into(),
        source: "posts".into(),
        position: "0:7".into(),
        reason: "unknown_format: v1".into(),
        at: Time::now(),
        id: Some(model::PostId::new("vk:-8_0").unwrap()),
        payload: String::from_utf8(post(0, "Ёлку на площади поправили").payload).unwrap(),
    };
    journal.append(Stream::Dead, &[Record::new("vk:-8_0", model::wire::write(&letter))]).unwrap();
    let letters = |n: u64| until("letters", || cluster.status().is_some_and(|status| status["dead_letters"] == n));
    letters(2);
    let listed = cluster.place.json(&["--data", &web, "dead-letters", "--json"]);
    assert_eq!(listed.as_array().unwrap().len(), 2);
    let retry = || cluster.place.run(&["--data", &web, "dead-letters", "--retry"]);
    assert_eq!(retry().out.trim(), "Taken up again: 2");
    until("the post is found", || total(cluster, "%D0%BF%D0%BE%D0%BF%D1%80%D0%B0%D0%B2%D0%B8%D0%BB%D0%B8") == Some(1));
    // The one that cannot be read is a letter again.
    letters(1);
    assert_eq!(total(cluster, ""), Some(51));
}
