//! One test for each route: its status, its content type, and the shape of its answer.

use serde_json::json;

use super::fixture::{Answer, Served};

const JSON: &str = "application/json";
const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

/// A route under test.
fn route(path: &'static str) -> Asked {
    Asked { served: Served::new(), path }
}

struct Asked {
    served: Served,
    path: &'static str,
}

impl Asked {
    /// GET of the route with a query, answered well.
    #[track_caller]
    fn get(&self, query: &str, kind: &str) -> Answer {
        self.answers("GET", &format!("{}{query}", self.path), 200, kind)
    }

    /// A request that is answered with a status.
    #[track_caller]
    fn answers(&self, method: &str, path: &str, status: u16, kind: &str) -> Answer {
        let answer = self.served.ask(method, path);
        assert_eq!((answer.status, answer.kind.as_str()), (status, kind), "{method} {path}: {}", answer.body);
        answer
    }
}

#[track_caller]
fn contains(answer: &Answer, parts: &[&str]) {
    for part in parts {
        assert!(answer.body.contains(part), "{part} is missing in {}", answer.body);
    }
}

#[test]
fn the_page_shows_alerts_what_was_not_seen_and_hits() {
    let page = route("/");
    let home = page.get("", HTML);
    contains(&home, &["Открытые тревоги", "Горит &#60;b&#62;дом", "24.11.2026 12:30"]);
    let found = page.get("?q=%D0%BF%D1%80%D0%B0%D0%B7%D0%B4%D0%BD%D0%B8%D0%BA", HTML);
    contains(&found, &["Найдено: 1", "Спасибо за праздник"]);
    let wrong = page.get("?from=yesterday", HTML);
    contains(&wrong, &["не понимаю дату"]);
}

#[test]
fn the_digest_of_a_day_is_a_page() {
    let digest = route("/digest/{date}");
    contains(&digest.answers("GET", "/digest/2026-11-23", 200, HTML), &["Сводка за 23.11.2026", "<svg"]);
    digest.answers("GET", "/digest/today", 400, TEXT);
}

#[test]
fn a_process_that_answers_is_healthy() {
    assert_eq!(route("/healthz").get("", TEXT).body, "ok\n");
}

#[test]
fn a_process_whose_stages_work_is_ready() {
    assert_eq!(route("/readyz").get("", TEXT).body, "ready\n");
}

#[test]
fn metrics_are_prometheus_text() {
    let metrics = route("/metrics").get("", "text/plain; version=0.0.4; charset=utf-8");
    contains(&metrics, &["# TYPE otklik_stage_done_total counter\n", "\notklik_stage_done{role=\"search\"} 2\n"]);
}

#[test]
fn a_search_gives_a_page_of_hits_and_a_bad_query_its_reason() {
    let search = route("/api/search");
    let found = search.get("?query=%D0%B4%D0%BE%D0%BC", JSON).json();
    assert_eq!((&found["total"], &found["hits"][0]["id"]), (&json!(1), &json!("vk:-1_1")), "{found}");
    let wrong = search.answers("GET", "/api/search?query=(", 400, JSON).json();
    assert!(wrong["error"].as_str().is_some_and(|reason| reason.contains('^')), "{wrong}");
}

#[test]
fn facets_count_what_a_search_finds() {
    let facets = route("/api/facets");
    let counts = facets.get("", JSON).json();
    assert_eq!(counts["total"], 2, "{counts}");
    facets.answers("GET", "/api/facets?query=(", 400, JSON);
}

#[test]
fn a_conversation_is_found_by_its_post_and_by_any_comment() {
    let thread = route("/api/thread");
    let found = thread.get("?id=vk:-1_1", JSON).json();
    let expect = json!({"root": "vk:-1_1", "total": 0, "comments": []});
    for (field, value) in expect.as_object().unwrap() {
        assert_eq!(&found[field], value, "{found}");
    }
    assert_eq!(found["post"]["id"], "vk:-1_1");
    assert_eq!(thread.get("?id=https://vk.ru/wall-1_1?reply=7", JSON).json(), found, "a comment that nobody has read");
    thread.answers("GET", "/api/thread?id=vk:-1_99", 404, JSON);
    thread.answers("GET", "/api/thread?id=water", 400, JSON);
    thread.answers("GET", "/api/thread", 400, JSON);
}

#[test]
fn an_export_has_a_line_for_each_hit() {
    let export = route("/api/search.csv");
    let csv = export.get("", "text/csv; charset=utf-8");
    assert!(csv.body.starts_with("\u{feff}Опубликовано;Источник;"), "{}", csv.body);
    assert_eq!(csv.body.lines().count(), 3, "{}", csv.body);
    export.answers("GET", "/api/search.csv?query=(", 400, JSON);
}

