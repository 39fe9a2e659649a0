//! Rule `system`: something is wrong with the installation itself.

use std::collections::BTreeSet;
use std::time::Duration;

use config::{ChannelKind, RuleKind, Source};
use model::{NETWORK_DOWN, Time};
use rusqlite::{Connection, Transaction, params};

use super::component::Component;
use super::health::Health;
use super::hit::{RuleHit, Subject};
use super::raise::AlertChanges;
use crate::store::error::AlertError;
use crate::store::handle::Alerts;
use crate::store::meta;

/// The name people see for alerts of this kind.
pub const NAME_RU: &str = "Работа системы";

/// Outcomes of polls that only a person can end.
const PERSON_NEEDED: [&str; 6] =
    ["vk_no_token", "vk_token", "vk_id_token", "vk_human_needed", "max_no_token", "max_token"];

/// A shorter outage of the network passes by itself.
const OUTAGE: Duration = Duration::from_secs(10 * 60);

/// Limits of the rule.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Messages that a stage may be behind.
    pub lag: u64,
    /// Dead letters within an hour.
    pub dead_letters: u64,
    /// Free space on the disk, in percent.
    pub disk_free_percent: u64,
}

/// Every part of the installation that the rule watches.
pub fn components(
    limits: Limits,
    alerts: &Alerts,
    transaction: &Transaction<'_>,
    health: &Health,
    now: Time,
) -> Result<Vec<Component>, AlertError> {
    let mut components: Vec<Component> =
        health.stages.iter().map(|(stage, behind, error)| stage_component(stage, *behind, error, limits)).collect();
    components.push(dead_letters(limits, transaction, health, now)?);
    components.extend(unread_for_want_of_a_person(alerts, transaction)?);
    components.push(unread_for_the_network(alerts, transaction)?);
    let free = health.disk_free_percent.filter(|free| *free < limits.disk_free_percent);
    components.push(Component {
        name: "disk".into(),
        headline: "Кончается место на диске".into(),
        problem: free.map(|free| format!("свободно {free} %")),
    });
    components.extend(health.troubles.iter().map(|(name, words)| Component {
        name: name.clone(),
        headline: if name == "digest" { "Сводка не ушла" } else { "Канал не готов" }.into(),
        problem: Some(words.clone()),
    }));
    if !health.troubles.iter().any(|(name, _)| name == "digest") {
        components.push(Component { name: "digest".into(), headline: String::new(), problem: None });
    }
    Ok(components)
}

fn stage_component(stage: &str, behind: u64, error: &Option<String>, limits: Limits) -> Component {
    let problem = match error {
        Some(error) => Some(format!("не работает: {error}")),
        None => (behind > limits.lag).then(|| format!("отстаёт на {behind} сообщений")),
    };
    Component { name: format!("stage:{stage}"), headline: format!("Стадия {stage}"), problem }
}

/// Dead letters since the hour began: their number at its first look is kept in the file.
fn dead_letters(
    limits: Limits,
    transaction: &Transaction<'_>,
    health: &Health,
    now: Time,
) -> Result<Component, AlertError> {
    let hour = now.as_second().div_euclid(3600);
    let noted = meta::get(transaction, "dead_letters")?;
    let noted = noted.as_deref().and_then(|noted| noted.split_once(' '));
    let before = match noted.and_then(|(at, count)| Some((at.parse::<i64>().ok()?, count.parse::<u64>().ok()?))) {
        Some((at, count)) if at == hour => count,
        _ => {
            meta::set(transaction, "dead_letters", &format!("{hour} {}", health.dead_letters))?;
            health.dead_letters
        }
    };
    let more = health.dead_letters.saturating_sub(before);
    Ok(Component {
        name: "dead-letters".into(),
        headline: "Неразобранные сообщения".into(),
        problem: (more > limits.dead_letters).then(|| format!("за час не разобрано сообщений: {more}")),
    })
}

/// Sources that are not read until a person does something: one component for each outcome, however many sources have it.
fn unread_for_want_of_a_person(alerts: &Alerts, database: &Connection) -> Result<Vec<Component>, AlertError> {
    let mut select = database.prepare_cached("SELECT source FROM source_seen WHERE outcome = ?1")?;
    let mut components = Vec::new();
    for outcome in PERSON_NEEDED {
        let stored: BTreeSet<String> = select.query_map([outcome], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let sources = alerts.config().sources.iter().filter(|source| source.enabled);
        let unread = sources.filter(|source| stored.contains(&source.id)).count();
        components.push(Component {
            name: format!("outcome:{outcome}"),
            headline: format!("Сбор: {}", model::outcome_ru(outcome)),
            problem: (unread > 0)
                .then(|| format!("не читается источников: {unread}; что делать, скажет otklik source try")),
        });
    }
    Ok(components)
}

/// Sources that the network keeps from being read, for longer than passes by itself: one component, whatever their number.
fn unread_for_the_network(alerts: &Alerts, database: &Connection) -> Result<Component, AlertError> {
    let mut select = database
        .prepare_cached("SELECT source FROM source_seen WHERE outcome = ?1 AND last_at - coalesce(ok_at, 0) >= ?2")?;
    let longest = i64::try_from(OUTAGE.as_millis()).unwrap_or(i64::MAX);
    let stored = select.query_map(params![NETWORK_DOWN, longest], |row| row.get(0))?;
    let stored: BTreeSet<String> = stored.collect::<Result<_, _>>()?;
    let sources = alerts.config().sources.iter().filter(|source| source.enabled && stored.contains(&source.id));
    let unread: Vec<&Source> = sources.collect();
    let platforms: BTreeSet<&str> = unread.iter().map(|source| source.platform().name_ru()).collect();
    let platforms: Vec<&str> = platforms.into_iter().collect();
    Ok(Component {
        name: format!("outcome:{NETWORK_DOWN}"),
        headline: "Сбор: сеть не пропускает к площадке".into(),
        problem: (!unread.is_empty()).then(|| {
            let (platforms, number) = (platforms.join(", "), unread.len());
            format!("{platforms}: не читается источников: {number}; какие узлы открыть, скажет otklik check --network")
        }),
    })
}

impl Alerts {
    /// Raises an alert, or adds to the open one, about a channel that does not take messages.
    pub(crate) fn raise_channel_failure(
        &self,
        transaction: &Transaction<'_>,
        channel: ChannelKind,
        critical: bool,
        reason: &str,
    ) -> Result<(), AlertError> {
        let system = self.config().alerts.rules.iter().find_map(|rule| match rule.kind {
            RuleKind::System { level, .. } => Some((&rule.id, level)),
            _ => None,
        });
        let Some((rule, level)) = system else { return Ok(()) };
        let name = format!("channel:{}", channel.as_str());
        let words = match critical {
            true => format!("критическая тревога не доставлена: {reason}"),
            false => reason.to_owned(),
        };
        let headline = format!("Не доставляет: {}", channel.name_ru());
        let subject = Subject::Component { name: &name, headline };
        AlertChanges::of_one_hit(self, transaction, &RuleHit { rule, subject, level, words, fresh: true })
    }
}
