//! The measurements measure: what they print is there, and every part of it was at work.

use serde_json::Value;

use crate::support::Place;

#[track_caller]
fn check(args: &[&str], stages: &[&str]) {
    let place = Place::new();
    let file = place.file("texts", &(0..50).map(|n| format!("Нет воды в доме {n}\n")).collect::<String>());
    let args = [&["bench", "--posts", "1000", "--rate", "1000", "--json", "--input", &file], args].concat();
    let report = place.json(&args);
    let positive = |path: &str| {
        let value = path.split('.').fold(&report, |value, name| &value[name]);
        assert!(value.as_f64().is_some_and(|number| number > 0.0), "{path}: {report:#}");
    };
    let paths = ["posts_per_s", "tantivy_posts_per_s", "share", "peak_rss_mb", "bytes_per_post.journal"];
    let latencies = ["searchable.p50", "searchable.p99", "alert.p50", "alert.p99"];
    paths.into_iter().for_each(positive);
    latencies.iter().for_each(|name| positive(&format!("latency_ms.{name}")));
    // Appending so few posts may end between two looks at the processor's time.
    let measured = report["stages"].as_object().unwrap();
    assert!(stages.iter().all(|stage| measured.contains_key(*stage)), "{measured:?}");
    let share: f64 =
        report["stages"].as_object().unwrap().values().filter_map(|stage| stage["time_share"].as_f64()).sum();
    assert!((share - 1.0).abs() < 1e-6, "{report:#}");
}

#[test]
fn the_whole_path_is_measured_over_the_embedded_journal() {
    check(&[], &["alerts", "classify", "facts", "search"]);
}

#[test]
fn the_whole_path_is_measured_over_a_kafka_of_its_own() {
    check(&["--backend", "kafka"], &["alerts", "classify", "facts", "search"]);
}

#[test]
fn searches_are_measured_over_http() {
    let place = Place::new();
    let report = place.json(&["bench", "search", "--posts", "1000", "--searches", "10", "--json"]);
    let kinds: Vec<&String> = report["searches"].as_object().unwrap().keys().collect();
    assert_eq!(kinds, ["facets", "filter_date_sort", "phrase", "proximity", "word"]);
    for (kind, measured) in report["searches"].as_object().unwrap() {
        for (call, at) in [("http_ms", "p50"), ("http_ms", "p99"), ("tantivy_ms", "p99")] {
            assert!(measured[call][at].as_f64().is_some_and(|ms| ms > 0.0), "{kind}: {measured}");
        }
        let with_posts = &measured["tantivy_with_posts_ms"]["p50"];
        assert_eq!(with_posts.is_null(), kind == "facets", "{kind}: {measured}");
    }
    assert!(report["round_trip_ms"]["p50"].as_f64().is_some_and(|ms| ms > 0.0), "{report}");
    assert!(report["docs"].as_u64().is_some_and(|docs| docs > 900), "{report}");
    assert_ne!(report["index_bytes"], Value::Null);
}