#[test]
fn alerts_are_listed() {
    let alerts = route("/api/alerts");
    let open = alerts.get("", JSON).json();
    assert_eq!((&open[0]["kind"], &open[0]["post_ids"]), (&json!("fire"), &json!(["vk:-1_1"])), "{open}");
    assert_eq!(alerts.get("?all=true", JSON).json().as_array().map(Vec::len), Some(1));
    alerts.answers("GET", "/api/alerts?all=maybe", 400, JSON);
    alerts.answers("GET", "/api/alerts?after=never", 400, JSON);
    let id = open[0]["id"].as_str().unwrap();
    assert_eq!(alerts.get(&format!("?id={id}"), JSON).json(), open);
    assert_eq!(alerts.get("?id=nothing", JSON).json(), json!([]));
    // The cursor of the one alert there is: nothing follows it.
    let opened: model::Time = open[0]["opened_at"].as_str().unwrap().parse().unwrap();
    let after = format!("?after=alert.{}.{id}", opened.as_millisecond());
    assert_eq!(alerts.get(&after, JSON).json(), json!([]));
}

#[test]
fn silences_and_causes_are_listed_with_what_they_held_back() {
    let quiet = route("/api/alerts/quiet").get("?days=7", JSON).json();
    assert_eq!(quiet, json!({ "silences": [], "causes": [], "suppressed": [] }));
}

#[test]
fn rules_are_listed_by_their_false_alarms() {
    let noisy = route("/api/alerts/noisy").get("", JSON).json();
    assert!(noisy.as_array().is_some_and(|rules| rules.iter().all(|rule| rule["false_alarms"] == 0)), "{noisy}");
}

#[test]
fn the_audit_is_listed() {
    let audit = route("/api/audit");
    let entries = audit.get("", JSON).json();
    assert_eq!((&entries[0]["n"], &entries[0]["what"]), (&json!(1), &json!("raised")), "{entries}");
    assert_eq!(audit.get("?subject=nothing", JSON).json(), json!([]));
    // Page by page, back from the newest.
    let count = entries.as_array().unwrap().len();
    let (mut read, mut next) = (0, Some("/api/audit?limit=1".to_owned()));
    while let Some(path) = next {
        let page = audit.answers("GET", &path, 200, JSON);
        read += page.json().as_array().unwrap().len();
        next = page.link.map(|link| link.trim_start_matches('<').replace(">; rel=\"next\"", ""));
    }
    assert_eq!(read, count);
}

#[test]
fn the_audit_is_verified() {
    let check = route("/api/audit/verify").get("", JSON).json();
    assert!(check["broken_at"].is_null() && check["entries"].as_u64() > Some(0), "{check}");
}

#[test]
fn a_link_from_a_letter_asks_and_a_forged_one_is_not_found() {
    // That it acts once when it is confirmed is tested beside it.
    let act = route("/act/{token}");
    let link = act.served.link.clone();
    contains(&act.answers("GET", &link, 200, HTML), &["<button>", "Анна"]);
    act.answers("GET", "/act/ack.forged", 404, HTML);
    act.answers("POST", "/act/ack.forged", 404, HTML);
}

#[test]
fn a_digest_is_json_text_or_a_page() {
    let digest = route("/api/digest");
    let figures = digest.get("?date=2026-11-23", JSON).json();
    assert_eq!((&figures["date"], &figures["posts"]), (&json!("2026-11-23"), &json!(1)), "{figures}");
    contains(&digest.get("?date=2026-11-23&format=text", TEXT), &["23.11.2026"]);
    contains(&digest.get("?date=2026-11-23&format=html", HTML), &["<svg"]);
    digest.answers("GET", "/api/digest", 400, JSON);
}

#[test]
fn figures_are_counted() {
    let figures = route("/api/figures");
    let counted = figures.get("?from=2026-11-23T00:00:00Z&to=2026-11-25T00:00:00Z", JSON).json();
    let posts: u64 = counted.as_array().unwrap().iter().filter_map(|figure| figure["posts"].as_u64()).sum();
    assert_eq!(posts, 2, "{counted}");
    figures.answers("GET", "/api/figures?from=never", 400, JSON);
}

#[test]
fn the_ledger_of_a_day_names_every_source() {
    let sources = route("/api/sources");
    let ledger = sources.get("?day=2026-11-24", JSON).json();
    assert_eq!((&ledger["day"], &ledger["sources"][0]["source"]), (&json!("2026-11-24"), &json!("city")), "{ledger}");
    assert_eq!(ledger["sources"][0]["polls"], 1, "{ledger}");
    sources.answers("GET", "/api/sources?day=never", 400, JSON);
}

#[test]
fn the_status_names_each_stage() {
    let status = route("/api/status").get("", JSON).json();
    assert_eq!((&status["roles"][0]["role"], &status["now"]), (&json!("search"), &json!("2026-11-24T09:30:00Z")));
}
