//! The servers of a simulated world: VK with the limits that it keeps, Telegram's preview, MAX's API, feeds.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use axum::body::Body;
use axum::http::Response;
use jiff::Timestamp;
use model::MaxMessage;
use serde_json::{Value, json};

use super::world::{DAY, Item, Place, World};
use crate::collector::tests::telegram_channels;
use crate::test_server::{Asked, answer};

/// Posts on a page of Telegram's preview.
const CHANNEL_PAGE: usize = 20;

/// Items that a feed shows.
const FEED_ITEMS: usize = 30;

pub(super) struct Limits {
    pub per_second: usize,
    pub wall_get_per_day: usize,
}

/// What is away from when to when.
#[derive(Clone, Copy)]
pub(super) struct Outages {
    /// VK answers nobody.
    pub vk: (i64, i64),
    /// In place of the first host of Telegram's preview, [`FIRST_PREVIEW`], a provider answers.
    pub preview: (i64, i64),
}

/// The first name of this server, whose pages the other name has too.
pub(super) const FIRST_PREVIEW: &str = "localhost";

/// The server's side: what it was asked, and which limits were exceeded.
pub(super) struct Served {
    pub world: World,
    limits: Limits,
    outages: Outages,
    recent: VecDeque<i64>,
    day: VecDeque<i64>,
    pub most_in_a_day: usize,
    pub calls: BTreeMap<String, usize>,
    pub exceeded: Vec<String>,
}

impl Served {
    pub(super) fn new(world: World, limits: Limits, outages: Outages) -> Served {
        let (recent, day, calls, exceeded) = Default::default();
        Served { world, limits, outages, recent, day, most_in_a_day: 0, calls, exceeded }
    }

    pub(super) fn answer(&mut self, asked: &Asked, now: i64) -> Response<Body> {
        if let Some(asked) = asked.target.strip_prefix("/messages") {
            self.note("messages of MAX");
            return self.messages(asked, now);
        }
        let path: Vec<&str> = asked.target.split(['/', '?']).filter(|part| !part.is_empty()).collect();
        let number = |name: &str, prefix: &str| name.strip_prefix(prefix).and_then(|number| number.parse().ok());
        match *path {
            ["method", method] => self.vk(method, asked, now),
            ["feed", feed] => {
                self.note("feeds");
                self.feed(feed.parse().unwrap(), now)
            }
            _ if self.is_held_back(asked, now) => {
                self.note("pages of a provider");
                answer(200, &[], "<title>Доступ ограничен</title><p>Канала с таким именем нет.</p>")
            }
            ["s", channel, ref rest @ ..] => {
                self.note("pages of channels");
                let before = rest.first().and_then(|query| number(query, "before="));
                self.channel(number(channel, "channel").unwrap() as usize, before.unwrap_or(u64::MAX), now)
            }
            [channel, post, _] => {
                self.note("posts of channels");
                let place = Place::Channel(number(channel, "channel").unwrap() as usize);
                let posts = &self.world.posts[&place];
                let post = posts.iter().find(|other| Some(other.number) == post.parse().ok() && other.is_visible(now));
                page(post.map_or_else(
                    || r#"<div class="tgme_widget_message_error">Post not found</div>"#.to_owned(),
                    |post| block(channel, post, now),
                ))
            }
            _ => panic!("{} is not asked of this world", asked.target),
        }
    }

    fn is_held_back(&self, asked: &Asked, now: i64) -> bool {
        let host = asked.header("host").unwrap_or_default();
        host.starts_with(FIRST_PREVIEW) && (self.outages.preview.0..self.outages.preview.1).contains(&now)
    }

    fn note(&mut self, what: &str) {
        *self.calls.entry(what.to_owned()).or_default() += 1;
    }

    /// Answers a call, or with error 6 or 29, or not at all.
    fn vk(&mut self, method: &str, asked: &Asked, now: i64) -> Response<Body> {
        self.note(method);
        if let Some(code) = self.refuses(method, now) {
            self.exceeded.push(format!("error {code} for {method}"));
            return answer(200, &[], json!({"error": {"error_code": code, "error_msg": "Limit"}}).to_string());
        }
        if (self.outages.vk.0..self.outages.vk.1).contains(&now) {
            return answer(502, &[], "");
        }
        let form: HashMap<String, String> = url::form_urlencoded::parse(asked.body.as_bytes()).into_owned().collect();
        let number = |name: &str| form.get(name).and_then(|value| value.parse::<usize>().ok());
        let owner: i64 = form.get("owner_id").and_then(|owner| owner.parse().ok()).unwrap_or(0);
        let response = match method {
            "wall.get" => {
                let posts = &self.world.posts[&Place::Wall(owner)];
                let visible: Vec<&Item> = posts.iter().filter(|post| post.is_visible(now)).collect();
                let page = visible.iter().rev().skip(number("offset").unwrap_or(0)).take(number("count").unwrap_or(20));
                let items: Vec<Value> = page.map(|post| self.post(owner, post, now)).collect();
                json!({"count": visible.len(), "items": items})
            }
            "wall.getById" => {
                let asked: HashSet<&str> = form["posts"].split(',').collect();
                let owners: HashSet<i64> = asked.iter().filter_map(|id| id.split_once('_')?.0.parse().ok()).collect();
                let mut items = Vec::new();
                for owner in owners {
                    let posts = self.world.posts[&Place::Wall(owner)].iter();
                    let found = posts.filter(|post| post.is_visible(now) && asked.contains(&post.id[3..]));
                    items.extend(found.map(|post| self.post(owner, post, now)));
                }
                json!({ "items": items })
            }
            "wall.getComments" => {
                let post = number("post_id").unwrap_or(0) as u64;
                let shown: Vec<Value> =
                    self.thread(owner, post, now).map(|comment| item(owner, comment, now)).collect();
                json!({"count": shown.len(), "current_level_count": shown.len(), "items": shown})
            }
            other => panic!("{other} is not asked of a week of walls"),
        };
        answer(200, &[], json!({ "response": response }).to_string())
    }

