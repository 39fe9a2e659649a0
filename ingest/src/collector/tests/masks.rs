//! What a collector does with posts that a build with other masks remembered.

use super::telegram_channels::{Channel, address, message, preview};
use super::*;

/// As an earlier build would have left what is remembered: with another hash of the text, by the masks before numbered ones.
fn remembered_by_earlier_masks(world: &World) {
    let file = rusqlite::Connection::open(world.dir.path().join("ingest.db")).unwrap();
    file.execute_batch("UPDATE post SET masks = 1, content = zeroblob(16)").unwrap();
}

#[tokio::test]
async fn a_mask_alone_is_no_edit_and_an_edit_is_one() {
    let at = "2026-11-01T09:00:00+00:00";
    let channel: Channel =
        [(2, message("Анонимно: 8_900_123_45_67", at)), (4, message("Нет воды", at))].into_iter().collect();
    let (site, server) = Site::serve(channel, preview).await;
    let world = World::new(&server, &address(), false);
    assert_eq!(world.poll().await.new, 2);
    remembered_by_earlier_masks(&world);
    world.wait(300);
    let again = world.poll().await;
    // The text without anything to mask reads otherwise than it did: it was edited.
    assert_eq!((again.new, again.edited), (0, 1));
    let posts = world.journal.posts();
    let masked = posts.iter().rev().find(|post| post.id.as_str() == "tg:gorod/2").unwrap();
    assert_eq!((masked.text.as_str(), masked.origin), ("Анонимно: ☎…", model::Origin::Replay));
    let edited = posts.iter().rev().find(|post| post.id.as_str() == "tg:gorod/4").unwrap();
    assert_eq!(edited.origin, model::Origin::Live);
    // From now on its masks are these, and an edit is an edit.
    world.wait(300);
    site.change(|channel| drop(channel.insert(2, message("Анонимно: прорвало трубу, 8_900_123_45_67", at))));
    assert_eq!(world.poll().await.edited, 1);
    assert_eq!(world.journal.posts().last().unwrap().origin, model::Origin::Live);
}

#[tokio::test]
async fn what_was_remembered_unchanged_is_remembered_by_these_masks() {
    let at = "2026-11-01T09:00:00+00:00";
    let channel: Channel = [(2, message("Анонимно: 8_900_123_45_67", at))].into_iter().collect();
    let (site, server) = Site::serve(channel, preview).await;
    let world = World::new(&server, &address(), false);
    world.poll().await;
    let file = rusqlite::Connection::open(world.dir.path().join("ingest.db")).unwrap();
    file.execute_batch("UPDATE post SET masks = 1").unwrap();
    drop(file);
    world.wait(300);
    assert_eq!(world.poll().await.edited, 0);
    world.wait(300);
    site.change(|channel| drop(channel.insert(2, message("Пожар! Анонимно: 8_900_123_45_67", at))));
    assert_eq!(world.poll().await.edited, 1, "an edit, which may ring");
}
