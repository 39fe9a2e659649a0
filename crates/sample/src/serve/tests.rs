//! Each format is read back in the simplest way, page by page, and must show what the world says, once.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use jiff::SignedDuration;
use model::Time;
use serde_json::Value;
use tower::ServiceExt;

use super::{TOKEN, hook_router, router};
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
    let text = html.replace("<br/>", "\n").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&#39;", "'").replace("&amp;", "&")
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

async fn telegram_pages(app: &axum::Router, channel: &str) -> Vec<(String, String, String)> {
    let mut posts = Vec::new();
    let mut path = format!("/tg/s/{channel}");
    loop {
        let page = get(app, &path).await.text();
        let mut on_page = Vec::new();
        for message in page.split("tgme_widget_message_wrap js-widget_message_wrap").skip(1) {
            let text = between(message, "js-message_text\" dir=\"auto\">", "</div>");
            on_page.push((
                between(message, "data-post=\"", "\"")[0].to_owned(),
                text.first().map_or_else(String::new, |html| text_of(html)),
                between(message, "datetime=\"", "\"")[0].to_owned(),
            ));
        }
        assert!(on_page.len() <= 20);
        on_page.extend(posts);
        posts = on_page;
        let more = between(&page, "data-before=\"", "\"");
        assert_eq!(more.len(), between(&page, "rel=\"prev\" href=\"/s/", "\"").len());
        match more.first() {
            Some(before) => path = format!("/tg/s/{channel}?before={before}"),
            None => return posts,
        }
    }
}

#[tokio::test]
async fn the_pages_of_each_channel_reach_every_post_once() {
    let world = world();
    for now in [hours_before_end(24), end()] {
        let app = app(&world, now);
        for source in world.sources() {
            let Address::Telegram { channel, .. } = &source.address else { continue };
            let read = telegram_pages(&app, channel).await;
            let expected = live(&world, &source.id, now);
            assert!(read.len() > 25, "{channel}: {}", read.len());
            assert_eq!(read.len(), expected.len(), "{channel}");
            for ((id, text, time), expected) in read.iter().zip(&expected) {
                assert_eq!(format!("tg:{id}"), expected.id.as_str());
                assert_eq!(*text, expected.text);
                assert_eq!(time.parse::<Time>().unwrap(), expected.published_at);
            }
        }
    }
}

#[tokio::test]
async fn a_single_post_is_there_or_is_not_found_and_an_unknown_name_has_a_landing_page() {
    let world = world();
    let deleted = world.posts().iter().find(|post| {
        post.deleted_at.is_some() && matches!(world.sources()[post.source].address, Address::Telegram { .. })
    });
    let deleted = deleted.unwrap();
    let Address::Telegram { channel, .. } = &world.sources()[deleted.source].address else { unreachable!() };
    let path = format!("/tg/{channel}/{}?embed=1&mode=tme", deleted.number);
    let there = get(&app(&world, deleted.published_at), &path).await.text();
    assert!(there.contains(&format!("data-post=\"{channel}/{}\"", deleted.number)));
    let gone = get(&app(&world, deleted.deleted_at.unwrap()), &path).await.text();
    assert!(gone.contains("<div class=\"tgme_widget_message_error\">Post not found</div>"));
    let landing = get(&app(&world, end()), "/tg/s/nobody_here").await.text();
    assert!(landing.contains("tgme_icon_user") && !landing.contains("tgme_channel_history"));
    assert!(get(&app(&world, end()), &format!("/tg/{channel}")).await.text().contains("Preview channel"));
}

#[tokio::test]
async fn the_preview_shows_replies_forwards_polls_edits_and_reactions() {
    let world = world();
    let app = app(&world, end());
    let mut all = String::new();
    for channel in ["sosedi_zarechny", "svetlorechensk_seichas"] {
        let mut before = String::new();
        loop {
            let page = get(&app, &format!("/tg/s/{channel}{before}")).await.text();
            before = match between(&page, "data-before=\"", "\"").first() {
                Some(number) => format!("?before={number}"),
                None => break,
            };
            all.push_str(&page);
        }
    }
    for part in [
        "tgme_widget_message_reply",
        "tgme_widget_message_forwarded_from_name",
        "tgme_widget_message_poll_question",
        "edited &nbsp;",
        "tgme_reaction",
        "tgme_widget_message_photo_wrap",
        "<i class=\"emoji\"",
        "K</span><span class=\"copyonly\"> views",
    ] {
        assert!(all.contains(part), "no {part}");
    }
}

