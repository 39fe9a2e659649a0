//! Posts that somebody asked to have removed.

use model::PostId;

use super::telegram_channels::message;
use super::telegram_comments::{three, world};
use super::*;
use crate::Forgotten;
use crate::privacy::PersonOnPlatform;

#[tokio::test]
async fn what_was_forgotten_is_not_taken_in_again_whatever_becomes_of_it() {
    let talk = three((1..=3).map(|post| (post, vec![(10 + post, "раз"), (20 + post, "два")])));
    let (site, _server, mut world) = world(talk).await;
    world.poll().await;
    world.wait(300);
    world.poll().await;
    let ids = ["tg:gorod/2", "tg:gorod/1?comment=11"].map(|id| PostId::new(id).unwrap());
    let of_ids = |world: &World| {
        let posts = world.journal.posts();
        posts.iter().filter(|post| ids.contains(&post.id)).count()
    };
    assert_eq!(of_ids(&world), 2);
    world.collector.forget(&ids).unwrap();
    let at = "2026-11-01T09:02:00Z";
    for text in ["Исправлено", "Исправлено ещё раз"] {
        site.change(|talk| {
            talk.channel.insert(2, message(text, at));
            talk.comments.get_mut(&1).unwrap()[0].1 = "три";
        });
        world = world.restart();
        world.wait(3600);
        let coverage = world.poll().await;
        assert!((1..=2).contains(&coverage.dropped), "{coverage:?}");
        assert_eq!(of_ids(&world), 2, "{text}");
    }
    // Gone at its source, it was gone here before.
    site.change(|talk| drop(talk.channel.remove(&2)));
    world.wait(3600);
    assert_eq!(world.poll().await.deleted, 0);
    assert_eq!(of_ids(&world), 2);
    assert_eq!(world.collector.forgotten().unwrap().len(), 2);
    let read = Forgotten::read(world.dir.path()).unwrap();
    assert!(ids.iter().all(|id| read.holds(id)) && !read.holds(&PostId::new("tg:gorod/1").unwrap()));
}

#[tokio::test]
async fn a_person_who_asks_is_found_by_the_hash_that_the_collectors_gave() {
    let (_site, _server, world) =
        world(three([(1, vec![(11, "раз")]), (2, vec![(12, "два")]), (3, vec![(13, "три")])])).await;
    world.poll().await;
    let authors: Vec<String> = world.journal.posts().into_iter().filter_map(|post| post.author).collect();
    assert!(!authors.is_empty());
    let of = |said: &str| world.collector.hashes_of(&PersonOnPlatform::parse(said).unwrap()).unwrap();
    assert!(authors.iter().all(|author| of("@chastnoe_lico").contains(author)));
    assert!(!authors.iter().any(|author| of("@drugoe_lico").contains(author)));
}
