//! VK: what the search of public posts finds.

use serde_json::{Value, json};

use super::*;

fn found(owner: i64, id: u64, minutes: i64) -> Value {
    let date = time(START).as_second() - minutes * 60;
    json!({"id": id, "owner_id": owner, "from_id": owner, "date": date, "text": "Нет воды", "post_type": "post"})
}

/// The newest first, `count` a page, as `newsfeed.search` answers; `wall.getById` and walls beside it.
#[allow(clippy::ptr_arg)] // A site hands its state out as it holds it.
fn api(posts: &mut Vec<Value>, asked: &Asked) -> Response<Body> {
    let form: HashMap<String, String> = url::form_urlencoded::parse(asked.body.as_bytes()).into_owned().collect();
    let items: Vec<Value> = match asked.target.rsplit('/').next().unwrap() {
        "newsfeed.search" => {
            assert!(form["count"].parse::<u32>().unwrap() <= 200);
            let since: i64 = form["start_time"].parse().unwrap();
            let from: usize = form.get("start_from").map_or(0, |from| from.parse().unwrap());
            let fits: Vec<Value> =
                posts.iter().filter(|post| post["date"].as_i64().unwrap() >= since).cloned().collect();
            let page: Vec<Value> = fits.iter().skip(from).take(200).cloned().collect();
            let next = (from + 200 < fits.len()).then(|| (from + 200).to_string());
            let response = json!({"items": page, "count": fits.len(), "total_count": fits.len(), "next_from": next});
            return answer(200, &[], json!({ "response": response }).to_string());
        }
        "wall.getById" => {
            let name = |post: &Value| format!("{}_{}", post["owner_id"], post["id"]);
            posts.iter().filter(|post| form["posts"].split(',').any(|asked| asked == name(post))).cloned().collect()
        }
        _ => posts
            .iter()
            .filter(|post| post["owner_id"] == json!(form["owner_id"].parse::<i64>().unwrap()))
            .cloned()
            .collect(),
    };
    answer(200, &[], json!({"response": {"count": items.len(), "items": items}}).to_string())
}

fn query() -> Address {
    Address::VkSearch("вода".into())
}

#[tokio::test]
async fn a_search_is_read_page_by_page_and_then_from_the_last_poll() {
    let posts: Vec<Value> = (0..450).map(|n| found(-70 - n % 3, 1000 - n as u64, n)).collect();
    let (site, server) = Site::serve(posts, api).await;
    let world = World::new(&server, &[query()], true);
    let first = world.poll().await;
    assert_eq!((first.outcome.as_str(), first.pages, first.new), ("ok", 3, 450));
    assert!(first.covers_from.is_some());
    site.change(|posts| posts.insert(0, found(-99, 5, 0)));
    world.wait(600);
    let second = world.poll().await;
    assert_eq!((second.new, second.pages, second.covers_from), (1, 1, Some(first.at)));
}

#[tokio::test]
async fn private_walls_are_dropped_and_followed_walls_are_left_to_themselves() {
    let posts = vec![found(-5, 1, 1), found(777_000, 2, 2), found(-70, 3, 3)];
    let (_site, server) = Site::serve(posts, api).await;
    let world = World::new(&server, &[query(), Address::Vk(-5), Address::VkSearch("нет воды".into())], true);
    let coverage = world.poll().await;
    assert_eq!((coverage.new, coverage.dropped), (1, 1));
    assert!(!world.journal.everything().contains("777000"));
    let other = world.collector.poll("s2").await.unwrap();
    assert_eq!((other.new, other.outcome.as_str()), (0, "ok"), "what another search has found is its own");
    assert_eq!(world.collector.poll("s1").await.unwrap().new, 1);
}

#[tokio::test]
async fn what_was_found_is_read_again_and_its_deletion_arrives() {
    let (site, server) = Site::serve(vec![found(-70, 3, 60), found(-70, 4, 61)], api).await;
    let world = World::new(&server, &[query()], true);
    world.poll().await;
    site.change(|posts| {
        posts.remove(0);
        posts[0]["text"] = json!("Дали воду");
    });
    world.wait(5 * 3600);
    let coverage = world.poll().await;
    assert_eq!((coverage.deleted, coverage.edited), (1, 1));
}
