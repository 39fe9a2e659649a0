//! Metrics in Prometheus' text format (exposition format 0.0.4).

use std::fmt::Write;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::api::ApiError;
use crate::{Status, Web};

/// `/metrics`.
pub async fn metrics(State(web): State<Web>) -> Result<Response, ApiError> {
    let status = (web.status)().await.map_err(ApiError::unavailable)?;
    let text = render(&status);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}

fn render(status: &Status) -> String {
    let mut out = String::new();
    let mut gauge = |name: &str, help: &str, samples: Vec<(String, f64)>| {
        let _ = writeln!(out, "# HELP otklik_{name} {help}\n# TYPE otklik_{name} gauge");
        for (labels, value) in samples {
            let _ = writeln!(out, "otklik_{name}{labels} {value}");
        }
    };
    let one = |value: u64| vec![(String::new(), value as f64)];
    gauge("rule_set", "Number of the rule set in force.", one(status.rules.into()));
    gauge("journal_posts", "Distinct posts in the journal.", one(status.journal.posts));
    gauge("journal_up", "Whether the journal answers.", one(u64::from(status.journal.error.is_none())));
    if let Some(bytes) = status.journal.bytes {
        gauge("journal_bytes", "Bytes of the journal in use.", one(bytes));
    }
    gauge("dead_letters", "Messages that could not be understood.", one(status.dead_letters));
    gauge("words_cached", "Words analysed from the cache since start.", one(status.words.hits));
    gauge("words_looked_up", "Words looked up in the dictionary since start.", one(status.words.misses));
    if let Some(index) = &status.index {
        gauge("index_docs", "Posts that can be found.", one(index.docs));
        gauge("index_bytes", "Bytes of the search index.", one(index.bytes));
    }
    if let Some(facts) = &status.facts {
        gauge("facts_up", "Whether the figures answer.", one(u64::from(facts.error.is_none())));
        if let Some(posts) = facts.posts {
            gauge("facts_posts", "Posts that are counted.", one(posts));
        }
    }
    if let Some(alerts) = &status.alerts {
        gauge("alerts_open", "Open alerts.", one(alerts.open));
        gauge("outbox_pending", "Messages not yet accepted by their channel.", one(alerts.pending));
        gauge("outbox_sent", "Messages accepted by their channel.", one(alerts.sent));
        gauge("outbox_undelivered", "Messages that no address of their person took.", one(alerts.undelivered));
        gauge("outbox_critical_late", "Critical messages that did not arrive.", one(alerts.critical_late));
    }
    let by_role = |value: fn(&crate::RoleStatus) -> f64| {
        status.roles.iter().map(|role| (labels("role", &role.role), value(role))).collect::<Vec<_>>()
    };
    gauge("stage_lag", "Messages a stage has still before it.", by_role(|role| role.lag as f64));
    gauge("stage_done", "Messages a stage has done since start.", by_role(|role| role.done as f64));
    gauge("stage_refused", "Messages a stage has refused since start.", by_role(|role| role.refused as f64));
    gauge("stage_up", "Whether a stage works.", by_role(|role| f64::from(u8::from(role.error.is_none()))));
    let enabled = || status.sources.iter().filter(|source| source.enabled);
    gauge(
        "source_failures",
        "Polls of a source that failed in a row.",
        enabled().map(|source| (labels("source", &source.id), f64::from(source.failures))).collect(),
    );
    let now = status.now.as_second();
    let age = |source: &crate::SourceStatus| Some((now - source.last_ok_at?.as_second()) as f64);
    gauge(
        "source_unseen_seconds",
        "Seconds since a source was last seen.",
        enabled().filter_map(|source| Some((labels("source", &source.id), age(source)?))).collect(),
    );
    let by_source = |value: fn(&crate::SourceStatus) -> u32| {
        enabled().map(|source| (labels("source", &source.id), f64::from(value(source)))).collect::<Vec<_>>()
    };
    let blocks = "Blocks that looked like posts when a source was last read.";
    gauge("source_blocks", blocks, by_source(|source| source.blocks));
    gauge("source_blocks_unread", "Of these, not understood.", by_source(|source| source.blocks_unread));
    out
}

/// A label with its value escaped.
fn labels(name: &str, value: &str) -> String {
    let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("{{{name}=\"{value}\"}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_has_a_type_and_labels_are_escaped() {
        let status = Status {
            roles: vec![crate::RoleStatus { role: "a\"b".into(), lag: 7, ..Default::default() }],
            ..Status::default()
        };
        let text = render(&status);
        assert!(text.contains("# TYPE otklik_stage_lag gauge\notklik_stage_lag{role=\"a\\\"b\"} 7\n"), "{text}");
        assert!(text.contains("otklik_dead_letters 0\n"));
    }
}
