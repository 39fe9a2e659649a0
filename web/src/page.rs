//! The page: open alerts, a search box, what was not seen, the digests. No script.

use alerts::{AlertView, Filter};
use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use config::Config;
use jiff::civil::Date;
use model::{Sector, TaggedPost, Time};
use serde::Deserialize;
use store::search::{SearchRequest, SearchResult, Sort};

use crate::{SourceStatus, Web, api};

/// Hits on the page.
const HITS: usize = 30;

/// Digests linked.
const DIGESTS: usize = 14;

/// A hit shows this much of its text.
const TEXT_CHARS: usize = 500;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    now: String,
    query: HomeQuery,
    /// Filters of a link that the form has no field for, kept through the next search.
    hidden: Vec<(&'static str, String)>,
    sectors: [Sector; 7],
    answer: Option<Result<Answer, String>>,
    alerts: Result<Vec<AlertRow>, String>,
    unseen: Vec<UnseenRow>,
    sources: usize,
    digests: Vec<(String, String)>,
    failing: Vec<String>,
}

struct Answer {
    total: u64,
    hits: Vec<HitRow>,
}

struct HitRow {
    heading: String,
    risks: String,
    text: String,
    url: Option<String>,
}

struct AlertRow {
    id: String,
    level: &'static str,
    critical: bool,
    headline: String,
    facts: String,
    why: String,
    quotes: Vec<(String, String, Option<String>)>,
}

struct UnseenRow {
    name: String,
    words: String,
}

/// What the form sends; every field may be empty.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct HomeQuery {
    q: String,
    sector: String,
    topic: String,
    risk: String,
    place: String,
    source: String,
    from: String,
    to: String,
}

impl HomeQuery {
    fn is_empty(&self) -> bool {
        [&self.q, &self.sector, &self.topic, &self.risk, &self.place, &self.source, &self.from, &self.to]
            .iter()
            .all(|field| field.trim().is_empty())
    }

    fn hidden(&self) -> Vec<(&'static str, String)> {
        let fields = [("topic", &self.topic), ("risk", &self.risk), ("place", &self.place), ("source", &self.source)];
        let filled = fields.into_iter().filter(|(_, value)| !value.is_empty());
        filled.map(|(name, value)| (name, value.clone())).collect()
    }

    fn request(&self, config: &Config) -> Result<SearchRequest, String> {
        let some = |field: &String| Some(field.trim().to_owned()).filter(|field| !field.is_empty());
        let time = |field: &String, last: bool| some(field).map(|text| moment(&text, last, config)).transpose();
        Ok(SearchRequest {
            query: self.q.clone(),
            sector: some(&self.sector)
                .map(|code| Sector::parse(&code).ok_or(format!("нет такой отрасли: {code}")))
                .transpose()?,
            topic: some(&self.topic),
            risk: some(&self.risk),
            place: some(&self.place),
            source: some(&self.source),
            from: time(&self.from, false)?,
            to: time(&self.to, true)?,
            sort: Sort::Time,
            limit: HITS,
            ..SearchRequest::default()
        })
    }
}

/// A moment from a link (RFC 3339) or a day from the form; a day that ends a range is included.
fn moment(text: &str, last: bool, config: &Config) -> Result<Time, String> {
    if let Ok(time) = text.parse::<Time>() {
        return Ok(time);
    }
    let day: Date = text.parse().map_err(|_| format!("не понимаю дату «{text}»: нужно 2026-11-24"))?;
    let day = if last { day.tomorrow().map_err(|error| error.to_string())? } else { day };
    let start = day.to_zoned_datetime(config.timezone().clone()).map_err(|error| error.to_string())?;
    Ok(start.timestamp())
}

pub async fn home(State(web): State<Web>, query: Result<Query<HomeQuery>, QueryRejection>) -> Response {
    let query = query.map(|Query(query)| query).unwrap_or_default();
    let config = &*web.config;
    let answer = match (query.is_empty(), query.request(config)) {
        (true, _) => None,
        (false, Err(error)) => Some(Err(error)),
        (false, Ok(request)) => Some(match api::find(&web, request).await {
            Ok(found) => Ok(answer(&found, config)),
            Err(error) => Err(error.words()),
        }),
    };
    let alerts = match &web.alerts {
        None => Err("Тревоги ведёт другой процесс.".to_owned()),
        Some(alerts) => alerts
            .list(Filter { open: true, ..Filter::default() })
            .map(|alerts| alerts.iter().map(|alert| alert_row(alert, config)).collect())
            .map_err(|error| error.to_string()),
    };
    let (sources, failing) = match (web.status)().await {
        Ok(status) => {
            let failing =
                status.roles.iter().filter_map(|role| Some(format!("{}: {}", role.role, role.error.as_ref()?)));
            (status.sources.iter().filter(|source| source.enabled).cloned().collect(), failing.collect())
        }
        Err(error) => (Vec::<SourceStatus>::new(), vec![error]),
    };
    let digests = web.reports.as_ref().and_then(|reports| reports.days().ok()).unwrap_or_default();
    let now = (web.clock)();
    let page = Home {
        now: local(now, config, "%d.%m.%Y %H:%M"),
        hidden: query.hidden(),
        query,
        sectors: Sector::ALL,
        answer,
        alerts,
        unseen: sources.iter().filter_map(|source| unseen_row(source, config)).collect(),
        sources: sources.len(),
        digests: digests
            .iter()
            .take(DIGESTS)
            .map(|date| (date.to_string(), date.strftime("%d.%m.%Y").to_string()))
            .collect(),
        failing,
    };
    match page.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// The digest of a day.
pub async fn digest(State(web): State<Web>, Path(date): Path<Date>) -> Response {
    let Some(reports) = &web.reports else {
        return (StatusCode::SERVICE_UNAVAILABLE, "Сводки делает другой процесс.").into_response();
    };
    let page = match reports.digest(date).await {
        Ok(digest) => reports.html(&digest).await,
        Err(error) => Err(error),
    };
    match page {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, %date, "digest cannot be shown");
            (StatusCode::SERVICE_UNAVAILABLE, "Сводку сейчас не составить: цифры не отвечают. Попробуйте позже.")
                .into_response()
        }
    }
}

