//! VK: comments under posts, their threads, edits and deletions, and what `execute` bundles.

use serde_json::{Value, json};

use super::*;

/// Comments by the post they stand under, and the error that `wall.getComments` gives for a post.
#[derive(Default)]
struct Wall {
    posts: Vec<u64>,
    comments: BTreeMap<u64, Vec<Value>>,
    errors: BTreeMap<u64, i64>,
    /// `execute` refuses more calls than this.
    bundle: usize,
}

fn comment(post: u64, id: u64, text: &str) -> Value {
    let date = time(START).as_second() - 600;
    json!({"id": id, "post_id": post, "owner_id": -5, "from_id": 777_000, "date": date, "text": text, "parents_stack": []})
}

fn get_comments(wall: &Wall, post: u64, form: &HashMap<String, String>) -> Result<Value, i64> {
    if let Some(code) = wall.errors.get(&post) {
        return Err(*code);
    }
    let all = wall.comments.get(&post).cloned().unwrap_or_default();
    let parent = |comment: &Value| comment["parents_stack"].as_array().and_then(|above| above.first()?.as_u64());
    let number = |name: &str, default: usize| form.get(name).map_or(default, |value| value.parse().unwrap());
    let shown = number("thread_items_count", 0);
    let level = form.get("comment_id").map(|id| id.parse::<u64>().unwrap());
    let of_level: Vec<Value> = all.iter().filter(|comment| parent(comment) == level).cloned().collect();
    let page = of_level.iter().skip(number("offset", 0)).take(number("count", 100));
    let items: Vec<Value> = page
        .map(|comment| {
            let mut comment = comment.clone();
            let answers: Vec<Value> =
                all.iter().filter(|other| parent(other) == comment["id"].as_u64()).cloned().collect();
            comment["thread"] = json!({"count": answers.len(), "items": answers[..shown.min(answers.len())]});
            comment
        })
        .collect();
    Ok(json!({"count": all.len(), "current_level_count": of_level.len(), "items": items}))
}

fn api(wall: &mut Wall, asked: &Asked) -> Response<Body> {
    let form: HashMap<String, String> = url::form_urlencoded::parse(asked.body.as_bytes()).into_owned().collect();
    let refused = |code: i64| json!({"error": {"error_code": code, "error_msg": "Refused"}});
    let body = match asked.target.rsplit('/').next().unwrap() {
        "wall.getComments" => match get_comments(wall, form["post_id"].parse().unwrap(), &form) {
            Ok(found) => json!({ "response": found }),
            Err(code) => refused(code),
        },
        "execute" => {
            let posts: Vec<u64> = form["code"]
                .split("post_id: ")
                .skip(1)
                .map(|part| part.split(',').next().unwrap().parse().unwrap())
                .collect();
            if posts.len() > wall.bundle {
                refused(12)
            } else {
                let usual = HashMap::from([("thread_items_count".to_owned(), "10".to_owned())]);
                let found: Vec<_> = posts.iter().map(|post| get_comments(wall, *post, &usual)).collect();
                let errors: Vec<Value> = found
                    .iter()
                    .filter_map(|found| found.as_ref().err())
                    .map(|code| json!({"method": "wall.getComments", "error_code": code, "error_msg": "Refused"}))
                    .collect();
                let answers: Vec<Value> = found.into_iter().map(|found| found.unwrap_or(json!(false))).collect();
                json!({"response": answers, "execute_errors": errors})
            }
        }
        _ => {
            let post = |id: &u64| {
                let date = time(START).as_second() - 3600;
                let count = wall.comments.get(id).map_or(0, Vec::len);
                json!({"id": id, "owner_id": -5, "from_id": -5, "date": date, "text": "Нет света", "comments": {"count": count}})
            };
            let offset: usize = form.get("offset").map_or(0, |offset| offset.parse().unwrap());
            let items: Vec<Value> = wall.posts.iter().skip(offset).map(post).collect();
            json!({"response": {"count": items.len(), "items": items}})
        }
    };
    answer(200, &[], body.to_string())
}

fn wall(posts: u64, comments: impl IntoIterator<Item = (u64, Vec<Value>)>) -> Wall {
    Wall { posts: (1..=posts).rev().collect(), comments: comments.into_iter().collect(), bundle: 25, ..Wall::default() }
}

fn comments_asked(server: &Server) -> usize {
    server
        .asked()
        .iter()
        .filter(|asked| asked.target.ends_with("getComments") || asked.target.ends_with("execute"))
        .count()
}

