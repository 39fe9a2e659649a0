//! Rule `silence`: a source, a platform or everything has not been seen for too long.

use std::collections::BTreeMap;
use std::time::Duration;

use config::{SilenceOf, Source};
use model::{Platform, Time};
use rusqlite::Transaction;

use super::component::Component;
use crate::store::columns::time;
use crate::store::error::AlertError;
use crate::store::handle::Alerts;
use crate::store::{meta, sources_seen};

/// The name people see for alerts of this kind.
pub const NAME_RU: &str = "Не видно источников";

/// What is watched, and when it was last seen.
struct Watched {
    name: String,
    headline: String,
    seen_at: Time,
}

/// Everything the rule watches, with a problem where it was not seen for longer than `after`.
pub fn components(
    of: SilenceOf,
    after: Duration,
    alerts: &Alerts,
    transaction: &Transaction<'_>,
    now: Time,
) -> Result<Vec<Component>, AlertError> {
    let after_ms = after.as_millis() as i64;
    let watched = watched(of, alerts, transaction, now)?;
    let components = watched.into_iter().map(|Watched { name, headline, seen_at }| {
        let silent = now.as_millisecond() - seen_at.as_millisecond();
        Component { name, headline, problem: (silent >= after_ms).then(|| format!("не видно {}", span(silent))) }
    });
    Ok(components.collect())
}

fn watched(
    of: SilenceOf,
    alerts: &Alerts,
    transaction: &Transaction<'_>,
    now: Time,
) -> Result<Vec<Watched>, AlertError> {
    let since = watching_since(transaction, now)?;
    let stored = sources_seen::all(transaction)?;
    let sources: Vec<(&Source, Time)> = alerts
        .config()
        .sources
        .iter()
        .filter(|source| source.enabled)
        .map(|source| {
            let seen_at = stored.get(&source.id).copied().flatten();
            (source, seen_at.map_or(since, |at| at.max(since)))
        })
        .collect();
    Ok(match of {
        SilenceOf::Source => sources
            .into_iter()
            .map(|(source, seen_at)| {
                let headline = format!("Не виден источник «{}»", source.name);
                Watched { name: source.id.clone(), headline, seen_at }
            })
            .collect(),
        SilenceOf::Platform => {
            let mut platforms: BTreeMap<&str, (Platform, Time)> = BTreeMap::new();
            for (source, seen_at) in sources {
                let platform = source.platform();
                let newest = platforms.entry(platform.as_str()).or_insert((platform, seen_at));
                newest.1 = newest.1.max(seen_at);
            }
            let platforms = platforms.into_iter().map(|(name, (platform, seen_at))| {
                let headline = format!("Не видна платформа {}", platform.name_ru());
                Watched { name: name.to_owned(), headline, seen_at }
            });
            platforms.collect()
        }
        SilenceOf::Everything => {
            let newest = sources.iter().map(|(_, seen_at)| *seen_at).max();
            let everything = newest.map(|seen_at| Watched {
                name: "everything".to_owned(),
                headline: "Не виден ни один источник".to_owned(),
                seen_at,
            });
            everything.into_iter().collect()
        }
    })
}

/// When this installation first looked: nothing can have been unseen for longer.
pub fn watching_since(transaction: &Transaction<'_>, now: Time) -> Result<Time, AlertError> {
    match meta::get(transaction, "watching_since")?.and_then(|at| at.parse::<i64>().ok()) {
        Some(millis) => time(millis),
        None => {
            meta::set(transaction, "watching_since", &now.as_millisecond().to_string())?;
            Ok(now)
        }
    }
}

/// So many milliseconds in words.
fn span(millis: i64) -> String {
    let minutes = millis / 60_000;
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} мин"),
        (hours, _) if hours < 48 => format!("{hours} ч"),
        (hours, _) => format!("{} сут", hours / 24),
    }
}