fn answer(found: &SearchResult, config: &Config) -> Answer {
    Answer { total: found.total, hits: found.hits.iter().map(|hit| hit_row(hit, config)).collect() }
}

fn hit_row(hit: &TaggedPost, config: &Config) -> HitRow {
    let mut heading = vec![
        local(hit.post.published_at, config, "%d.%m.%Y %H:%M"),
        config.source_name(&hit.post.source).to_owned(),
        hit.tags.sector.name_ru().to_owned(),
    ];
    heading.extend(hit.tags.topics.iter().map(|topic| config.topic_name(topic).to_owned()));
    heading.extend(hit.tags.places.iter().map(|place| config.place_name(place).to_owned()));
    let risks =
        hit.tags.risks.iter().map(|risk| format!("{} ({})", config.risk_name(&risk.kind), risk.level.name_ru()));
    let words: Vec<&str> =
        hit.post.title.iter().chain([&hit.post.text]).flat_map(|part| part.split_whitespace()).collect();
    HitRow {
        heading: heading.join(" · "),
        risks: risks.collect::<Vec<_>>().join(", "),
        text: cut(&words.join(" ")),
        url: web_link(&hit.post.url),
    }
}

fn alert_row(alert: &AlertView, config: &Config) -> AlertRow {
    AlertRow {
        id: alert.id.clone(),
        level: alert.level.name_ru(),
        critical: alert.level == model::Level::Critical,
        headline: alert.headline.clone(),
        facts: alert_facts(alert, config),
        why: alert.why.join("; "),
        quotes: alert
            .quotes
            .iter()
            .map(|quote| (config.source_name(&quote.source).to_owned(), quote.text.clone(), web_link(&quote.url)))
            .collect(),
    }
}

/// Since when, how much, where it stands, by when an answer is due.
fn alert_facts(alert: &AlertView, config: &Config) -> String {
    let at = |time| local(time, config, "%d.%m %H:%M");
    let mut facts = vec![format!("с {}", at(alert.since.unwrap_or(alert.opened_at)))];
    if alert.posts > 0 {
        let (posts, authors, sources, views) = (alert.posts, alert.authors, alert.sources, alert.views);
        facts.push(format!("публикаций {posts} · авторов {authors} · источников {sources} · просмотров {views}"));
    }
    let life = alerts::Life::parse(&alert.life).map_or(alert.life.as_str(), |life| life.name_ru());
    facts.push(alert.life_by.as_ref().map_or(life.to_owned(), |by| format!("{life} ({by})")));
    match &alert.clocks {
        Some(clocks) if clocks.first.stopped_at.is_none() => {
            facts.push(format!("ответить до {} ({})", at(clocks.first.due), clocks.first.act));
        }
        Some(clocks) if clocks.last.stopped_at.is_none() => {
            facts.push(format!("окончательный ответ до {} ({})", at(clocks.last.due), clocks.last.act));
        }
        _ => {}
    }
    facts.extend(alert.held.as_ref().map(|held| format!("сдержана: {held}")));
    facts.join(" · ")
}

/// A source that the last poll did not see, or that was never polled.
fn unseen_row(source: &SourceStatus, config: &Config) -> Option<UnseenRow> {
    if source.failures == 0 && source.last_ok_at.is_some() {
        return None;
    }
    let since = match source.last_ok_at {
        Some(time) => format!("не видно с {}", local(time, config, "%d.%m %H:%M")),
        None => "ещё не был виден".to_owned(),
    };
    let outcome =
        source.outcome.as_deref().map(|outcome| format!(": {}", model::outcome_ru(outcome))).unwrap_or_default();
    Some(UnseenRow { name: source.name.clone(), words: since + &outcome })
}

/// Links lead only to the web, whatever a post says.
fn web_link(url: &Option<String>) -> Option<String> {
    url.clone().filter(|url| url.starts_with("https://") || url.starts_with("http://"))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(TEXT_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn local(time: Time, config: &Config, format: &str) -> String {
    time.to_zoned_datetime(config.timezone().clone()).strftime(format).to_string()
}