#[tokio::test]
async fn comments_come_with_their_threads_and_without_their_authors() {
    let mut comments: Vec<Value> = (100..230).map(|id| comment(1, id, "И у нас нет")).collect();
    for id in 300..314 {
        let mut answer = comment(1, id, "Ответ");
        answer["parents_stack"] = json!([105]);
        comments.push(answer);
    }
    let (_site, server) = Site::serve(wall(2, [(1, comments)]), api).await;
    let world = World::new(&server, &[Address::Vk(-5)], true);
    let coverage = world.poll().await;
    assert_eq!((coverage.new, coverage.posts, coverage.outcome.as_str()), (2 + 144, 2 + 144, "ok"));
    let posts = world.journal.posts();
    let answer = posts.iter().find(|post| post.id.as_str() == "vk:-5_313").unwrap();
    assert_eq!((answer.kind, answer.in_reply_to.as_deref()), (model::Kind::Comment, Some("vk:-5_1")));
    assert!(answer.author.is_some() && !world.journal.everything().contains("777000"));
    assert_eq!(comments_asked(&server), 3, "two pages and one thread that came in part");
    world.wait(300);
    world.poll().await;
    assert_eq!(comments_asked(&server), 3, "nothing has changed");
}

#[tokio::test]
async fn a_new_an_edited_and_a_deleted_comment_arrive() {
    let start = vec![comment(1, 10, "раз"), comment(1, 11, "два"), comment(1, 12, "три")];
    let (site, server) = Site::serve(wall(1, [(1, start)]), api).await;
    let world = World::new(&server, &[Address::Vk(-5)], true);
    assert_eq!(world.poll().await.new, 4);
    site.change(|wall| {
        let thread = wall.comments.get_mut(&1).unwrap();
        thread.remove(1);
        thread[0]["text"] = json!("раз, уже починили");
    });
    world.wait(300);
    let coverage = world.poll().await;
    assert_eq!((coverage.edited, coverage.deleted), (1, 1), "the number of comments has changed");
    let tombstone = world.journal.posts().into_iter().find(Post::is_deleted).unwrap();
    assert_eq!((tombstone.id.as_str(), tombstone.kind), ("vk:-5_11", model::Kind::Comment));
    site.change(|wall| wall.comments.get_mut(&1).unwrap()[1]["text"] = json!("четыре"));
    world.wait(600);
    assert_eq!(world.poll().await.edited, 0, "the number is the same and it is not time yet");
    world.wait(1800);
    assert_eq!(world.poll().await.edited, 1);
}

#[tokio::test]
async fn a_post_that_is_deleted_takes_its_comments_with_it() {
    let (site, server) = Site::serve(wall(2, [(2, vec![comment(2, 10, "раз"), comment(2, 11, "два")])]), api).await;
    let world = World::new(&server, &[Address::Vk(-5)], true);
    assert_eq!(world.poll().await.new, 4);
    site.change(|wall| wall.posts.retain(|post| *post != 2));
    world.wait(300);
    assert_eq!(world.poll().await.deleted, 3);
}

#[tokio::test]
async fn a_post_whose_comments_are_closed_is_skipped_and_the_others_are_read() {
    for code in [210, 211, 212, 213] {
        let mut state = wall(3, (1..=3).map(|post| (post, vec![comment(post, 10 + post, "раз")])));
        state.errors.insert(2, code);
        let (_site, server) = Site::serve(state, api).await;
        let world = World::new(&server, &[Address::Vk(-5)], true);
        let coverage = world.poll().await;
        assert_eq!((coverage.outcome.as_str(), coverage.new, coverage.detail), ("ok", 5, None), "{code}");
    }
}

fn as_user(config: &mut Config) {
    config.settings.vk.tokens[0].kind = config::TokenKind::User;
}

#[tokio::test]
async fn a_users_token_bundles_and_a_batch_that_is_too_much_is_split() {
    for (bundle, calls) in [(25, 2), (10, 1 + 1 + 6), (1, 5 + 40)] {
        let mut state = wall(40, (1..=40).map(|post| (post, vec![comment(post, 100 + post, "раз")])));
        state.bundle = bundle;
        state.errors.insert(7, 212);
        let (_site, server) = Site::serve(state, api).await;
        let world = World::configured(&server, &[Address::Vk(-5)], true, as_user);
        let coverage = world.poll().await;
        assert_eq!((coverage.new, coverage.outcome.as_str()), (79, "ok"), "{bundle}");
        assert_eq!(comments_asked(&server), calls, "{bundle}");
    }
}

#[tokio::test]
async fn a_thread_that_was_not_shown_counts_as_not_seen() {
    let mut state = wall(2, (1..=2).map(|post| (post, vec![comment(post, 10 + post, "раз")])));
    state.errors.insert(1, 10);
    let (site, server) = Site::serve(state, api).await;
    let world = World::new(&server, &[Address::Vk(-5)], true);
    let coverage = world.poll().await;
    assert_eq!((coverage.new, coverage.detail.as_deref()), (3, Some("comments of 1 posts were not shown")));
    site.change(|wall| wall.errors.clear());
    world.wait(300);
    assert_eq!(world.poll().await.new, 1, "it is asked for again");
}

#[tokio::test]
async fn a_source_without_comments_is_not_asked_for_them() {
    let (_site, server) = Site::serve(wall(1, [(1, vec![comment(1, 10, "раз")])]), api).await;
    let world = World::configured(&server, &[Address::Vk(-5)], true, |config| config.sources[0].comments = false);
    assert_eq!((world.poll().await.new, comments_asked(&server)), (1, 0));
}
