//! Each format is read back in the simplest way, page by page, and must show what the world says, once.

mod feeds;
mod hook;
mod telegram;
mod vk;

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use jiff::SignedDuration;
use model::Time;
use serde_json::Value;
use tower::ServiceExt;

use super::hook::hook_router;
use super::{TOKEN, router};
use crate::content::Address;
use crate::{Expected, World};

const END: &str = "2026-11-24T09:30:00Z";

fn end() -> Time {
    END.parse().unwrap()
}

fn hours_before_end(hours: i64) -> Time {
    end().checked_sub(SignedDuration::from_hours(hours)).unwrap()
}

fn world() -> Arc<World> {
    Arc::new(World::new(end(), 1))
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

async fn ask(app: &axum::Router, request: Request<Body>) -> Answer {
    let response = app.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    Answer { status: parts.status, headers: parts.headers, body: to_bytes(body, usize::MAX).await.unwrap().to_vec() }
}

async fn get(app: &axum::Router, path: &str) -> Answer {
    ask(app, Request::get(path).body(Body::empty()).unwrap()).await
}

fn app(world: &Arc<World>, now: Time) -> axum::Router {
    router(Arc::clone(world), Arc::new(move || now))
}

fn between<'t>(text: &'t str, from: &str, to: &str) -> Vec<&'t str> {
    text.split(from).skip(1).filter_map(|rest| rest.split_once(to).map(|(part, _)| part)).collect()
}

fn live(world: &World, source: &str, now: Time) -> Vec<Expected> {
    world.expected(now).into_iter().filter(|post| post.source == source && !post.deleted).collect()
}

fn unescape(html: &str) -> String {
    html_escape::decode_html_entities(&html.replace("<br/>", "\n")).into_owned()
}

/// The text of a piece of HTML: tags dropped, but line breaks kept.
fn text_of(html: &str) -> String {
    let html = html.replace("<br/>", "\n").replace("</p><p>", "\n\n");
    let mut text = String::new();
    for (at, part) in html.split('<').enumerate() {
        text.push_str(if at == 0 { part } else { part.split_once('>').map_or("", |(_, text)| text) });
    }
    unescape(&text)
}
