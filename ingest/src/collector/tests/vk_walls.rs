//! VK: the token, pages by offset, private people, and deletions of an invented wall.

use serde_json::{Value, json};

use super::*;

type Wall = Vec<Value>;

/// A post of the community by a private person.
fn post(id: u64, text: &str) -> Value {
    let date = time("2026-11-01T09:00:00Z").as_second() - (1000 - id as i64) * 60;
    json!({"id": id, "owner_id": -5, "from_id": 777_000, "date": date, "text": text, "views": {"count": 3}, "post_type": "post"})
}

fn api(wall: &mut Wall, asked: &Asked) -> Response<Body> {
    let form: HashMap<String, String> = url::form_urlencoded::parse(asked.body.as_bytes()).into_owned().collect();
    let items: Wall = if asked.target == "/method/wall.getById" {
        let asked: Vec<&str> = form["posts"].split(',').collect();
        wall.iter().filter(|post| asked.contains(&format!("-5_{}", post["id"]).as_str())).cloned().collect()
    } else {
        let number = |name: &str| form[name].parse().unwrap();
        wall.iter().skip(number("offset")).take(number("count")).cloned().collect()
    };
    answer(200, &[], json!({"response": {"count": wall.len(), "items": items}}).to_string())
}

fn address() -> [Address; 1] {
    [Address::Vk(-5)]
}

#[tokio::test]
async fn a_wall_is_read_page_by_page_and_its_authors_become_hashes() {
    let wall: Wall = (1..=150).rev().map(|id| post(id, "Нет света")).collect();
    let (site, server) = Site::serve(wall, api).await;
    let world = World::new(&server, &address(), true);
    let first = world.poll().await;
    assert_eq!((first.outcome.as_str(), first.new, first.posts), ("ok", 150, 150));
    site.change(|wall| wall.insert(0, post(151, "Дали свет")));
    let second = world.poll().await;
    assert_eq!((second.pages, second.new, second.covers_from), (1, 1, Some(first.at)));
    let everything = world.journal.everything();
    assert!(!everything.contains("777000"), "the number of a private person left the collector");
    assert_eq!(world.journal.posts()[0].author.as_ref().map(String::len), Some(16));
    for asked in server.asked() {
        assert!(!asked.target.contains("secret") && asked.body.contains("access_token=vk1.secret"), "{}", asked.target);
    }
    assert!(!everything.contains("vk1.secret"));
}

#[tokio::test]
async fn posts_of_private_walls_are_dropped_and_counted() {
    let mut other = post(8, "Личное");
    other["owner_id"] = json!(777_000);
    let (_site, server) = Site::serve(vec![post(9, "Яма на дороге"), other], api).await;
    let world = World::new(&server, &address(), true);
    let coverage = world.poll().await;
    assert_eq!((coverage.new, coverage.dropped), (1, 1));
    assert!(!world.journal.everything().contains("Личное"));
}

#[tokio::test]
async fn a_pinned_old_post_is_no_end_of_the_page() {
    let mut pinned = post(1, "Закреплено");
    pinned["is_pinned"] = json!(1);
    let mut wall: Wall = (2..=4).rev().map(|id| post(id, "Текст")).collect();
    wall.insert(0, pinned);
    let (site, server) = Site::serve(wall, api).await;
    let world = World::new(&server, &address(), true);
    let first = world.poll().await;
    site.change(|wall| (100..=300).for_each(|id| wall.insert(1, post(id, "Новое"))));
    let second = world.poll().await;
    assert_eq!((second.new, second.covers_from), (201, Some(first.at)));
}

#[tokio::test]
async fn what_get_by_id_leaves_out_is_deleted() {
    let wall: Wall = (1..=4).rev().map(|id| post(id, "Текст")).collect();
    let (site, server) = Site::serve(wall, api).await;
    let world = World::new(&server, &address(), true);
    world.poll().await;
    site.change(|wall| drop(wall.remove(1)));
    assert_eq!(world.poll().await.deleted, 1);
    let last = world.journal.posts().pop().unwrap();
    assert_eq!((last.id.as_str(), last.is_deleted(), last.author), ("vk:-5_3", true, None));
    assert_eq!(world.poll().await.deleted, 0);
}

#[tokio::test]
async fn without_a_token_nothing_is_asked() {
    let (_site, server) = Site::serve(Wall::new(), api).await;
    let world = World::new(&server, &address(), false);
    assert_eq!(world.poll().await.outcome, "vk_no_token");
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_post_that_left_the_newest_page_is_read_again_on_a_falling_schedule() {
    let wall: Wall = (1..=150).rev().map(|id| post(id, "Нет света")).collect();
    let (site, server) = Site::serve(wall, api).await;
    let world = World::new(&server, &address(), true);
    world.poll().await;
    site.change(|wall| {
        wall[149]["text"] = json!("Нет света и воды");
        wall.remove(148);
    });
    // The oldest are a day old in the end: six hours must pass.
    world.wait(3600);
    let early = world.poll().await;
    assert_eq!((early.edited, early.deleted), (0, 0));
    world.wait(6 * 3600);
    let late = world.poll().await;
    assert_eq!((late.edited, late.deleted, late.outcome.as_str()), (1, 1, "ok"));
    assert_eq!(world.poll().await.edited, 0);
}

#[tokio::test]
async fn a_post_that_became_one_for_those_who_pay_is_not_taken_for_deleted_or_emptied() {
    let wall: Wall = (1..=3).rev().map(|id| post(id, "Текст")).collect();
    let (site, server) = Site::serve(wall, api).await;
    let world = World::new(&server, &address(), true);
    world.poll().await;
    site.change(|wall| {
        for (at, id) in [(1, 2), (0, 9)] {
            let hidden = json!({"is_donut": true, "placeholder": {"text": "Только донам"}});
            let mut paid = post(id, "");
            paid["donut"] = hidden;
            if id == 2 { wall[at] = paid } else { wall.insert(at, paid) }
        }
    });
    let coverage = world.poll().await;
    assert_eq!((coverage.outcome.as_str(), coverage.new, coverage.edited, coverage.deleted), ("ok", 0, 0, 0));
    assert_eq!(coverage.detail.as_deref(), Some("texts of 1 posts were not shown"), "of the other it was read");
    let dead: Vec<DeadLetter> = world.journal.read(Stream::Dead);
    assert_eq!((dead.len(), dead[0].position.as_str()), (1, "vk:-5_9"));
    world.wait(7 * 3600);
    assert_eq!(world.poll().await.deleted, 0, "nor when it is looked for by itself");
}

#[tokio::test]
async fn who_signed_a_post_of_a_community_is_known_as_a_hash_alone() {
    let mut signed = post(1, "Нет света");
    (signed["from_id"], signed["signer_id"]) = (json!(-5), json!(777_000));
    let (_site, server) = Site::serve(vec![signed], api).await;
    let world = World::new(&server, &address(), true);
    world.poll().await;
    assert_eq!(world.journal.posts()[0].author.as_ref().map(String::len), Some(16));
    assert!(!world.journal.everything().contains("777000"));
}
