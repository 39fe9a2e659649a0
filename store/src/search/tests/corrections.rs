//! What people said of posts: it outranks the rules in the index until it is withdrawn.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use journal::{Checkpoint, Embedded, Entry, Journal, Limits, Record, Sink, Stream};
use model::{Correction, Level, PostId, Risk, SaidLevel, Sector, TaggedPost, Time, wire};
use proptest::prelude::*;

use super::{Fixture, post, time, tombstone};
use crate::{Corrections, search::SearchRequest};

fn said(of: &TaggedPost) -> Correction {
    let nothing = Correction::withdrawal(of.post.id.clone(), time("2026-11-03T00:00:00Z"), "Иванова");
    Correction { withdrawn: false, ..nothing }
}

fn entry(offset: u64, correction: &Correction) -> Entry {
    Entry { partition: 0, offset, key: correction.id.to_string(), payload: wire::write(correction) }
}

/// A post with a risk.
fn risky(number: u32) -> TaggedPost {
    let mut tagged = post(number, "нет воды");
    tagged.tags.risks = vec![Risk { kind: "outage".into(), level: Level::High, why: vec!["нет воды".into()] }];
    (tagged.tags.sector, tagged.tags.sectors) = (Sector::Jkh, vec![Sector::Jkh]);
    tagged
}

#[test]
fn a_corrected_post_is_found_as_the_person_said_until_that_is_withdrawn() {
    let mut fixture = Fixture::with(&[risky(1), risky(2)]);
    let by = Correction { sector: Some(Sector::Roads), level: Some(SaidLevel::None), ..said(&risky(1)) };
    fixture.sink.correct(&[entry(1, &by)]).unwrap();
    let level = || SearchRequest { level: Some(Level::Low), ..SearchRequest::default() };
    fixture.finds(level(), &["2"]);
    fixture.finds(SearchRequest { sector: Some(Sector::Roads), ..SearchRequest::default() }, &["1"]);
    fixture.check("вода", &["2", "1"]);
    let found = fixture.index.get(&risky(1).post.id).unwrap().unwrap();
    assert_eq!(found, risky(1).corrected(Some(&by)));

    // A newer version, as after an edit or under new rules, and what is not in the index yet.
    let mut edited = risky(1);
    edited.post.seen_at = Some(time("2026-11-04T00:00:00Z"));
    fixture.feed(&[edited.clone()]);
    fixture.sink.correct(&[entry(2, &Correction { level: Some(SaidLevel::None), ..said(&risky(3)) })]).unwrap();
    fixture.feed(&[risky(3)]);
    fixture.finds(level(), &["2"]);

    let withdrawn = Correction { withdrawn: true, ..said(&risky(1)) };
    fixture.sink.correct(&[entry(3, &withdrawn)]).unwrap();
    fixture.finds(level(), &["2", "1"]);
    assert_eq!(fixture.index.get(&edited.post.id).unwrap(), Some(edited));
    assert_eq!(fixture.index.docs().unwrap(), 3);
}

#[test]
fn what_is_given_to_the_writer_and_not_committed_is_corrected_too() {
    let mut fixture = Fixture::new();
    let payload = wire::write_tagged(&risky(1));
    fixture.sink.apply(&[Entry { partition: 0, offset: 1, key: String::new(), payload }]).unwrap();
    let by = Correction { level: Some(SaidLevel::None), ..said(&risky(1)) };
    let applied = fixture.sink.correct(&[entry(1, &by), Entry { payload: b"{".to_vec(), ..entry(2, &by) }]).unwrap();
    assert_eq!(applied.rejected.len(), 1);
    assert_eq!(fixture.index.get(&risky(1).post.id).unwrap(), Some(risky(1).corrected(Some(&by))));
    assert_eq!(fixture.sink.position().unwrap(), Some(Checkpoint::at(2)));
    assert_eq!(fixture.sink.corrections_position().unwrap(), Checkpoint::at(3));
    // Emptied by a deletion: what was said is gone, and the tombstone follows.
    fixture.sink.correct(&[Entry { payload: Vec::new(), ..entry(3, &by) }]).unwrap();
    assert_eq!(fixture.index.get(&risky(1).post.id).unwrap(), Some(risky(1)));
}

