//! How an instance is doing.

use journal::Journal;
use store::search::SearchIndex;
use web::{AlertsStatus, FactsStatus, IndexStatus, JournalStatus, RoleStatus, SourceStatus, Status, WordsStatus};

use super::Instance;

impl Instance {
    /// How the parts opened here are doing. Fails only where the journal itself cannot be read.
    pub async fn status(&self) -> anyhow::Result<Status> {
        let sizes = self.journal.sizes()?;
        let facts = match &self.facts {
            None => None,
            Some(facts) => Some(match facts.count().await {
                Ok(posts) => FactsStatus { posts: Some(posts), error: None },
                Err(error) => FactsStatus { posts: None, error: Some(error.to_string()) },
            }),
        };
        let text::CacheStats { hits, misses } = text::CacheStats::of_process();
        Ok(Status {
            words: WordsStatus { hits, misses },
            version: env!("CARGO_PKG_VERSION").into(),
            now: (self.clock)(),
            rules: self.rules,
            journal: JournalStatus { posts: sizes.posts, bytes: sizes.bytes },
            index: self.index.as_ref().map(index_status).transpose()?,
            facts,
            alerts: self.alerts.as_ref().map(alerts_status).transpose()?,
            dead_letters: sizes.dead_letters,
            sources: self.sources(),
            roles: self.roles()?,
        })
    }

    /// Whether yesterday is in: every source that is due was polled since the day began, and no stage has messages before it.
    /// A digest made earlier, just after a start, would tell of a silence that is ours.
    pub fn has_caught_up(&self) -> bool {
        let now = (self.clock)();
        let midnight = now.to_zoned_datetime(self.config.timezone().clone()).start_of_day();
        let Ok(midnight) = midnight.map(|start| start.timestamp()) else {
            return false;
        };
        let polled = self.collector.as_ref().map(|collector| collector.status()).unwrap_or_default();
        let waiting = polled.iter().filter(|source| source.enabled).any(|source| {
            let seen_today = source.last_at.is_some_and(|at| at >= midnight);
            !seen_today && source.next_at.is_none_or(|next| next <= now)
        });
        !waiting && self.roles().is_ok_and(|roles| roles.iter().all(|role| role.lag == 0))
    }

    fn sources(&self) -> Vec<SourceStatus> {
        let polled = self.collector.as_ref().map(|collector| collector.status()).unwrap_or_default();
        let line = |source: &config::Source| {
            let polled = polled.iter().find(|polled| polled.id == source.id);
            SourceStatus {
                id: source.id.clone(),
                name: source.name.clone(),
                platform: source.platform(),
                enabled: source.enabled,
                last_at: polled.and_then(|polled| polled.last_at),
                last_ok_at: polled.and_then(|polled| polled.last_ok_at),
                outcome: polled.and_then(|polled| polled.outcome.clone()),
                detail: polled.and_then(|polled| polled.detail.clone()),
                failures: polled.map_or(0, |polled| polled.failures),
                next_at: polled.and_then(|polled| polled.next_at),
                failing_since: polled.and_then(|polled| polled.failing_since),
                latency_s: polled.and_then(|polled| polled.latency_s),
            }
        };
        self.config.sources.iter().map(line).collect()
    }

    fn roles(&self) -> anyhow::Result<Vec<RoleStatus>> {
        let mut roles = Vec::new();
        if self.collector.is_some() {
            roles.push(RoleStatus { role: "ingest".into(), ..RoleStatus::default() });
        }
        for (name, state) in self.stages.states() {
            roles.push(RoleStatus {
                role: name.into(),
                lag: state.checkpoint.behind(&self.journal.end(state.stream)?),
                position: state.checkpoint.to_string(),
                done: state.done,
                refused: state.refused,
                error: state.error,
            });
        }
        Ok(roles)
    }
}

fn index_status(index: &SearchIndex) -> anyhow::Result<IndexStatus> {
    Ok(IndexStatus { docs: index.docs()?, bytes: index.disk_bytes()? })
}

fn alerts_status(alerts: &alerts::Alerts) -> Result<AlertsStatus, alerts::AlertError> {
    let outbox = alerts.outbox()?;
    let open = alerts.list(alerts::Filter { open: true, ..Default::default() })?.len() as u64;
    Ok(AlertsStatus { open, pending: outbox.pending, sent: outbox.sent })
}
