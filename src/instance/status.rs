//! How an instance is doing.

use std::collections::BTreeMap;
use std::sync::Arc;

use journal::{Checkpoint, Journal, Stream};
use store::search::SearchIndex;
use web::{AlertsStatus, FactsStatus, IndexStatus, JournalStatus, RoleStatus, SourceStatus, Status, WordsStatus};

use super::Instance;
use crate::cli::Role;

impl Instance {
    /// How the parts opened here are doing. Fails only where a part of this process cannot be read; a journal that is away is
    /// a state like others.
    pub async fn status(&self) -> anyhow::Result<Status> {
        let journal = Arc::clone(&self.journal);
        let asked = tokio::task::spawn_blocking(move || match journal.sizes() {
            Ok(sizes) => (Ok(sizes), ends(&*journal)),
            // It is away: no need to wait for that twice.
            Err(error) => (Err(error), BTreeMap::new()),
        });
        let (sizes, ends) = asked.await?;
        let (journal, dead_letters) = match sizes {
            Ok(sizes) => (JournalStatus { posts: sizes.posts, bytes: sizes.bytes, error: None }, sizes.dead_letters),
            Err(error) => (JournalStatus { error: Some(error.to_string()), ..JournalStatus::default() }, 0),
        };
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
            node: if self.peers.is_some() { self.folder.node()? } else { String::new() },
            now: (self.clock)(),
            rules: self.rules,
            journal,
            index: self.index.as_ref().map(index_status).transpose()?,
            facts,
            alerts: self.alerts.as_ref().map(alerts_status).transpose()?,
            dead_letters,
            sources: self.sources(),
            roles: self.roles(&ends),
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
                Ok(other) => join(&mut whole, address, other),
                Err(error) => whole.roles.push(RoleStatus {
                    role: super::peers::name(role).into(),
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
        if let Some(peers) = self.peers.as_ref().filter(|_| self.parts.contains(&Role::Web)) {
            for role in [Role::Store, Role::Alerts].into_iter().filter(|role| !self.parts.contains(role)) {
                if let Err(error) = peers.reachable(role).await {
                    let role = super::peers::name(role).into();
                    own.roles.push(RoleStatus { role, error: Some(error), ..RoleStatus::default() });
                }
            }
        }
        Ok(own)
    }

    /// Whether yesterday is in: every source that is due was polled since the day began, and no stage has messages before it.
    /// A digest made earlier, just after a start, would tell of a silence that is ours.
    pub async fn has_caught_up(&self) -> bool {
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

    /// Whether every stage here has done all that there is. Fails where a stage does: it would be waited for in vain.
    pub fn is_idle(&self) -> anyhow::Result<bool> {
        let ends = Stream::ALL.into_iter().map(|stream| Ok((stream, self.journal.end(stream)?)));
        let roles = self.roles(&ends.collect::<Result<_, journal::Error>>()?);
        if let Some((role, error)) = roles.iter().find_map(|role| Some((&role.role, role.error.as_ref()?))) {
            anyhow::bail!("the stage {role} failed: {error}");
        }
        Ok(roles.iter().all(|role| role.lag == 0))
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

    fn roles(&self, ends: &BTreeMap<Stream, Checkpoint>) -> Vec<RoleStatus> {
        let ingest = self.collector.iter().map(|_| RoleStatus { role: "ingest".into(), ..RoleStatus::default() });
        let stages = self.stages.states().into_iter().map(|(name, state)| RoleStatus {
            role: name.into(),
            node: None,
            lag: ends.get(&state.stream).map_or(0, |end| state.lag(end)),
            position: state.checkpoint.to_string(),
            done: state.done,
            refused: state.refused,
            error: state.error,
        });
        ingest.chain(stages).collect()
    }
}

/// Takes in the status of another process: its stages, and the parts that are not here.
fn join(whole: &mut Status, address: String, other: Status) {
    whole.rules = whole.rules.max(other.rules);
    whole.index = whole.index.take().or(other.index);
    whole.alerts = whole.alerts.take().or(other.alerts);
    // The figures are asked by several and written by one: a number is better than none.
    if whole.facts.as_ref().is_none_or(|facts| facts.posts.is_none()) {
        whole.facts = other.facts.or(whole.facts.take());
    }
    for source in other.sources.into_iter().filter(|source| source.last_at.is_some() || source.next_at.is_some()) {
        match whole.sources.iter_mut().find(|known| known.id == source.id) {
            Some(known) => *known = source,
            None => whole.sources.push(source),
        }
    }
    whole.roles.extend(other.roles.into_iter().map(|role| RoleStatus { node: Some(address.clone()), ..role }));
}

/// Where the streams end; those that do not answer are left out.
fn ends(journal: &dyn Journal) -> BTreeMap<Stream, Checkpoint> {
    Stream::ALL.into_iter().map_while(|stream| Some((stream, journal.end(stream).ok()?))).collect()
}

fn index_status(index: &SearchIndex) -> anyhow::Result<IndexStatus> {
    Ok(IndexStatus { docs: index.docs()?, bytes: index.disk_bytes()? })
}

fn alerts_status(alerts: &alerts::Alerts) -> Result<AlertsStatus, alerts::AlertError> {
    let outbox = alerts.outbox()?;
    let open = alerts.list(alerts::Filter { open: true, ..Default::default() })?.len() as u64;
    Ok(AlertsStatus {
        open,
        pending: outbox.pending,
        sent: outbox.sent,
        unconfirmed: outbox.unconfirmed,
        undelivered: outbox.undelivered,
        critical_late: outbox.critical_late,
    })
}
