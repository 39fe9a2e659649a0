//! Metrics in Prometheus' text format (exposition format 0.0.4).
//!
//! What only grows while the process runs is a counter, whose name the format ends with `_total`. These four were gauges without it
//! before, and dashboards name them so: they are served under both names.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use listener::Traffic;
use prometheus_client::encoding::prometheus_text::{CONTENT_TYPE, encode};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::registry::Registry;

use crate::error::ApiError;
use crate::state::Web;
use crate::status::{AlertsStatus, FactsStatus, IndexStatus, PlatformHosts, RoleStatus, SourceStatus, Status};
use crate::work::{Work, Works};

/// `/metrics`.
pub async fn metrics(State(web): State<Web>) -> Result<Response, ApiError> {
    let status = (web.status)().await.map_err(ApiError::unavailable)?;
    let text = render(&status, &web.work, &listener::traffic()).map_err(ApiError::unavailable)?;
    Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response())
}

/// The one label of a sample.
type Label = [(&'static str, String); 1];

fn render(status: &Status, works: &Works, traffic: &[(&str, Traffic)]) -> Result<String, std::fmt::Error> {
    let mut registry = Registry::with_prefix("otklik");
    let out = &mut registry;
    gauge(out, "rule_set", "Number of the rule set in force", u64::from(status.rules));
    gauge(out, "journal_posts", "Distinct posts in the journal", status.journal.posts);
    gauge(out, "journal_up", "Whether the journal answers", u64::from(status.journal.error.is_none()));
    if let Some(bytes) = status.journal.bytes {
        gauge(out, "journal_bytes", "Bytes of the journal in use", bytes);
    }
    gauge(out, "dead_letters", "Messages that could not be understood", status.dead_letters);
    counter(out, "words_cached", "Words analysed from the cache since start", status.words.hits);
    counter(out, "words_looked_up", "Words looked up in the dictionary since start", status.words.misses);
    status.index.iter().for_each(|index| of_index(out, index));
    status.facts.iter().for_each(|facts| of_facts(out, facts));
    status.alerts.iter().for_each(|alerts| of_alerts(out, alerts));
    of_stages(out, &status.roles);
    of_sources(out, status);
    of_platforms(out, &status.hosts);
    of_work(out, works);
    of_listeners(out, traffic);
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

fn of_index(out: &mut Registry, index: &IndexStatus) {
    gauge(out, "index_docs", "Posts that can be found", index.docs);
    gauge(out, "index_bytes", "Bytes of the search index", index.bytes);
}

fn of_facts(out: &mut Registry, facts: &FactsStatus) {
    gauge(out, "facts_up", "Whether the figures answer", u64::from(facts.error.is_none()));
    if let Some(posts) = facts.posts {
        gauge(out, "facts_posts", "Posts that are counted", posts);
    }
}

fn of_alerts(out: &mut Registry, alerts: &AlertsStatus) {
    gauge(out, "alerts_open", "Open alerts", alerts.open);
    gauge(out, "outbox_pending", "Messages not yet accepted by their channel", alerts.pending);
    gauge(out, "outbox_sent", "Messages accepted by their channel", alerts.sent);
    gauge(out, "outbox_undelivered", "Messages that no address of their person took", alerts.undelivered);
    gauge(out, "outbox_critical_late", "Critical messages that did not arrive", alerts.critical_late);
}

/// A stage that runs in several processes is one here: its work is added up, it is as far behind as the last of them, and it works
/// where it does in all of them.
fn of_stages(out: &mut Registry, stages: &[RoleStatus]) {
    let mut by_name: BTreeMap<&str, [u64; 4]> = BTreeMap::new();
    for stage in stages {
        let [lag, done, refused, up] = by_name.entry(&stage.role).or_insert([0, 0, 0, 1]);
        *lag = (*lag).max(stage.lag);
        *done += stage.done;
        *refused += stage.refused;
        *up = (*up).min(u64::from(stage.error.is_none()));
    }
    let each = |n: usize| -> Vec<(Label, u64)> {
        by_name.iter().map(|(name, values)| ([("role", (*name).to_owned())], values[n])).collect()
    };
    gauges(out, "stage_lag", "Messages a stage has still before it", each(0));
    counters(out, "stage_done", "Messages a stage has done since start", each(1));
    counters(out, "stage_refused", "Messages a stage has refused since start", each(2));
    gauges(out, "stage_up", "Whether a stage works", each(3));
}

fn of_sources(out: &mut Registry, status: &Status) {
    let each = |value: &dyn Fn(&SourceStatus) -> Option<u64>| -> Vec<(Label, u64)> {
        let enabled = status.sources.iter().filter(|source| source.enabled);
        enabled.filter_map(|source| Some(([("source", source.id.clone())], value(source)?))).collect()
    };
    let failures = each(&|source| Some(source.failures.into()));
    gauges(out, "source_failures", "Polls of a source that failed in a row", failures);
    let now = status.now.as_second();
    let unseen = each(&|source| Some(u64::try_from(now - source.last_ok_at?.as_second()).unwrap_or(0)));
    gauges(out, "source_unseen_seconds", "Seconds since a source was last seen", unseen);
    let blocks = each(&|source| Some(source.blocks.into()));
    gauges(out, "source_blocks", "Blocks that looked like posts when a source was last read", blocks);
    let unread = each(&|source| Some(source.blocks_unread.into()));
    gauges(out, "source_blocks_unread", "Of these, not understood", unread);
}

fn of_platforms(out: &mut Registry, platforms: &[PlatformHosts]) {
    let up = |platform: &PlatformHosts| {
        ([("platform", platform.platform.as_str().to_owned())], u64::from(platform.down_since.is_none()))
    };
    let up = platforms.iter().map(up).collect();
    gauges(out, "platform_reachable", "Whether any host of a platform can be reached", up);
}

/// Of the process that answers: what its visitors ask for, and what had to wait.
fn of_work(out: &mut Registry, works: &Works) {
    let each = |value: fn(&Work) -> u64| -> Vec<(Label, u64)> {
        works.all().map(|(kind, work)| ([("kind", kind.to_owned())], value(work))).into()
    };
    gauges(out, "web_running", "Requests of a kind that are worked on", each(Work::running));
    gauges(out, "web_waiting", "Requests of a kind that wait for a place", each(Work::waiting));
    totals(out, "web_refused", "Requests of a kind refused because there were too many", each(Work::refused));
}

/// Of the process that answers, by what it listens for.
fn of_listeners(out: &mut Registry, traffic: &[(&str, Traffic)]) {
    let each = |value: fn(&Traffic) -> u64| -> Vec<(Label, u64)> {
        traffic.iter().map(|(name, seen)| ([("listener", (*name).to_owned())], value(seen))).collect()
    };
    gauges(out, "connections", "Connections that are open", each(|seen| seen.open));
    let refused = each(|seen| seen.refused);
    totals(out, "connections_refused", "Connections and requests refused because there were too many", refused);
    totals(out, "connections_evicted", "Idle connections closed to make room", each(|seen| seen.evicted));
    totals(
        out,
        "connections_slow",
        "Connections closed because nothing came or was taken in time",
        each(|seen| seen.slow),
    );
}

fn gauge(out: &mut Registry, name: &str, help: &str, value: u64) {
    out.register(name, help, ConstGauge::new(value));
}

fn gauges(out: &mut Registry, name: &str, help: &str, samples: Vec<(Label, u64)>) {
    let family = Family::<Label, Gauge<u64, AtomicU64>>::default();
    for (label, value) in &samples {
        family.get_or_create(label).set(*value);
    }
    out.register(name, help, family);
}

/// A counter, and the gauge of its former name.
fn counter(out: &mut Registry, name: &str, help: &str, value: u64) {
    gauge(out, name, help, value);
    out.register(name, help, ConstCounter::new(value));
}

/// Counters, and the gauges of their former name.
fn counters(out: &mut Registry, name: &str, help: &str, samples: Vec<(Label, u64)>) {
    totals(out, name, help, samples.clone());
    gauges(out, name, help, samples);
}

/// Counters.
fn totals(out: &mut Registry, name: &str, help: &str, samples: Vec<(Label, u64)>) {
    let family = Family::<Label, Counter>::default();
    for (label, value) in &samples {
        family.get_or_create(label).inc_by(*value);
    }
    out.register(name, help, family);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, lines: &[&str]) {
        for line in lines {
            assert!(text.lines().any(|written| written == *line), "{line} is missing in {text}");
        }
    }

    fn stage(role: &str, done: u64, error: Option<&str>) -> RoleStatus {
        RoleStatus { role: role.into(), lag: 7, done, error: error.map(Into::into), ..RoleStatus::default() }
    }

    fn rendered(status: &Status) -> String {
        render(status, &Works::default(), &[]).unwrap()
    }

    #[test]
    fn connections_are_told_by_listener_and_what_waits_by_kind() {
        let seen = Traffic { open: 3, refused: 2, evicted: 1, slow: 4 };
        let text = render(&Status::default(), &Works::default(), &[("page", seen)]).unwrap();
        check(
            &text,
            &[
                "otklik_connections{listener=\"page\"} 3",
                "otklik_connections_refused_total{listener=\"page\"} 2",
                "otklik_connections_evicted_total{listener=\"page\"} 1",
                "otklik_connections_slow_total{listener=\"page\"} 4",
                "otklik_web_running{kind=\"export\"} 0",
                "otklik_web_waiting{kind=\"search\"} 0",
                "otklik_web_refused_total{kind=\"figures\"} 0",
            ],
        );
    }

    #[test]
    fn every_sample_has_a_type_and_labels_are_escaped() {
        let status = Status { roles: vec![stage("a\"b", 3, None)], ..Status::default() };
        let text = rendered(&status);
        check(
            &text,
            &["# TYPE otklik_stage_lag gauge", "otklik_stage_lag{role=\"a\\\"b\"} 7", "otklik_dead_letters 0"],
        );
        check(&text, &["# HELP otklik_rule_set Number of the rule set in force."]);
    }

    #[test]
    fn counters_are_counters_and_keep_their_former_names_beside() {
        let words = crate::status::WordsStatus { hits: 5, misses: 2 };
        let status = Status { roles: vec![stage("search", 3, None)], words, ..Status::default() };
        let text = rendered(&status);
        for (name, label, value) in [
            ("stage_done", "{role=\"search\"}", 3),
            ("stage_refused", "{role=\"search\"}", 0),
            ("words_cached", "", 5),
            ("words_looked_up", "", 2),
        ] {
            check(
                &text,
                &[
                    &format!("# TYPE otklik_{name}_total counter"),
                    &format!("otklik_{name}_total{label} {value}"),
                    &format!("# TYPE otklik_{name} gauge"),
                    &format!("otklik_{name}{label} {value}"),
                ],
            );
        }
    }

    #[test]
    fn a_stage_of_several_processes_is_one() {
        let roles = vec![stage("classify", 3, None), stage("classify", 4, Some("away"))];
        let text = rendered(&Status { roles, ..Status::default() });
        check(
            &text,
            &[
                "otklik_stage_lag{role=\"classify\"} 7",
                "otklik_stage_done_total{role=\"classify\"} 7",
                "otklik_stage_up{role=\"classify\"} 0",
            ],
        );
    }
}
