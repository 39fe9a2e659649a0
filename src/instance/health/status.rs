//! How an instance is doing.

use std::collections::BTreeMap;
use std::sync::Arc;

use journal::Sizes;
use store::search::{Rebuilding, SearchIndex};
use web::{
    AlertsStatus, FactsStatus, Host, IndexStatus, JournalStatus, PlatformHosts, RebuildingStatus, RoleStatus,
    SourceStatus, Status, WordsStatus,
};

use super::lag::lags;
use crate::instance::Instance;
use crate::instance::stages::threads::StageState;
use crate::roles::Role;

impl Instance {
    /// How the parts opened here are doing. Fails only where a part of this process cannot be read; a journal that is away is
    /// a state like others.
    pub async fn status(&self) -> anyhow::Result<Status> {
        let (journal, stages) = (Arc::clone(&self.journal), self.stages.states());
        let (states, index, alerts) = (stages.clone(), self.index.clone(), self.alerts.clone());
        // The files block.
        let asked = tokio::task::spawn_blocking(move || {
            let of_journal = || Ok((journal.sizes()?, lags(&*journal, &states)?));
            let index = index.as_ref().map(index_status).transpose();
            (of_journal(), index, alerts.as_ref().map(alerts_status).transpose())
        });
        let (of_journal, index, alerts) = asked.await?;
        let (journal, dead_letters, lags) = match of_journal {
            Ok((Sizes { posts, bytes, dead_letters }, lags)) => {
                (JournalStatus { posts, bytes, error: None }, dead_letters, lags)
            }
            Err(error) => {
                let error: journal::Error = error;
                (JournalStatus { error: Some(error.to_string()), ..JournalStatus::default() }, 0, BTreeMap::new())
            }
        };
        let facts = match &self.facts {
            None => None,
            Some(facts) => Some(match facts.counted().await {
                Ok(posts) => FactsStatus { posts: Some(posts), error: None },
                Err(error) => FactsStatus { posts: None, error: Some(error.to_string()) },
            }),
        };
        let text::CacheStats { hits, misses } = text::CacheStats::of_process();
        Ok(Status {
            words: WordsStatus { hits, misses },
            version: env!("CARGO_PKG_VERSION").into(),
            node: if self.peers.is_some() { self.folder.node()? } else { String::new() },
            now: (self.clock)(),
            timezone: self.config.timezone().iana_name().map(str::to_owned),
            rules: self.rules,
            journal,
            index: index?,
            facts,
            alerts: alerts?,
            archive: self.emptied()?,
            dead_letters,
            sources: self.sources(),
            hosts: self.hosts(),
            roles: self.stage_statuses(stages, &lags),
        })
    }

    /// How all roles are doing: those here, and the others in processes of their own.
    pub async fn whole_status(&self) -> anyhow::Result<Status> {
        let mut whole = self.status().await?;
        let Some(peers) = &self.peers else {
            return Ok(whole);
        };
        let asked = peers.all().into_iter().map(|(role, address)| async move {
            let answer = peers.get::<Status>(&address, "/internal/status").await;
            (role, address, answer)
        });
        for (role, address, answer) in futures_util::future::join_all(asked).await {
            match answer {
                // This process itself, at its own address.
                Ok(other) if other.node == whole.node => {
                    let own = whole.roles.iter_mut().filter(|role| role.node.is_none());
                    own.for_each(|role| role.node = Some(address.clone()));
                }
                Ok(other) => add(&mut whole, address, other),
                Err(error) => whole.roles.push(RoleStatus {
                    role: role.name().into(),
                    node: Some(address),
                    error: Some(error),
                    ..RoleStatus::default()
                }),
            }
        }
        Ok(whole)
    }

    /// Whether this process does its work: its stages, and for the page the roles whose answers it hands on.
    pub async fn readiness(&self) -> anyhow::Result<Status> {
        let mut own = self.status().await?;
        if let Some(peers) = self.peers.as_ref().filter(|_| self.roles.contains(&Role::Web)) {
            for role in [Role::Store, Role::Alerts].into_iter().filter(|role| !self.roles.contains(role)) {
                if let Err(error) = peers.reachable(role).await {
                    let role = role.name().into();
                    own.roles.push(RoleStatus { role, error: Some(error), ..RoleStatus::default() });
                }
            }
        }
        Ok(own)
    }

    /// Whether yesterday is in: every source that is due was polled since the day began, and no stage has messages before it.
    /// A digest made earlier, just after a start, would report a silence that is only ours.
    pub async fn has_caught_up(&self) -> bool {
        // What one process had passed on when it was asked, another may not yet have had when it was: it has the second time.
        self.looks_caught_up().await && self.looks_caught_up().await
    }

