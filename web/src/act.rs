//! Signed one-time links from letters: a page that asks, and the step when it is confirmed.
//!
//! Opening a link changes nothing, since mail programs open links by themselves; the button on its page does.

use alerts::{Act, ActError, AlertView, Link, LinkError, Step};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use crate::Web;

#[derive(Template)]
#[template(path = "act.html")]
struct Page {
    title: String,
    /// The alert in words.
    text: String,
    /// Label of the button; absent where there is nothing to confirm.
    button: Option<&'static str>,
}

/// What the link would do, and a button for it.
pub async fn ask(State(web): State<Web>, Path(token): Path<String>) -> Response {
    let Some(alerts) = web.alerts.clone() else { return absent() };
    let asked = tokio::task::spawn_blocking(move || {
        let link = alerts.open_link(&token)?;
        let view = alerts.get(&link.alert)?;
        Ok::<_, LinkError>((link, view.map(|view| alerts::text(&view, alerts.config()))))
    });
    match asked.await {
        Ok(Ok((link, text))) => page(
            StatusCode::OK,
            Page {
                title: format!("{}: {}", link.step.label_ru(), person(&web, &link)),
                text: text.unwrap_or_default(),
                button: Some(link.step.label_ru()),
            },
        ),
        Ok(Err(error)) => refused(&error),
        Err(error) => failed(&error),
    }
}

/// Takes the step, once.
pub async fn act(State(web): State<Web>, Path(token): Path<String>) -> Response {
    let Some(alerts) = web.alerts.clone() else { return absent() };
    let taken = tokio::task::spawn_blocking(move || {
        let link = alerts.open_link(&token)?;
        let name =
            alerts.config().people.person(&link.person).map_or(link.person.clone(), |person| person.name.clone());
        let reason = match link.step {
            Step::FalseAlarm | Step::Resolve => "по ссылке из письма".to_owned(),
            Step::Ack | Step::Work | Step::Assign => String::new(),
        };
        if !alerts.use_link(&token)? {
            return Err(LinkError::Used);
        }
        let act = Act::Step { alert: link.alert.clone(), step: link.step, reason, to: None };
        let done = match alerts.act(&act, &name) {
            Ok(done) => done,
            Err(ActError::Alerts(error)) => return Err(error.into()),
            Err(other) => other.to_string(),
        };
        let view: Option<AlertView> = alerts.get(&link.alert)?;
        Ok((done, view.map(|view| alerts::text(&view, alerts.config()))))
    });
    match taken.await {
        Ok(Ok((title, text))) => page(StatusCode::OK, Page { title, text: text.unwrap_or_default(), button: None }),
        Ok(Err(error)) => refused(&error),
        Err(error) => failed(&error),
    }
}

fn person(web: &Web, link: &Link) -> String {
    web.config.people.person(&link.person).map_or(link.person.clone(), |person| person.name.clone())
}

fn page(status: StatusCode, page: Page) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => failed(&error),
    }
}

fn refused(error: &LinkError) -> Response {
    let status = match error {
        LinkError::Alerts(_) => StatusCode::SERVICE_UNAVAILABLE,
        LinkError::Damaged => StatusCode::NOT_FOUND,
        LinkError::Over | LinkError::Used => StatusCode::GONE,
    };
    page(status, Page { title: error.to_string(), text: String::new(), button: None })
}

fn absent() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, "the role alerts does not run here\n").into_response()
}

fn failed(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "a link from a letter cannot be followed");
    (StatusCode::SERVICE_UNAVAILABLE, "не получилось; попробуйте ещё раз\n").into_response()
}
