//! A text that was masked anew, as a replay and a collector bring it.

use model::{Level, Origin, TaggedPost};

use super::centre::{later, post, told, with_people};

/// The same post, masked anew by a replay (`rules`) or by a collector that read it again (`seconds`).
fn masked(tagged: &TaggedPost, rules: u32, seconds: i64) -> TaggedPost {
    let mut masked = later(tagged.clone(), seconds);
    (masked.post.origin, masked.tags.rules) = (Origin::Replay, rules);
    masked.post.text = masked.post.text.replace("8_900_123_45_67", "☎…");
    masked
}

#[test]
fn a_mask_alone_rings_nobody_and_leaves_nothing_of_what_it_hides() {
    for (rules, seconds) in [(2, 0), (1, 300)] {
        let mut centre = with_people();
        let mut told_before = post(1, Some("mira"), Some(Level::High));
        told_before.post.text = "Тревожный текст, 8_900_123_45_67".into();
        centre.take(std::slice::from_ref(&told_before));
        centre.pass(1);
        assert!(!told(&centre).is_empty());
        let before = centre.only();
        let actions = |centre: &super::centre::Centre| -> Vec<String> {
            centre.alerts.audit(Some(&before.id), None, 100).unwrap().into_iter().map(|entry| entry.what).collect()
        };
        let done = actions(&centre);
        centre.take(&[masked(&told_before, rules, seconds)]);
        centre.pass(1);
        let after = centre.only();
        assert_eq!((after.posts, &after.life, after.level), (before.posts, &before.life, before.level));
        assert_eq!((told(&centre), actions(&centre)), (Vec::new(), done), "{rules}, {seconds}");
        let shown = serde_json::to_string(&after).unwrap();
        assert!(!shown.contains("8_900") && shown.contains('☎'), "{shown}");
        let messages: String = centre
            .alerts
            .database()
            .prepare("SELECT group_concat(message) FROM outbox")
            .unwrap()
            .query_row([], |row| row.get(0))
            .unwrap();
        assert!(messages.contains("Тревожный") && !messages.contains("8_900"), "{messages}");
    }
}
