//! `/api/sources`: what was seen of every source on a day, and what was not.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use jiff::civil::Date;
use model::ledger::{CoverageSummary, Span, summarize};
use model::{Coverage, Platform, Time};
use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::state::Web;

/// The ledger of a day.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ledger {
    /// The day, of the configured time zone.
    pub day: Date,
    /// Its begin and its end, or now.
    pub span: Span,
    /// Every enabled source, and every other that was polled.
    pub sources: Vec<LedgerLine>,
}

/// A source of a [`Ledger`].
#[derive(Debug, Serialize, Deserialize)]
pub struct LedgerLine {
    /// Its id.
    pub source: String,
    /// The name people see; its id where it is configured no more.
    pub name: String,
    /// Its platform.
    pub platform: Platform,
    /// Whether it is polled.
    pub enabled: bool,
    /// What was seen.
    #[serde(flatten)]
    pub seen: CoverageSummary,
}

#[derive(Deserialize)]
pub struct LedgerQuery {
    day: Option<Date>,
}

/// The ledger of a day, by default today.
pub async fn sources(
    State(web): State<Web>,
    query: Result<Query<LedgerQuery>, QueryRejection>,
) -> Result<Json<Ledger>, ApiError> {
    let Query(query) = query.map_err(|error| ApiError::asked(error.body_text()))?;
    let facts = web.facts.clone().ok_or_else(|| ApiError::absent("facts"))?;
    let (now, zone) = ((web.clock)(), web.config.timezone());
    let day = query.day.unwrap_or_else(|| now.to_zoned_datetime(zone.clone()).date());
    let midnight = |day: Date| Ok::<Time, jiff::Error>(day.to_zoned_datetime(zone.clone())?.timestamp());
    let from = midnight(day).map_err(ApiError::asked)?;
    let to = day.tomorrow().and_then(midnight).map_err(ApiError::asked)?.min(now).max(from);
    let span = Span { from, to };
    // A poll after the day can vouch for it.
    let polls = web.work.figures.asking(async move { facts.coverage(from, now.max(to)).await });
    let polls = polls.await?.map_err(ApiError::unavailable)?;
    let mut by_source: BTreeMap<&str, Vec<&Coverage>> = BTreeMap::new();
    for poll in &polls {
        by_source.entry(&poll.source).or_default().push(poll);
    }
    let configured = web.config.sources.iter().map(|source| LedgerLine {
        source: source.id.clone(),
        name: source.name.clone(),
        platform: source.platform(),
        enabled: source.enabled,
        seen: summarize(by_source.remove(source.id.as_str()).unwrap_or_default().into_iter(), span),
    });
    let mut sources: Vec<LedgerLine> = configured.filter(|line| line.enabled || line.seen.polls > 0).collect();
    for (source, polls) in by_source {
        let platform = polls[0].platform;
        let line = LedgerLine {
            source: source.to_owned(),
            name: source.to_owned(),
            platform,
            enabled: false,
            seen: summarize(polls.into_iter(), span),
        };
        sources.extend((line.seen.polls > 0).then_some(line));
    }
    Ok(Json(Ledger { day, span, sources }))
}