async fn vk(app: &axum::Router, method: &str, query: &str) -> Value {
    get(app, &format!("/vk/method/{method}?access_token={TOKEN}&v=5.199&{query}")).await.json()
}

#[tokio::test]
async fn the_pages_of_each_wall_reach_every_post_once() {
    let world = world();
    for now in [hours_before_end(20), end()] {
        let app = app(&world, now);
        for source in world.sources() {
            let Address::Vk { owner, .. } = source.address else { continue };
            let mut read: Vec<(i64, Value)> = Vec::new();
            loop {
                let query = format!("owner_id={owner}&count=100&offset={}", read.len());
                let response = vk(&app, "wall.get", &query).await["response"].clone();
                let items = response["items"].as_array().unwrap().clone();
                if items.is_empty() {
                    assert_eq!(response["count"], read.len());
                    break;
                }
                read.extend(items.into_iter().map(|item| (item["id"].as_i64().unwrap(), item)));
            }
            read.sort_by_key(|(id, _)| *id);
            let expected = live(&world, &source.id, now);
            assert_eq!(read.len(), expected.len(), "{}", source.id);
            for ((id, item), expected) in read.iter().zip(&expected) {
                assert_eq!(format!("vk:{owner}_{id}"), expected.id.as_str());
                assert_eq!(item["text"], expected.text.as_str());
                assert_eq!(item["date"], expected.published_at.as_second());
                assert_eq!(item["copy_history"][0]["text"].as_str(), expected.reposted.as_deref());
                assert_eq!(item["attachments"].to_string().contains("\"poll\""), expected.poll.is_some());
            }
        }
    }
}

#[tokio::test]
async fn the_pinned_post_stands_first() {
    let world = world();
    let page = vk(&app(&world, end()), "wall.get", "domain=adm_svetlorechensk&count=3").await;
    let items = page["response"]["items"].as_array().unwrap();
    assert_eq!(items[0]["is_pinned"], 1);
    assert!(items[0]["edited"].as_i64().unwrap() > items[0]["date"].as_i64().unwrap());
    assert!(items[1]["id"].as_i64() > items[0]["id"].as_i64() && items[1].get("is_pinned").is_none());
}

#[track_caller]
fn check_error(answer: &Value, code: i64) {
    assert_eq!(answer["error"]["error_code"], code, "{answer}");
    assert!(!answer.to_string().contains(TOKEN));
}

#[tokio::test]
async fn vk_answers_as_the_api_does() {
    let app = app(&world(), end());
    check_error(&get(&app, "/vk/method/wall.get?owner_id=-990000001&access_token=wrong").await.json(), 5);
    check_error(&get(&app, "/vk/method/wall.get?owner_id=-990000001").await.json(), 5);
    check_error(&vk(&app, "wall.get", "owner_id=-5").await, 15);
    check_error(&vk(&app, "wall.get", "owner_id=x").await, 100);
    check_error(&vk(&app, "wall.getById", "").await, 100);
    check_error(&vk(&app, "photos.get", "").await, 3);

    let form = format!("owner_id=-990000001&count=1&access_token={TOKEN}");
    let request = Request::post("/vk/method/wall.get")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form));
    let posted = ask(&app, request.unwrap()).await.json();
    let id = posted["response"]["items"][0]["id"].as_i64().unwrap();
    let by_id = vk(&app, "wall.getById", &format!("posts=-990000001_{id},-990000001_1")).await;
    assert_eq!(by_id["response"]["items"].as_array().unwrap().len(), 1);
    assert_eq!(by_id["response"]["items"][0]["id"], id);

    let groups = vk(&app, "groups.getById", "group_ids=adm_svetlorechensk,990000001").await;
    assert_eq!(groups["response"]["groups"][0]["id"], 990_000_002);
    assert_eq!(groups["response"]["groups"][1]["name"], "Подслушано Светлореченск");
    let name = vk(&app, "utils.resolveScreenName", "screen_name=adm_svetlorechensk").await;
    assert_eq!(name["response"]["object_id"], 990_000_002);
    assert_eq!(vk(&app, "utils.resolveScreenName", "screen_name=nobody").await["response"], serde_json::json!([]));
}

fn decode(answer: &Answer) -> String {
    match std::str::from_utf8(&answer.body) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1251.decode(&answer.body).0.into_owned(),
    }
}

