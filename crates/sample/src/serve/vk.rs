//! The VK API 5.199 as far as a collector of walls needs it (<https://dev.vk.com/method>): true JSON, true errors.

use std::collections::HashMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, RawQuery, State};
use axum::http::Uri;
use serde_json::{Value, json};

use super::state::Sample;
use crate::content::{Address, Source};
use crate::post::{Post, View};

/// The only token the sample accepts. No secret: it opens invented posts on the loopback.
pub const TOKEN: &str = "sample-district-service-token";

type Params = HashMap<String, String>;

/// An error of the API: its code and message (../errors of the schema).
struct ApiError(i64, &'static str);

const UNKNOWN_METHOD: ApiError = ApiError(3, "Unknown method passed");
const NO_TOKEN: ApiError = ApiError(5, "User authorization failed: invalid access_token (4).");
const ACCESS_DENIED: ApiError = ApiError(15, "Access denied: this wall available only for community members");
const BAD_OWNER: ApiError =
    ApiError(100, "One of the parameters specified was missing or invalid: owner_id not integer");
const BAD_POSTS: ApiError = ApiError(100, "One of the parameters specified was missing or invalid: posts is undefined");
const BAD_GROUP: ApiError =
    ApiError(100, "One of the parameters specified was missing or invalid: group_ids is undefined");

/// Answers a method, its parameters in the query, in a form or in both.
pub(super) async fn method(
    State(sample): State<Sample>,
    Path(method): Path<String>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Json<Value> {
    let mut params = decode(query.as_deref().unwrap_or_default());
    params.extend(decode(std::str::from_utf8(&body).unwrap_or_default()));
    Json(match answer(&sample, &method, &params) {
        Ok(response) => json!({ "response": response }),
        Err(ApiError(code, message)) => {
            let told = params.iter().filter(|(key, _)| *key != "access_token");
            let mut told: Vec<(&str, &str)> = told.map(|(key, value)| (key.as_str(), value.as_str())).collect();
            told.push(("method", method.as_str()));
            told.sort_unstable();
            let request: Vec<Value> = told.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
            json!({"error": {"error_code": code, "error_msg": message, "request_params": request}})
        }
    })
}

fn decode(form: &str) -> Params {
    let uri = format!("/?{form}").parse::<Uri>();
    uri.ok().and_then(|uri| Query::<Params>::try_from_uri(&uri).ok()).map_or_else(Params::new, |Query(params)| params)
}

fn answer(sample: &Sample, method: &str, params: &Params) -> Result<Value, ApiError> {
    if params.get("access_token").map(String::as_str) != Some(TOKEN) {
        return Err(NO_TOKEN);
    }
    match method {
        "wall.get" => wall_get(sample, params),
        "wall.getById" => wall_get_by_id(sample, params),
        "groups.getById" => groups_get_by_id(sample, params),
        "utils.resolveScreenName" => Ok(resolve(sample, params)),
        _ => Err(UNKNOWN_METHOD),
    }
}

fn wall_get(sample: &Sample, params: &Params) -> Result<Value, ApiError> {
    let source = match (params.get("owner_id"), params.get("domain")) {
        (Some(owner), _) => by_owner(sample, owner.parse().map_err(|_| BAD_OWNER)?),
        (None, Some(domain)) => by_name(sample, domain),
        (None, None) => return Err(BAD_OWNER),
    };
    let source = source.ok_or(ACCESS_DENIED)?;
    let number = |name: &str, default| params.get(name).and_then(|value| value.parse().ok()).unwrap_or(default);
    let mut posts: Vec<View<'_>> = sample.world.visible_of(source, sample.now()).rev().collect();
    // The newest pinned post stands first, and nowhere else.
    if let Some(pinned) = posts.iter().position(|view| view.post.pinned) {
        posts[..=pinned].rotate_right(1);
    }
    let first = posts.first().map(|view| view.post.number);
    let page = posts.iter().skip(number("offset", 0)).take(number("count", 20).min(100));
    let items: Vec<Value> = page.map(|view| item(sample, view, first)).collect();
    let mut response = json!({"count": posts.len(), "items": items});
    if params.get("extended").is_some_and(|extended| extended == "1") {
        response["profiles"] = json!([]);
        response["groups"] = json!([group(&sample.world.sources()[source])]);
    }
    Ok(response)
}

fn wall_get_by_id(sample: &Sample, params: &Params) -> Result<Value, ApiError> {
    let posts = params.get("posts").ok_or(BAD_POSTS)?;
    let found = posts.split(',').take(100).filter_map(|id| {
        let (owner, number) = id.trim().split_once('_')?;
        let source = by_owner(sample, owner.parse().ok()?)?;
        let number: u64 = number.parse().ok()?;
        sample.world.visible_of(source, sample.now()).find(|view| view.post.number == number)
    });
    Ok(json!({"items": found.map(|view| item(sample, &view, None)).collect::<Vec<_>>()}))
}

fn groups_get_by_id(sample: &Sample, params: &Params) -> Result<Value, ApiError> {
    let ids = params.get("group_ids").or_else(|| params.get("group_id")).ok_or(BAD_GROUP)?;
    let found = ids.split(',').filter_map(|id| {
        let number = id.trim().trim_start_matches("club").trim_start_matches("public");
        let by_number = number.parse::<i64>().ok().and_then(|number| by_owner(sample, -number.abs()));
        by_number.or_else(|| by_name(sample, id.trim()))
    });
    let groups: Vec<Value> = found.map(|source| group(&sample.world.sources()[source])).collect();
    Ok(json!({"groups": groups, "profiles": []}))
}

fn resolve(sample: &Sample, params: &Params) -> Value {
    let source = params.get("screen_name").and_then(|name| by_name(sample, name));
    match source.map(|at| &sample.world.sources()[at].address) {
        Some(Address::Vk { owner, .. }) => json!({"object_id": -owner, "type": "group"}),
        _ => json!([]),
    }
}

fn by_owner(sample: &Sample, wanted: i64) -> Option<usize> {
    let is_it = |source: &Source| matches!(source.address, Address::Vk { owner, .. } if owner == wanted);
    sample.world.sources().iter().position(is_it)
}

fn by_name(sample: &Sample, wanted: &str) -> Option<usize> {
    let is_it = |source: &Source| matches!(&source.address, Address::Vk { screen_name, .. } if screen_name == wanted);
    sample.world.sources().iter().position(is_it)
}

fn owner_of(source: &Source) -> i64 {
    match source.address {
        Address::Vk { owner, .. } => owner,
        _ => 0,
    }
}

fn group(source: &Source) -> Value {
    let Address::Vk { owner, screen_name } = &source.address else { return Value::Null };
    json!({
        "id": -owner,
        "name": source.name,
        "screen_name": screen_name,
        "description": source.about,
        "is_closed": 0,
        "type": "page",
        "photo_50": "https://sun9-1.vkuserphoto.example/50.jpg",
    })
}

fn item(sample: &Sample, view: &View<'_>, first: Option<u64>) -> Value {
    let post = view.post;
    let mut item = stub(sample, post, view.text);
    item["comments"] = json!({"count": view.comments, "can_post": 0});
    item["likes"] = json!({"count": view.likes, "can_like": 0, "user_likes": 0});
    item["reposts"] = json!({"count": view.reposts, "user_reposted": 0});
    item["views"] = json!({"count": view.views});
    item["marked_as_ads"] = json!(u8::from(post.ad));
    if let Some(edited) = view.edited_at {
        item["edited"] = json!(edited.as_second());
    }
    if post.pinned && first == Some(post.number) {
        item["is_pinned"] = json!(1);
    }
    if let Some(original) = post.repost_of.and_then(|at| sample.world.posts().get(at)) {
        item["copy_history"] = json!([stub(sample, original, &original.text)]);
    }
    item
}

/// What a post and the original of a repost have in common.
fn stub(sample: &Sample, post: &Post, text: &str) -> Value {
    let source = &sample.world.sources()[post.source];
    let owner = owner_of(source);
    let mut item = json!({
        "id": post.number,
        "from_id": post.author.unwrap_or(owner),
        "owner_id": owner,
        "date": post.published_at.as_second(),
        "post_type": "post",
        "inner_type": "wall_wallpost",
        "text": text,
        "attachments": attachments(post, owner),
        "post_source": {"type": "vk"},
        "hash": format!("{:016x}", crate::rng::hash(&post.number.to_le_bytes())),
    });
    // Suggested posts appear in the community's name; some are signed.
    if let Some(author) = post.author.filter(|author| author % 4 == 0) {
        item["from_id"] = json!(owner);
        item["signer_id"] = json!(author);
    }
    item
}

fn attachments(post: &Post, owner: i64) -> Vec<Value> {
    let mut attachments = Vec::new();
    if post.photo {
        let size = json!({"type": "x", "width": 604, "height": 403, "url": "https://sun9-1.vkuserphoto.example/x.jpg"});
        let photo = json!({"id": 457_000_000 + post.number, "album_id": -7, "owner_id": owner, "sizes": [size],
            "text": "", "date": post.published_at.as_second()});
        attachments.push(json!({"type": "photo", "photo": photo}));
    }
    if let Some(poll) = &post.poll {
        let option = |(at, text): (usize, &String)| json!({"id": at + 1, "text": text, "votes": 10 + at, "rate": 10.0});
        let answers: Vec<Value> = poll.options.iter().enumerate().map(option).collect();
        let poll = json!({"id": post.number, "owner_id": owner, "created": post.published_at.as_second(),
            "question": poll.question, "votes": 40, "answers": answers, "anonymous": true, "multiple": false});
        attachments.push(json!({"type": "poll", "poll": poll}));
    }
    attachments
}
