//! Walls that fill by themselves, and the limits that VK keeps.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use model::Kind;
use serde_json::{Value, json};

use crate::test_server::Asked;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// How long before the begin of the world its walls were written on.
const HISTORY: i64 = 16 * DAY;

/// A post or comment, from its publication to its end. Times are milliseconds.
pub(super) struct Item {
    pub owner: i64,
    pub number: u64,
    pub kind: Kind,
    /// When the post it is or stands under was published.
    pub post_published_at: i64,
    pub published_at: i64,
    /// Begin of the world: what is older was there before anybody looked.
    pub began: i64,
    pub text: String,
    pub edit: Option<(i64, String)>,
    pub deleted_at: Option<i64>,
}

impl Item {
    pub(super) fn id(&self) -> String {
        format!("vk:{}_{}", self.owner, self.number)
    }

    fn is_visible(&self, now: i64) -> bool {
        self.published_at <= now && self.deleted_at.is_none_or(|at| at > now)
    }

    fn json(&self, now: i64) -> Value {
        let edit = self.edit.as_ref().filter(|(at, _)| *at <= now);
        let text = edit.map_or(&self.text, |(_, text)| text);
        json!({"id": self.number, "owner_id": self.owner, "from_id": self.owner, "date": self.published_at / 1000, "text": text})
    }
}

/// splitmix64 (<https://prng.di.unimi.it/splitmix64.c>): the same world from the same seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn within(&mut self, span: i64) -> i64 {
        (self.share() * span as f64) as i64
    }
}

/// All walls, each with its posts and the comments under them in the order of publication.
pub(super) struct Vk {
    posts: HashMap<i64, Vec<Item>>,
    comments: HashMap<(i64, u64), Vec<Item>>,
}

impl Vk {
    /// Walls 1 … `walls`, written on at rates that differ a hundredfold.
    pub(super) fn new(seed: u64, walls: usize, began: i64, until: i64) -> Vk {
        let mut random = Random(seed);
        let (mut posts, mut comments) = (HashMap::new(), HashMap::new());
        for wall in 1..=walls as i64 {
            let a_day = 0.4 * 100f64.powf(random.share());
            let mut at = began - HISTORY;
            let (mut list, mut number) = (Vec::new(), 0);
            loop {
                // Gaps of a Poisson process.
                at += (-(1.0 - random.share()).ln() * DAY as f64 / a_day) as i64;
                if at > until {
                    break;
                }
                number += 1;
                let post = item(&mut random, -wall, number, Kind::Post, at, at, began);
                if random.share() < 0.15 {
                    let thread = (0..1 + random.next() % 4).map(|_| {
                        number += 1;
                        let published = at + 5 * MINUTE + random.within(DAY);
                        item(&mut random, -wall, number, Kind::Comment, at, published, began)
                    });
                    let mut thread: Vec<Item> = thread.collect();
                    thread.sort_by_key(|comment| comment.published_at);
                    comments.insert((-wall, post.number), thread);
                }
                list.push(post);
            }
            posts.insert(-wall, list);
        }
        Vk { posts, comments }
    }

    /// Everything that ever was. Comments under a post that was deleted go with it.
    pub(super) fn items(&self) -> impl Iterator<Item = &Item> {
        let posts = self.posts.values().flatten();
        let alive: HashSet<(i64, u64)> =
            posts.clone().filter(|post| post.deleted_at.is_none()).map(|post| (post.owner, post.number)).collect();
        let comments =
            self.comments.iter().filter(move |(post, _)| alive.contains(post)).flat_map(|(_, thread)| thread);
        posts.chain(comments)
    }
}

/// An item with what becomes of it: a tenth is edited, a twentieth deleted, most of it soon.
fn item(
    random: &mut Random,
    owner: i64,
    number: u64,
    kind: Kind,
    post_published_at: i64,
    published_at: i64,
    began: i64,
) -> Item {
    let later = |random: &mut Random| published_at + MINUTE + (random.share().powi(3) * 2.0 * DAY as f64) as i64;
    let edit = (random.share() < 0.1).then(|| (later(random), format!("Запись {number}, исправлено")));
    let deleted_at = (random.share() < 0.05).then(|| later(random));
    let text = format!("Запись {number}");
    Item { owner, number, kind, post_published_at, published_at, began, text, edit, deleted_at }
}

pub(super) struct Limits {
    pub per_second: usize,
    pub wall_get_per_day: usize,
}

/// The server's side: what it was asked, and which limits were exceeded.
pub(super) struct Served {
    pub vk: Vk,
    limits: Limits,
    recent: VecDeque<i64>,
    day: VecDeque<i64>,
    pub most_in_a_day: usize,
    pub calls: BTreeMap<String, usize>,
    pub exceeded: Vec<String>,
}

impl Served {
    pub(super) fn new(vk: Vk, limits: Limits) -> Served {
        let (recent, day) = Default::default();
        Served { vk, limits, recent, day, most_in_a_day: 0, calls: BTreeMap::new(), exceeded: Vec::new() }
    }

    /// Answers a call at a time, or with error 6 or 29.
    pub(super) fn answer(&mut self, asked: &Asked, now: i64) -> String {
        let method = asked.target.rsplit('/').next().unwrap_or_default().to_owned();
        let form: HashMap<String, String> = url::form_urlencoded::parse(asked.body.as_bytes()).into_owned().collect();
        *self.calls.entry(method.clone()).or_default() += 1;
        if let Some(code) = self.refuses(&method, now) {
            self.exceeded.push(format!("error {code} for {method}"));
            return json!({"error": {"error_code": code, "error_msg": "Limit"}}).to_string();
        }
        let number = |name: &str| form.get(name).and_then(|value| value.parse::<usize>().ok());
        let owner: i64 = form.get("owner_id").and_then(|owner| owner.parse().ok()).unwrap_or(0);
        let response = match method.as_str() {
            "wall.get" => {
                let visible: Vec<&Item> = self.vk.posts[&owner].iter().filter(|post| post.is_visible(now)).collect();
                let page = visible.iter().rev().skip(number("offset").unwrap_or(0)).take(number("count").unwrap_or(20));
                let items: Vec<Value> = page.map(|post| self.post(post, now)).collect();
                json!({"count": visible.len(), "items": items})
            }
            "wall.getById" => {
                let asked: HashSet<&str> = form["posts"].split(',').collect();
                let owners: HashSet<i64> = asked.iter().filter_map(|id| id.split_once('_')?.0.parse().ok()).collect();
                let posts = owners.iter().flat_map(|owner| &self.vk.posts[owner]);
                let found = posts.filter(|post| post.is_visible(now) && asked.contains(&post.id()[3..]));
                json!({"items": found.map(|post| self.post(post, now)).collect::<Vec<_>>()})
            }
            "wall.getComments" => {
                let post = number("post_id").unwrap_or(0) as u64;
                let shown: Vec<Value> = self.thread(owner, post, now).map(|comment| comment.json(now)).collect();
                json!({"count": shown.len(), "current_level_count": shown.len(), "items": shown})
            }
            other => panic!("{other} is not asked of a week of walls"),
        };
        json!({ "response": response }).to_string()
    }

    fn thread(&self, owner: i64, post: u64, now: i64) -> impl Iterator<Item = &Item> {
        self.vk.comments.get(&(owner, post)).into_iter().flatten().filter(move |comment| comment.is_visible(now))
    }

    fn post(&self, post: &Item, now: i64) -> Value {
        let mut json = post.json(now);
        json["comments"] = json!({"count": self.thread(post.owner, post.number, now).count()});
        json
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