/// A journal, and corrections appended to it.
fn journal(folder: &tempfile::TempDir, said: &[Correction]) -> Arc<dyn Journal> {
    let limits = Limits { keep: Duration::from_secs(1), max_bytes: u64::MAX };
    let clock: model::Clock = Arc::new(|| Time::UNIX_EPOCH);
    let journal = Embedded::open(&folder.path().join("journal.db"), limits, clock).unwrap();
    let records: Vec<Record> = said.iter().map(|said| Record::new(said.id.as_str(), wire::write(said))).collect();
    journal.append(Stream::Corrections, &records).unwrap();
    Arc::new(journal)
}

#[test]
fn after_a_restart_what_people_said_is_known_before_the_first_post_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let by = Correction { level: Some(SaidLevel::None), ..said(&risky(1)) };
    let fixture = Fixture::new();
    let Fixture { folder: index, index: open, sink, .. } = fixture;
    drop((open, sink));
    let mut fixture = Fixture::in_folder(index, 1);
    fixture.sink = fixture.sink.corrected_by(Corrections::of(journal(&folder, &[by.clone(), said(&risky(2))])));
    fixture.feed(&[risky(1), risky(3)]);
    assert_eq!(fixture.index.get(&risky(1).post.id).unwrap(), Some(risky(1).corrected(Some(&by))));
    assert_eq!(fixture.index.get(&risky(3).post.id).unwrap(), Some(risky(3)));
    assert_eq!(fixture.sink.corrections_position().unwrap(), Checkpoint::at(0), "the stage reads them all the same");
    // An index that is filled from elsewhere has them all: another store gives out posts as it corrected them, or did not yet.
    fixture.sink.begin_at(&Checkpoint::at(9)).unwrap();
    let stale = Correction { sector: Some(Sector::Tko), ..said(&risky(4)) };
    fixture.feed(&[risky(4).corrected(Some(&stale))]);
    assert_eq!(fixture.index.get(&risky(4).post.id).unwrap(), Some(risky(4)));
    assert_eq!(fixture.sink.corrections_position().unwrap(), Checkpoint::at(3));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Versions and corrections in any order and any batches, restarts between: the latest version as it was last corrected.
    #[test]
    fn any_order_of_versions_and_corrections_ends_in_the_same_index(
        picks in prop::collection::vec(
            (1u32..4, prop_oneof![(0u32..4, 1u32..3).prop_map(Ok), (0usize..4).prop_map(Err)], prop::bool::weighted(0.2)),
            1..25,
        ),
    ) {
        let mut fixture = Fixture::new();
        let (mut latest, mut last) = (BTreeMap::<PostId, TaggedPost>::new(), BTreeMap::<PostId, Correction>::new());
        let mut offset = 0;
        let mut heard = Vec::new();
        for (number, pick, restart) in picks {
            match pick {
                Ok((seen, rules)) => {
                    let mut tagged = risky(number);
                    tagged.tags.rules = rules;
                    let at = time("2026-11-02T00:00:00Z") + jiff::Span::new().minutes(seen);
                    tagged.post.seen_at = Some(at);
                    if seen == 2 {
                        tagged = tombstone(&tagged, &at.to_string());
                    }
                    let known = latest.entry(tagged.post.id.clone()).or_insert_with(|| tagged.clone());
                    if known.version() < tagged.version() {
                        *known = tagged.clone();
                    }
                    fixture.feed(&[tagged]);
                }
                Err(which) => {
                    let nothing = said(&risky(number));
                    let said = match which {
                        0 => Correction { level: Some(SaidLevel::None), ..nothing },
                        1 => Correction { level: Some(SaidLevel::Risk(Level::Critical)), ..nothing },
                        2 => Correction { sector: Some(Sector::Roads), note: Some("да".into()), ..nothing },
                        _ => Correction { withdrawn: true, ..nothing },
                    };
                    offset += 1;
                    heard.push(entry(offset, &said));
                    // Some come again, as after a crash.
                    fixture.sink.correct(&heard[heard.len().saturating_sub(1 + which)..]).unwrap();
                    last.insert(said.id.clone(), said);
                }
            }
            if restart {
                fixture = fixture.reopen();
                let position = fixture.sink.corrections_position().unwrap();
                prop_assert_eq!(position, Checkpoint::at(if offset == 0 { 0 } else { offset + 1 }));
                // What the journal brings from its beginning.
                fixture.sink.correct(&heard).unwrap();
            }
        }
        for (id, tagged) in latest {
            let expect = tagged.corrected(last.get(&id));
            prop_assert_eq!(fixture.index.get(&id).unwrap(), Some(expect).filter(|tagged| !tagged.post.is_deleted()));
        }
    }
}