    fn thread(&self, owner: i64, post: u64, now: i64) -> impl Iterator<Item = &Item> {
        let thread = self.world.comments.get(&(Place::Wall(owner), post));
        thread.into_iter().flatten().filter(move |comment| comment.is_visible(now))
    }

    fn post(&self, owner: i64, post: &Item, now: i64) -> Value {
        let mut json = item(owner, post, now);
        json["comments"] = json!({"count": self.thread(owner, post.number, now).count()});
        json
    }

    fn channel(&self, number: usize, before: u64, now: i64) -> Response<Body> {
        let channel = format!("channel{number}");
        let posts = self.world.posts[&Place::Channel(number)].iter();
        let older: Vec<&Item> = posts.filter(|post| post.number < before && post.is_visible(now)).collect();
        let shown = &older[older.len().saturating_sub(CHANNEL_PAGE)..];
        let blocks: String = shown.iter().map(|post| block(&channel, post, now)).collect();
        let more = match shown.first().filter(|_| shown.len() < older.len()) {
            Some(oldest) => format!(r#"<a class="tme_messages_more" data-before="{}"></a>"#, oldest.number),
            None => String::new(),
        };
        page(format!(r#"<section class="tgme_channel_history js-message_history">{more}{blocks}</section>"#))
    }

    /// Messages of MAX: one by its id, several by theirs, or the newest of a chat up to a time.
    fn messages(&self, asked: &str, now: i64) -> Response<Body> {
        let of_mid = |mid: &str| {
            let MaxMessage { chat, number } = MaxMessage::of_mid(mid)?;
            let message = self.world.posts.get(&Place::Chat(chat))?.iter().find(|post| post.number == number)?;
            message.is_visible(now).then(|| chat_message(chat, message, now))
        };
        if let Some(mid) = asked.strip_prefix('/') {
            return match of_mid(mid) {
                Some(message) => answer(200, &[], message.to_string()),
                None => answer(404, &[], json!({"code": "not.found", "message": "no message"}).to_string()),
            };
        }
        let query = url::form_urlencoded::parse(asked.trim_start_matches('?').as_bytes());
        let query: HashMap<String, String> = query.into_owned().collect();
        let messages: Vec<Value> = match query.get("message_ids") {
            Some(mids) => mids.split(',').filter_map(of_mid).collect(),
            None => {
                let number = |name: &str| query.get(name).and_then(|value| value.parse::<i64>().ok());
                let (chat, from) = (number("chat_id").unwrap_or(0), number("from").unwrap_or(i64::MAX));
                let shown = self.world.posts[&Place::Chat(chat)].iter().rev();
                let shown = shown.filter(|post| post.is_visible(now) && post.published_at <= from);
                let count = number("count").unwrap_or(50) as usize;
                shown.take(count).map(|post| chat_message(chat, post, now)).collect()
            }
        };
        answer(200, &[], json!({ "messages": messages }).to_string())
    }

    fn feed(&self, feed: usize, now: i64) -> Response<Body> {
        let posts = self.world.posts[&Place::Feed(feed)].iter().rev().filter(|post| post.is_visible(now));
        let items: String = posts
            .take(FEED_ITEMS)
            .map(|post| {
                let (number, text, date) = (post.number, post.text(now), time(post.published_at));
                format!("<item><guid isPermaLink=\"false\">{number}</guid><title>{text}</title><pubDate>{date}</pubDate></item>")
            })
            .collect();
        answer(200, &[], format!("<rss version=\"2.0\"><channel><title>Вести</title>{items}</channel></rss>"))
    }

    fn refuses(&mut self, method: &str, now: i64) -> Option<i64> {
        self.recent.retain(|at| *at > now - 1000);
        if self.recent.len() >= self.limits.per_second {
            return Some(6);
        }
        self.recent.push_back(now);
        if method != "wall.get" {
            return None;
        }
        while self.day.front().is_some_and(|at| *at <= now - DAY) {
            self.day.pop_front();
        }
        if self.day.len() >= self.limits.wall_get_per_day {
            return Some(29);
        }
        self.day.push_back(now);
        self.most_in_a_day = self.most_in_a_day.max(self.day.len());
        None
    }
}

fn item(owner: i64, item: &Item, now: i64) -> Value {
    let date = item.published_at / 1000;
    json!({"id": item.number, "owner_id": owner, "from_id": owner, "date": date, "text": item.text(now)})
}

fn chat_message(chat: i64, post: &Item, now: i64) -> Value {
    let mid = MaxMessage { chat, number: post.number }.mid();
    json!({
        "recipient": {"chat_id": chat, "chat_type": "channel"}, "timestamp": post.published_at,
        "body": {"mid": mid, "seq": post.number, "text": post.text(now), "attachments": null},
    })
}

fn block(channel: &str, post: &Item, now: i64) -> String {
    telegram_channels::block(
        channel,
        post.number,
        &telegram_channels::message(post.text(now), &time(post.published_at)),
    )
}

fn page(blocks: String) -> Response<Body> {
    answer(200, &[], format!("<!DOCTYPE html><html><body>{blocks}</body></html>"))
}

fn time(millis: i64) -> String {
    Timestamp::from_millisecond(millis).unwrap().to_string()
}