#[tokio::test]
async fn each_feed_shows_every_post_once() {
    let world = world();
    let app = app(&world, end());
    for source in world.sources() {
        let Address::Feed { file, .. } = &source.address else { continue };
        let answer = get(&app, &format!("/feeds/{file}")).await;
        let xml = decode(&answer);
        let entries = [between(&xml, "<item>", "</item>"), between(&xml, "<entry>", "</entry>")].concat();
        let mut expected = live(&world, &source.id, end());
        expected.reverse();
        assert!(expected.len() > 8, "{}: {}", source.id, expected.len());
        assert_eq!(entries.len(), expected.len(), "{}", source.id);
        for (entry, expected) in entries.iter().zip(&expected) {
            let guids = [between(entry, "<guid isPermaLink=\"true\">", "<"), between(entry, "\"false\">", "<")];
            let guid = guids.concat().first().copied().unwrap_or_else(|| between(entry, "<id>", "<")[0]);
            assert_eq!(format!("portal:{}/{guid}", source.id), expected.id.as_str());
            assert_eq!(unescape(between(entry, "<title>", "<")[0]), expected.title.as_deref().unwrap());
            let full = [
                between(entry, "<content:encoded><![CDATA[", "]]>"),
                between(entry, "<content type=\"html\">", "</content>"),
                between(entry, "<description>", "</description>"),
            ]
            .concat();
            let html = if full[0].contains("&lt;p&gt;") { unescape(full[0]) } else { full[0].to_owned() };
            assert_eq!(text_of(&html), expected.text);
        }
    }
    let old = get(&app, "/feeds/admin.xml").await;
    assert!(std::str::from_utf8(&old.body).is_err(), "the old site writes windows-1251");
}

#[tokio::test]
async fn an_unchanged_feed_is_304_and_a_changed_one_is_not() {
    let world = world();
    let newest = live(&world, "gazeta", end()).pop().unwrap().published_at;
    let before = newest.checked_sub(SignedDuration::from_secs(1)).unwrap();
    let old = get(&app(&world, before), "/feeds/gazeta.xml").await;
    for (validator, condition) in
        [(header::ETAG, header::IF_NONE_MATCH), (header::LAST_MODIFIED, header::IF_MODIFIED_SINCE)]
    {
        let value = old.headers[&validator].clone();
        let request = || Request::get("/feeds/gazeta.xml").header(&condition, &value).body(Body::empty()).unwrap();
        let same = ask(&app(&world, before), request()).await;
        assert_eq!((same.status, same.body.len()), (StatusCode::NOT_MODIFIED, 0));
        let changed = ask(&app(&world, newest), request()).await;
        assert_eq!(changed.status, StatusCode::OK);
        assert_ne!(changed.headers[&validator], value);
    }
}

#[tokio::test]
async fn one_source_fails_for_hours_of_the_last_day() {
    let world = world();
    let mut failed = 0;
    for hour in 0..24 {
        failed += u32::from(
            get(&app(&world, hours_before_end(hour)), "/feeds/vodokanal.xml").await.status
                == StatusCode::SERVICE_UNAVAILABLE,
        );
    }
    assert!((4..12).contains(&failed), "{failed} hours");
    assert_eq!(get(&app(&world, hours_before_end(24)), "/feeds/vodokanal.xml").await.status, StatusCode::OK);
    assert_eq!(get(&app(&world, end()), "/feeds/nothing.xml").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_webhook_takes_each_key_once() {
    let app = hook_router();
    let post = |key: &str| Request::post("/hook").header("Idempotency-Key", key).body(Body::from("{}")).unwrap();
    assert_eq!(ask(&app, post("a")).await.json(), serde_json::json!({"accepted": true}));
    assert_eq!(ask(&app, post("b")).await.json(), serde_json::json!({"accepted": true}));
    assert_eq!(ask(&app, post("a")).await.json(), serde_json::json!({"repeat": true}));
    let without = ask(&app, Request::post("/hook").body(Body::empty()).unwrap()).await;
    assert_eq!(without.status, StatusCode::BAD_REQUEST);
    let list = get(&app, "/hook").await.json();
    assert_eq!(list["accepted"], 2);
    assert_eq!(list["requests"], 3);
    assert_eq!(list["keys"], serde_json::json!(["a", "b"]));
    assert_eq!(list["counts"]["a"], 2);
}
