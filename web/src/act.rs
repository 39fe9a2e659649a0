//! Signed one-time links from letters: a page that asks, and the step when it is confirmed.
//!
//! Opening a link changes nothing, since mail programs open links by themselves; the button on its page does.

use alerts::{Action, ActionError, ActionRequest, AlertView, Link, LinkError};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use crate::state::Web;

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
                title: format!("{}: {}", link.action.label_ru(), person(&web, &link)),
                text: text.unwrap_or_default(),
                button: Some(link.action.label_ru()),
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
        let reason = match link.action {
            Action::FalseAlarm | Action::Resolve => "по ссылке из письма".to_owned(),
            Action::Ack | Action::Work | Action::Assign => String::new(),
        };
        if !alerts.use_link(&token)? {
            return Err(LinkError::Used);
        }
        let act = ActionRequest::Alert { alert: link.alert.clone(), action: link.action, reason, to: None };
        let done = match alerts.act(&act, &name) {
            Ok(done) => done,
            Err(ActionError::Alerts(error)) => return Err(error.into()),
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
        LinkError::Over | LinkError::Used | LinkError::Left => StatusCode::GONE,
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use alerts::{Alerts, LinkKey};
    use axum::body::Body;
    use axum::http::Request;
    use config::{Config, Files};
    use journal::{Entry, Sink};
    use model::{Level, Platform, Post, PostId, Risk, TaggedPost, Tags, Time, wire};
    use tower::ServiceExt;

    use super::*;

    const PEOPLE: &str = "[[person]]\nid = 'anna'\nname = 'Анна'\nrole = 'officer'\n\
        addresses = [{ channel = 'email', to = 'anna@example.ru' }]\n[chain]\nsteps = ['officer']\n";

    /// A book with one critical alert, whose letter to Anna is written.
    fn book(folder: &std::path::Path) -> Alerts {
        let alerts = open(folder, PEOPLE);
        let now: Time = "2026-11-24T09:30:00Z".parse().unwrap();
        let post = Post::new(PostId::new("vk:-1_1").unwrap(), Platform::Vk, "city", now, "Горит <b>дом</b>".into());
        let risks = vec![Risk { kind: "fire".into(), level: Level::Critical, why: Vec::new() }];
        let tagged = TaggedPost { post, tags: Tags { rules: 1, risks, ..Tags::default() } };
        let entry = Entry { partition: 0, offset: 1, key: String::new(), payload: wire::write_tagged(&tagged) };
        alerts.sink().apply(&[entry]).unwrap();
        alerts.tick(None).unwrap();
        alerts
    }

    fn open(folder: &std::path::Path, people: &str) -> Alerts {
        let files = [
            ("people.toml", people),
            ("channels.toml", "[email]\nserver = 'mail.example.ru'\nfrom = 'otklik@example.ru'\n"),
            ("otklik.toml", "public_url = 'https://otklik.example.ru/'\n"),
        ];
        let overlay = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
        let config = Config::parse(&Files::shipped().overlay(overlay)).unwrap_or_else(|problems| panic!("{problems}"));
        let now: Time = "2026-11-24T09:30:00Z".parse().unwrap();
        let alerts =
            Alerts::open(&folder.join("alerts.db"), Arc::new(config), Arc::new(move || now), Vec::new()).unwrap();
        alerts.sign_links(LinkKey::open(&folder.join("link-key"), [7; 32]).unwrap());
        alerts
    }

    async fn asked(alerts: &Alerts, method: &str, path: &str) -> (StatusCode, String) {
        let web = Web {
            config: Arc::new(alerts.config().clone()),
            clock: Arc::new(Time::now),
            index: None,
            remote_search: None,
            facts: None,
            alerts: Some(alerts.clone()),
            reports: None,
            work: Arc::default(),
            status: Arc::new(|| Box::pin(async { Err("not asked".to_owned()) })),
            ready: Arc::new(|| Box::pin(async { Err("not asked".to_owned()) })),
        };
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let answer = crate::router(web).oneshot(request).await.unwrap();
        let status = answer.status();
        let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_link_from_a_letter_asks_first_and_acts_once() {
        let folder = tempfile::tempdir().unwrap();
        let alerts = book(folder.path());
        let letter = alerts.due("2026-11-24T09:31:00Z".parse().unwrap()).unwrap().remove(0).letter;
        let (label, _, url) = &letter.buttons[0];
        let path = url.as_deref().unwrap().strip_prefix("https://otklik.example.ru").unwrap();
        let life = || alerts.list(alerts::Filter::default()).unwrap()[0].life.clone();

        let (status, page) = asked(&alerts, "GET", path).await;
        assert!(status == StatusCode::OK && page.contains(&format!("<button>{label}</button>")), "{status} {page}");
        assert!(page.contains("Анна") && !page.contains("<b>дом"), "{page}");
        assert_eq!(life(), "sent", "opening a link changes nothing");
        let (status, page) = asked(&alerts, "POST", path).await;
        assert!(status == StatusCode::OK && page.contains("принята"), "{status} {page}");
        assert_eq!(life(), "acknowledged");
        assert_eq!(asked(&alerts, "POST", path).await.0, StatusCode::GONE);
        let forged = path.replacen("ack.", "false.", 1);
        assert_eq!(asked(&alerts, "POST", &forged).await.0, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn the_link_of_somebody_who_left_acts_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let alerts = book(folder.path());
        let letter = alerts.due("2026-11-24T09:31:00Z".parse().unwrap()).unwrap().remove(0).letter;
        let url = letter.buttons[0].2.clone().unwrap();
        let path = url.strip_prefix("https://otklik.example.ru").unwrap();
        drop(alerts);
        let others = open(folder.path(), &PEOPLE.replace("anna", "vera").replace("Анна", "Вера"));
        for method in ["GET", "POST"] {
            let (status, page) = asked(&others, method, path).await;
            assert!(status == StatusCode::GONE && page.contains("people.toml"), "{method}: {status} {page}");
        }
        assert_eq!(others.list(alerts::Filter::default()).unwrap()[0].life, "sent");
        // It was not used up either: back in the list, Anna may still act.
        drop(others);
        let again = open(folder.path(), PEOPLE);
        assert_eq!(asked(&again, "POST", path).await.0, StatusCode::OK);
    }
}
