use std::collections::HashMap;
use std::path::Path;

use model::{Post, PostId, Time};

use super::*;

const NOW: &str = "2026-11-01T10:00:00Z";

fn time(text: &str) -> Time {
    text.parse().unwrap()
}

fn id(number: u64) -> PostId {
    PostId::new(format!("tg:gorod/{number}")).unwrap()
}

fn known(published: &str, on_page: &str) -> Known {
    Known {
        number: Some(1),
        parent: None,
        content: [1; 16],
        counts: Counts([Some(1), None, Some(u64::from(u32::MAX)), Some(0)]),
        seen_at: time(NOW),
        published_at: time(published),
        deleted: false,
        checked_at: None,
        masks: 2,
        of_old: true,
        page_at: time(on_page),
    }
}

#[test]
fn what_is_remembered_comes_back_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ingest.db");
    let mut state = State::open(&path).unwrap();
    let mut cursor = state.cursor("s", "telegram:gorod").unwrap();
    (cursor.last_number, cursor.failures, cursor.next_at) = (Some(7), 2, Some(time(NOW)));
    let rejected = Rejected { position: "1".into(), reason: "no_date".into() };
    let post = known("2026-10-31T10:00:00Z", NOW);
    state.commit("s", &cursor, &[(id(1), post.clone())], std::slice::from_ref(&rejected), time(NOW)).unwrap();
    drop(state);
    let mut state = State::open(&path).unwrap();
    assert_eq!(state.cursor("s", "telegram:gorod").unwrap(), cursor);
    assert_eq!(state.known("s", [id(1), id(2)].iter()).unwrap(), HashMap::from([(id(1), post)]));
    assert_eq!(state.known("other", [id(1)].iter()).unwrap(), HashMap::new());
    assert!(!state.is_unreported("s", &rejected).unwrap() && state.is_unreported("other", &rejected).unwrap());
    assert_eq!(state.cursor("s", "telegram:other").unwrap().last_number, None);
    assert_eq!(state.known("s", [id(1)].iter()).unwrap(), HashMap::new());
}

#[test]
fn only_posts_that_are_old_and_off_the_page_are_forgotten() {
    let mut state = State::open(Path::new(":memory:")).unwrap();
    let posts = [
        (id(1), known("2026-01-01T00:00:00Z", "2026-10-01T00:00:00Z")),
        (id(2), known("2026-01-01T00:00:00Z", NOW)),
        (id(3), known("2026-10-31T00:00:00Z", "2026-10-01T00:00:00Z")),
    ];
    state.commit("read", &Cursor::default(), &posts, &[], time(NOW)).unwrap();
    state.commit("silent", &Cursor::default(), &posts[..1], &[], time(NOW)).unwrap();
    assert_eq!(state.prune(time(NOW)).unwrap(), 1);
    assert_eq!(state.known("read", [id(1), id(2), id(3)].iter()).unwrap().len(), 2);
    assert_eq!(state.known("silent", [id(1)].iter()).unwrap().len(), 1, "what is not read is not off the page");
}

#[test]
fn of_what_was_forgotten_the_id_alone_is_remembered() {
    let mut state = State::open(Path::new(":memory:")).unwrap();
    let posts = [1, 2].map(|number| (id(number), known(NOW, NOW)));
    for forgets in [false, true, false] {
        if forgets {
            state.forget(&[id(1)], time(NOW)).unwrap();
        } else {
            state.remember("s", &posts, &[], time(NOW)).unwrap();
        }
    }
    assert_eq!(state.known("s", [id(1), id(2)].iter()).unwrap().into_keys().collect::<Vec<_>>(), [id(2)]);
    assert_eq!(state.forgotten().unwrap(), ["tg:gorod/1"]);
    assert!(state.is_forgotten(&id(1)).unwrap() && !state.is_forgotten(&id(2)).unwrap());
}

#[track_caller]
fn check(change: impl FnOnce(&mut Post)) {
    let post: Post = serde_json::from_str(
        r#"{"id":"tg:gorod/1","platform":"telegram","source":"s","published_at":"2026-11-01T10:00:00Z","text":"a"}"#,
    )
    .unwrap();
    let mut other = post.clone();
    change(&mut other);
    assert_eq!(content_hash(&post) == content_hash(&other), post.same_content(&other), "{other:?}");
}

#[test]
fn the_hash_tells_versions_apart_as_the_model_does() {
    check(|_| ());
    check(|post| post.text = "b".into());
    check(|post| post.title = Some("a".into()));
    check(|post| post.url = Some("https://t.me/gorod/1".into()));
    check(|post| post.edited_at = Some(time(NOW)));
    check(|post| post.deleted_at = Some(time(NOW)));
    check(|post| post.forwarded_from = Some("a".into()));
    check(|post| post.in_reply_to = Some("a".into()));
    check(|post| post.poll = Some(model::Poll { question: "a".into(), options: vec![] }));
    check(|post| post.views = Some(5));
    check(|post| post.seen_at = Some(time(NOW)));
    check(|post| post.author = Some("0".repeat(16)));
}

#[test]
fn chats_are_remembered_with_what_became_of_them() {
    let dir = tempfile::tempdir().unwrap();
    let state = State::open(&dir.path().join("ingest.db")).unwrap();
    let (max, first, later) = (model::Platform::Max, time(NOW), time("2026-11-02T10:00:00Z"));
    state.note_chat(max, -7, Some(true), first).unwrap();
    state.note_chat(max, -7, None, later).unwrap();
    state.title_chat(max, -7, "Город").unwrap();
    state.note_chat(max, -8, None, first).unwrap();
    state.leave_chat(max, -8, later).unwrap();
    let named =
        KnownChat { id: -7, is_channel: Some(true), title: Some("Город".into()), since: first, left_at: None };
    let left = KnownChat { id: -8, is_channel: None, title: None, since: first, left_at: Some(later) };
    assert_eq!(state.chats(max).unwrap(), [left, named.clone()]);
    state.note_chat(max, -8, Some(false), later).unwrap();
    let back = KnownChat { id: -8, is_channel: Some(false), title: None, since: later, left_at: None };
    assert_eq!(KnownChat::read(dir.path(), max).unwrap(), [back, named]);
    assert_eq!(state.marker(max).unwrap(), None);
    state.put_marker(max, 5).unwrap();
    state.put_marker(max, 7).unwrap();
    assert_eq!(state.marker(max).unwrap(), Some(7));
}
