//! What people do with alerts, as they do it: on the command line and by links, with the audit behind it.

use serde_json::Value;

use crate::support::{Feed, Hook, PATIENCE, Place};

/// The alert of an id.
fn alert(place: &Place, id: &str) -> Value {
    let alerts = place.json(&["alerts", "--all", "--json"]);
    alerts.as_array().unwrap().iter().find(|alert| alert["id"] == id).unwrap().clone()
}

#[test]
fn an_alert_is_acknowledged_passed_on_answered_and_closed_and_the_record_says_who_did_it() {
    let (place, hook) = (Place::new(), Hook::new());
    let feed = Feed::new("Пожар! Горит жилой дом на Садовой, в квартире дети, помогите");
    let config = place.config(&[
        ("alerts.toml", &hook.alerts_toml()),
        ("sources.toml", &feed.sources_toml()),
        ("otklik.toml", &feed.otklik_toml()),
    ]);
    let running = place.serve(&["--config", &config]);
    let (_, body) = hook.arrivals.recv_timeout(PATIENCE).unwrap();
    assert_eq!((body["version"].as_u64(), body["event"].as_str()), (Some(1), Some("alert")));
    let id = body["alert"]["id"].as_str().unwrap().to_owned();

    let done = place.run(&["alerts", "ack", &id, "--by", "Иванова"]);
    assert_eq!((done.code, done.out.trim()), (0, &*format!("тревога № {id}: принята")), "{}", done.err);
    assert_eq!(
        (alert(&place, &id)["life"].as_str(), alert(&place, &id)["life_by"].as_str()),
        (Some("acknowledged"), Some("Иванова"))
    );
    let twice = place.run(&["alerts", "ack", &id, "--by", "Петров"]);
    assert_eq!(twice.code, 1);
    assert!(twice.err.contains("это уже сделано"), "{}", twice.err);

    let unknown = place.run(&["alerts", "assign", &id, "--by", "Иванова", "--to", "nobody"]);
    assert!(unknown.code == 1 && unknown.err.contains("нет получателя nobody; есть: "), "{}", unknown.err);
    let recipient = alert(&place, &id)["recipient"].as_str().map_or("jkh".to_owned(), str::to_owned);
    place.ok(&["alerts", "assign", &id, "--by", "Иванова", "--to", &recipient]);
    place.ok(&["alerts", "answer", &id, "--by", "Иванова", "--mark", "runaround"]);
    assert_eq!(alert(&place, &id)["clocks"]["last"]["answer"], "runaround");
    assert_eq!(place.run(&["alerts", "close", &id, "--by", "Иванова", "--reason", " "]).code, 1);
    place.ok(&["alerts", "close", &id, "--by", "Иванова", "--reason", "учения", "--false"]);
    assert_eq!(alert(&place, &id)["life"], "false_alarm");
    let noisy = place.json(&["alerts", "noisy", "--json"]);
    assert_eq!(noisy[0]["false_alarms"], 1, "{noisy}");

    let all = place.run(&["alerts", "silence", "--until", "2100-01-01", "--by", "Иванова", "--reason", "тише"]);
    assert_eq!(all.code, 1, "a silence over everything, and for ever");
    let shown = place.run(&["alerts", "show", &id, "--by", "Глава"]);
    assert!(shown.out.contains("webhook: sent") && shown.out.contains("Иванова ack"), "{}", shown.out);

    let record = place.json(&["audit", "--json", "--subject", &id]);
    let done: Vec<&str> = record.as_array().unwrap().iter().map(|entry| entry["what"].as_str().unwrap()).collect();
    assert_eq!(done, ["raised", "told", "ack", "assign", "answer", "false", "seen"]);
    let verified = place.run(&["audit", "verify"]);
    assert_eq!(verified.code, 0, "{}", verified.out);
    assert_eq!(running.stop(), 0);

    // Whoever changes the file past the program is found out.
    let file = rusqlite::Connection::open(place.data().join("alerts.db")).unwrap();
    file.execute_batch("DROP TRIGGER audit_keeps; UPDATE audit SET who = 'Петров' WHERE what = 'ack';").unwrap();
    drop(file);
    let broken = place.run(&["audit", "verify"]);
    assert!(broken.code == 1 && broken.out.contains("The chain is broken at entry"), "{}", broken.out);
    // Nobody runs: a monitoring that knows exit codes alone is told.
    let live = place.run(&["check", "--live"]);
    assert!(live.code == 1 && live.out.contains("nobody runs on this data folder"), "{}", live.out);
}
