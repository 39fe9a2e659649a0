//! Batches may be cut anywhere.

use model::{Level, Scale, TaggedPost, Time};
use proptest::prelude::*;

use super::centre::{AT_ONCE, BURSTS, Centre, START, later, post, telling};

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Batches may be cut anywhere, as a crash cuts them: the centre ends the same, message for message.
    #[test]
    fn batches_do_not_matter(
        posts in prop::collection::vec((0u32..40, 0usize..3, 0usize..5, 0i64..4, 0i64..30, prop::bool::weighted(0.1)), 1..80),
        cuts in prop::collection::vec(1usize..9, 80),
    ) {
        let posts: Vec<TaggedPost> = posts
            .into_iter()
            .map(|(number, place, level, seen, at, deleted)| {
                let place = [None, Some("mira"), Some("lenina")][place];
                let mut tagged = later(post(number, place, Level::ALL.get(level).copied()), seen);
                tagged = match number % 4 {
                    0 => telling(tagged, "water", "absent", Some(Scale::House)),
                    1 => telling(tagged, "heating", "absent", Some(Scale::Flat)),
                    2 => telling(tagged, "heating", "absent", Some(Scale::Institution)),
                    _ => tagged,
                };
                // Some are of an archive: what they say of an hour is known from there on.
                let weeks = if at < 20 { 0 } else { at - 20 };
                let ago = weeks * 7 * 24 * 3600 + i64::from(number % 5) * 900;
                tagged.post.published_at = Time::from_second(START - 60 - ago).unwrap();
                tagged.post.author = Some(format!("a{}", number % 7));
                if deleted {
                    tagged.post = tagged.post.tombstone(Time::from_second(START + 60).unwrap());
                }
                tagged
            })
            .collect();
        let rules = format!("{AT_ONCE}{BURSTS}");
        let files = [("alerts.toml", rules.as_str())];
        let (mut whole, mut cut) = (Centre::with(&files), Centre::with(&files));
        whole.take(&posts);
        let mut rest = &posts[..];
        for size in cuts {
            let (now, later) = rest.split_at(size.min(rest.len()));
            cut.take(now);
            rest = later;
        }
        // Before time passes: then the oldest rows are cleared away, and the sums keep them.
        let (counted, anew) = cut.stories();
        prop_assert_eq!(counted, anew, "what stories add up to");
        whole.pass(61);
        cut.pass(61);
        prop_assert_eq!(whole.list(), cut.list());
        prop_assert_eq!(whole.keys(), cut.keys());
    }
}
