//! Versions, deletions and the order in which they come.

use std::collections::BTreeMap;

use journal::Sink;
use model::{PostId, TaggedPost};
use proptest::prelude::*;

use super::{Fixture, post, time, tombstone};
use crate::search::{Budget, SearchError, SearchRequest};

#[test]
fn a_deleted_post_is_gone_and_an_older_version_does_not_bring_it_back() {
    let first = post(1, "нет воды");
    let mut fixture = Fixture::with(&[first.clone(), post(2, "вода есть")]);
    assert_eq!(fixture.index.get(&first.post.id).unwrap(), Some(first.clone()));
    fixture.feed(&[tombstone(&first, "2026-11-05T00:00:00Z")]);
    fixture.feed(std::slice::from_ref(&first));
    fixture.check("вода", &["2"]);
    fixture.check("", &["2"]);
    // The tombstone is alone in its segment, which has no dates.
    fixture.check("дата:2026-11-01..2026-11-30 -охват:>1", &["2"]);
    let mut exported = 0;
    let count = &mut |_| {
        exported += 1;
        Ok::<_, SearchError>(())
    };
    fixture.index.search_all(&SearchRequest::default(), &Budget::unlimited(), count).unwrap();
    assert_eq!(exported, 1);
    assert_eq!(fixture.index.get(&first.post.id).unwrap(), None);
    assert_eq!(fixture.index.docs().unwrap(), 1);
    let versions = fixture.index.versions().unwrap();
    assert_eq!(versions.iter().map(|(_, _, deleted)| *deleted).collect::<Vec<_>>(), [true, false]);
    // Seen again at the source after that, it is back.
    let mut again = first.clone();
    again.post.seen_at = Some(time("2026-11-06T00:00:00Z"));
    fixture.feed(&[again]);
    fixture.check("вода", &["2", "1"]);
}

#[test]
fn deleted_text_leaves_the_disk_with_a_purge() {
    let secret = post(1, "квартирант");
    let mut fixture = Fixture::with(&[secret.clone(), post(2, "вода")]);
    let on_disk = |fixture: &Fixture| {
        std::fs::read_dir(fixture.folder.path()).unwrap().any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            bytes.windows("квартирант".len()).any(|window| window == "квартирант".as_bytes())
        })
    };
    assert!(on_disk(&fixture));
    fixture.feed(&[tombstone(&secret, "2026-11-05T00:00:00Z")]);
    let position = fixture.sink.position().unwrap();
    fixture.sink.purge().unwrap();
    assert!(!on_disk(&fixture));
    assert_eq!(fixture.sink.position().unwrap(), position);
    assert_eq!(fixture.sink.purge().unwrap(), 0);
    fixture.check("вода", &["2"]);
    fixture.feed(&[post(3, "вода")]);
    fixture.check("вода", &["3", "2"]);
}

/// A version of one of three posts: when it was seen, by which rule set it was tagged, whether it is a tombstone.
fn version(id: u32, seen: u32, rules: u32, deleted: bool) -> TaggedPost {
    let mut tagged = post(id, &format!("вода {seen} {rules}"));
    tagged.tags.rules = rules;
    let at = time("2026-11-02T00:00:00Z") + jiff::Span::new().minutes(seen);
    tagged.post.seen_at = Some(at);
    if deleted { TaggedPost { post: tagged.post.tombstone(at), ..tagged } } else { tagged }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Whatever the order, the repeats and the batches, the greatest version of each post is what the index holds.
    #[test]
    fn any_order_of_versions_ends_in_the_same_index(
        picks in prop::collection::vec((1u32..4, 0u32..4, 1u32..3, 1usize..5), 1..25),
    ) {
        let mut fixture = Fixture::new();
        let mut greatest: BTreeMap<PostId, TaggedPost> = BTreeMap::new();
        let mut batch = Vec::new();
        for (id, seen, rules, cut) in picks {
            // A version is one thing: whether it is a deletion follows from when it was seen.
            let tagged = version(id, seen, rules, seen == 2);
            let known = greatest.entry(tagged.post.id.clone()).or_insert_with(|| tagged.clone());
            if known.version() < tagged.version() {
                *known = tagged.clone();
            }
            batch.push(tagged);
            if cut == 1 {
                fixture.feed(&std::mem::take(&mut batch));
            }
        }
        fixture.feed(&batch);
        let expect: Vec<_> = greatest
            .iter()
            .map(|(id, tagged)| (id.clone(), tagged.version().0, tagged.post.is_deleted()))
            .collect();
        prop_assert_eq!(fixture.index.versions().unwrap(), expect);
        for (id, tagged) in greatest {
            let expect = (!tagged.post.is_deleted()).then_some(tagged);
            prop_assert_eq!(fixture.index.get(&id).unwrap(), expect);
        }
    }
}
