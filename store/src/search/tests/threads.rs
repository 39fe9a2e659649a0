//! The conversation under a post.

use model::{Kind, PostId, TaggedPost};

use super::{Fixture, post, tombstone};
use crate::search::Thread;

/// A comment under post 1, which may answer another.
fn comment(number: u32, answers: Option<u32>) -> TaggedPost {
    let mut comment = post(number, "и у нас");
    comment.post.kind = Kind::Comment;
    comment.post.in_reply_to = Some("tg:town/1".into());
    comment.post.answers = answers.map(|number| format!("tg:town/{number}"));
    comment
}

/// The conversation that a post is a part of, said to stand under another.
fn thread(fixture: &Fixture, number: u32, above: Option<u32>) -> Option<Thread> {
    let id = |number: u32| PostId::new(format!("tg:town/{number}")).unwrap();
    fixture.index.thread(&id(number), above.map(id).as_ref()).unwrap()
}

/// The answers in the order in which they are read, as depth and number.
fn order(fixture: &Fixture) -> Vec<(usize, u32)> {
    let number = |id: &PostId| id.as_str().rsplit('/').next().unwrap().parse().unwrap();
    let comments = thread(fixture, 1, None).unwrap().comments;
    comments.iter().map(|answer| (answer.depth, number(&answer.comment.post.id))).collect()
}

#[test]
fn each_answer_stands_below_what_it_answers() {
    let comments = [(2, None), (3, None), (4, Some(2)), (5, Some(4)), (6, Some(2)), (7, Some(3)), (8, Some(99))];
    let mut posts: Vec<TaggedPost> = comments.map(|(number, answers)| comment(number, answers)).into();
    posts.push(post(1, "нет воды"));
    posts.push(post(9, "другое"));
    posts.reverse();
    let fixture = Fixture::with(&posts);
    let read = [(1, 2), (2, 4), (3, 5), (2, 6), (1, 3), (2, 7), (1, 8)];
    assert_eq!(order(&fixture), read);
    let whole = thread(&fixture, 1, None).unwrap();
    assert_eq!((whole.total, whole.post.as_ref().map(|post| post.post.text.as_str())), (7, Some("нет воды")));
    assert_eq!(thread(&fixture, 5, None), Some(whole), "by any comment of it");
    assert_eq!(thread(&fixture, 9, None).unwrap().total, 0);
    assert_eq!(thread(&fixture, 77, None), None);
}

#[test]
fn comments_that_answer_each_other_in_a_circle_are_all_shown() {
    let fixture = Fixture::with(&[post(1, "а"), comment(2, Some(3)), comment(3, Some(2)), comment(4, Some(4))]);
    assert_eq!(order(&fixture), [(1, 2), (2, 3), (1, 4)]);
}

#[test]
fn what_was_deleted_is_gone_and_the_rest_stays() {
    let (root, answered) = (post(1, "нет воды"), comment(2, None));
    let gone = [tombstone(&root, "2026-11-02T10:00:00Z"), tombstone(&answered, "2026-11-02T10:00:00Z")];
    let fixture = Fixture::with(&[root, answered, comment(3, Some(2)), gone[0].clone(), gone[1].clone()]);
    assert_eq!(order(&fixture), [(1, 3)]);
    assert!(thread(&fixture, 1, None).unwrap().post.is_none());
    assert_eq!(thread(&fixture, 2, Some(1)).unwrap().root.as_str(), "tg:town/1", "as the link of the comment says");
}
