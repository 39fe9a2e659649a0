//! The first page.

use alerts::{AlertPage, Filter, PageRequest};
use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use model::Sector;

use super::query::HomeQuery;
use super::rows::{AlertRow, Answer, UnseenRow, alert_row, answer, local, unreachable_row, unseen_row};
use crate::api::pages::reading;
use crate::api::search::find;
use crate::error::Head;
use crate::state::Web;
use crate::status::SourceStatus;

/// Alerts shown: nobody reads more, and each is composed of its posts.
const ALERTS: usize = 100;

/// Digests linked.
const DIGESTS: usize = 14;

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
    /// More are open than are shown.
    more_alerts: bool,
    unseen: Vec<UnseenRow>,
    sources: usize,
    digests: Vec<(String, String)>,
    failing: Vec<String>,
}

/// The page, with the hits of a search where one is asked for.
pub async fn home(State(web): State<Web>, query: Result<Query<HomeQuery>, QueryRejection>) -> Response {
    let query = query.map(|Query(query)| query).unwrap_or_default();
    let config = &*web.config;
    // Alerts are shown all the same where a search must wait.
    let mut head: Head = (StatusCode::OK, None);
    let answer = match (query.is_empty(), query.request(config)) {
        (true, _) => None,
        (false, Err(error)) => Some(Err(error)),
        (false, Ok(request)) => Some(match find(&web, request).await {
            Ok(found) => Ok(answer(&found, config)),
            Err(error) => {
                if error.is_busy() {
                    head = error.head();
                }
                Err(error.words())
            }
        }),
    };
    let alerts = match web.alerts.is_some() {
        false => Err("Тревоги ведёт другой процесс.".to_owned()),
        true => open_alerts(&web).await,
    };
    let more_alerts = alerts.as_ref().is_ok_and(|page| page.next.is_some());
    let (sources, hosts, failing) = match (web.status)().await {
        Ok(status) => {
            let failing =
                status.roles.iter().filter_map(|role| Some(format!("{}: {}", role.role, role.error.as_ref()?)));
            let enabled = status.sources.iter().filter(|source| source.enabled).cloned();
            (enabled.collect(), status.hosts.clone(), failing.collect())
        }
        Err(error) => (Vec::<SourceStatus>::new(), Vec::new(), vec![error]),
    };
    let digests = match &web.reports {
        Some(reports) => reports.last_days(DIGESTS).await.unwrap_or_default(),
        None => Vec::new(),
    };
    let now = (web.clock)();
    let unreachable = hosts.iter().filter_map(|platform| unreachable_row(platform, &sources, config));
    let page = Home {
        now: local(now, config, "%d.%m.%Y %H:%M"),
        hidden: query.hidden(),
        query,
        sectors: Sector::ALL,
        answer,
        alerts: alerts.map(|page| page.alerts.iter().map(|alert| alert_row(alert, config)).collect()),
        more_alerts,
        unseen: unreachable.chain(sources.iter().filter_map(|source| unseen_row(source, config))).collect(),
        sources: sources.len(),
        digests: digests.iter().map(|date| (date.to_string(), date.strftime("%d.%m.%Y").to_string())).collect(),
        failing,
    };
    match page.render() {
        Ok(html) => (head.0, head.1, Html(html)).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// The newest open alerts.
async fn open_alerts(web: &Web) -> Result<AlertPage, String> {
    let request = PageRequest { after: None, limit: ALERTS, post_ids: 0 };
    let read = reading(web, move |alerts| alerts.page(Filter { open: true, ..Filter::default() }, &request)).await;
    read.map_err(|error| error.words())
}
