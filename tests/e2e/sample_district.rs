//! `run --sample` as its user meets it.

use crate::support::{Hook, PATIENCE, Place, until};

#[test]
fn the_sample_is_searched_alerted_served_and_goes_on_after_a_restart() {
    let (place, hook) = (Place::new(), Hook::new());
    let config = place.config(&[("alerts.toml", &hook.alerts_toml())]);
    let mut running = place.start(&["--config", &config]);

    // An alert in full on the terminal, and at the webhook with its key.
    running.wait_for("⚠ ");
    let (key, body) = hook.arrivals.recv_timeout(PATIENCE).unwrap();
    let alert = &body["alert"];
    assert!(key.starts_with(alert["id"].as_str().unwrap()), "{key}");
    assert!(alert["posts"].as_u64().unwrap() >= 1 && !alert["why"].as_array().unwrap().is_empty(), "{alert}");

    // Commands find the instance; its names are the district's.
    let alerts = place.json(&["alerts", "--json"]);
    assert!(!alerts.as_array().unwrap().is_empty());
    // The index gathers what it commits while the first days are played.
    until("posts are found", || place.json(&["search", "отопление", "--json"])["total"].as_u64().unwrap() > 0);
    assert!(place.run(&["search", "отопление"]).out.contains("Светлореченск"));
    let status = place.json(&["status", "--json"]);
    assert_eq!(status["sources"].as_array().unwrap().len(), 13);

    let second = place.run(&["run", "--sample"]);
    assert_eq!((second.code, second.out.as_str(), second.err.lines().count()), (1, "", 1), "{}", second.err);
    assert!(second.err.contains("занята"), "{}", second.err);

    for path in
        ["/healthz", "/readyz", "/metrics", "/api/status", "/api/alerts", "/api/search?query=%D0%B2%D0%BE%D0%B4%D0%B0"]
    {
        let (code, body) = running.get(path);
        assert!(code == 200 && !body.is_empty(), "{path}: {code} {body}");
    }
    let (code, home) = running.get("/?q=%D0%BE%D1%82%D0%BE%D0%BF%D0%BB%D0%B5%D0%BD%D0%B8%D0%B5");
    assert!(
        code == 200 && home.contains("Найдено: ") && home.contains("Открытые тревоги") && !home.contains("<script")
    );
    assert_eq!(running.get("/own/now").0, 404, "the operator's routes are not on the network");
    assert_eq!(running.get("/api/search?query=(").0, 400);

    let before = place.json(&["status", "--json"])["now"].as_str().unwrap().to_owned();
    assert_eq!(running.stop(), 0);
    let stopped = place.json(&["status", "--json"])["now"].as_str().unwrap().to_owned();
    let again = place.start(&["--config", &config]);
    let after = place.json(&["status", "--json"])["now"].as_str().unwrap().to_owned();
    assert!(before <= stopped && stopped <= after, "{before} {stopped} {after}");
    assert_eq!(again.stop(), 0);
}