    async fn looks_caught_up(&self) -> bool {
        let now = (self.clock)();
        let midnight = now.to_zoned_datetime(self.config.timezone().clone()).start_of_day();
        let Ok(midnight) = midnight.map(|start| start.timestamp()) else {
            return false;
        };
        let Ok(status) = self.whole_status().await else {
            return false;
        };
        let waiting = status.sources.iter().filter(|source| source.enabled).any(|source| {
            let seen_today = source.last_at.is_some_and(|at| at >= midnight);
            !seen_today && source.next_at.is_none_or(|next| next <= now)
        });
        !waiting && status.journal.error.is_none() && status.roles.iter().all(|role| role.lag == 0)
    }

    /// Whether every stage here has done everything. Fails where a stage fails: waiting for it would be in vain.
    pub fn is_idle(&self) -> anyhow::Result<bool> {
        let stages = self.stages.states();
        if let Some((stage, error)) = stages.iter().find_map(|(name, state)| Some((name, state.error.as_ref()?))) {
            anyhow::bail!("the stage {stage} failed: {error}");
        }
        Ok(lags(&*self.journal, &stages)?.values().all(|lag| *lag == 0))
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
                blocks: polled.map_or(0, |polled| polled.blocks),
                blocks_unread: polled.map_or(0, |polled| polled.blocks_unread),
            }
        };
        self.config.sources.iter().map(line).collect()
    }

    fn hosts(&self) -> Vec<PlatformHosts> {
        let host = |host: ingest::HostStatus| Host { host: host.host, failed_at: host.failed_at, reason: host.reason };
        let platform = |known: ingest::PlatformStatus| PlatformHosts {
            platform: known.platform,
            asked: known.asked,
            down_since: known.down_since,
            next_at: known.next_at,
            hosts: known.hosts.into_iter().map(host).collect(),
        };
        self.collector.iter().flat_map(|collector| collector.hosts()).map(platform).collect()
    }

    fn stage_statuses(
        &self,
        stages: BTreeMap<&'static str, StageState>,
        lags: &BTreeMap<&'static str, u64>,
    ) -> Vec<RoleStatus> {
        let ingest = self.collector.iter().map(|_| RoleStatus { role: "ingest".into(), ..RoleStatus::default() });
        let stages = stages.into_iter().map(|(name, state)| RoleStatus {
            role: name.into(),
            node: None,
            lag: lags.get(name).copied().unwrap_or(0),
            position: state.checkpoint.to_string(),
            done: state.done,
            refused: state.refused,
            error: state.error,
        });
        ingest.chain(stages).collect()
    }
}

/// Adds the status of another process: its stages, and the parts that are not here.
fn add(whole: &mut Status, address: String, other: Status) {
    whole.rules = whole.rules.max(other.rules);
    whole.index = whole.index.take().or(other.index);
    whole.alerts = whole.alerts.take().or(other.alerts);
    whole.archive = whole.archive.or(other.archive);
    // Several processes ask the figures: an answer is better than none.
    if whole.facts.as_ref().is_none_or(|facts| facts.posts.is_none()) {
        whole.facts = other.facts.or(whole.facts.take());
    }
    for source in other.sources.into_iter().filter(|source| source.last_at.is_some() || source.next_at.is_some()) {
        match whole.sources.iter_mut().find(|known| known.id == source.id) {
            Some(known) => *known = source,
            None => whole.sources.push(source),
        }
    }
    if whole.hosts.is_empty() {
        whole.hosts = other.hosts;
    }
    // A process that does not reach the journal does not know what waits for it.
    let unknown = other.journal.error;
    whole.roles.extend(other.roles.into_iter().map(|role| RoleStatus {
        node: Some(address.clone()),
        error: role.error.or_else(|| unknown.clone()),
        ..role
    }));
}

fn index_status(index: &SearchIndex) -> anyhow::Result<IndexStatus> {
    let rebuilding = index.rebuilding().map(|Rebuilding { done, total }| RebuildingStatus { done, total });
    Ok(IndexStatus { docs: index.docs()?, bytes: index.disk_bytes()?, rebuilding })
}

fn alerts_status(alerts: &alerts::Alerts) -> Result<AlertsStatus, alerts::AlertError> {
    let outbox = alerts.outbox()?;
    Ok(AlertsStatus {
        open: alerts.open_count()?,
        pending: outbox.pending,
        sent: outbox.sent,
        unconfirmed: outbox.unconfirmed,
        undelivered: outbox.undelivered,
        critical_late: outbox.critical_late,
    })
}
