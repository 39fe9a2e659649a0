//! What holds an alert back, and that it always ends.

use proptest::prelude::*;

use super::*;
use crate::silences::matcher::Matcher;

fn at(hour: i64) -> Time {
    Time::from_second(1_790_000_000 + hour * 3600).unwrap()
}

fn silence(matcher: Matcher, until: i64) -> Silence {
    Silence {
        id: "s".into(),
        matcher,
        reason: "учения".into(),
        by: "Иванова".into(),
        from: at(0),
        until: at(until),
        ended_at: None,
    }
}

fn cause(until: i64, expected: u64) -> KnownCause {
    KnownCause {
        id: "c".into(),
        matcher: Matcher { topics: vec!["jkh.water".into()], places: vec!["mira".into()], ..Matcher::default() },
        reason: "ремонт водовода".into(),
        by: "vodokanal".into(),
        post: None,
        from: at(0),
        until: at(until),
        expected,
        ended_at: None,
        ended_why: None,
    }
}

fn facts(topic: &str, place: Option<&str>) -> AlertFacts {
    AlertFacts {
        rule: "risk".into(),
        kind: "mass_outage".into(),
        topics: vec![topic.into()],
        sector: Some("jkh".into()),
        place: place.map(Into::into),
    }
}

#[test]
fn a_silence_holds_what_it_names_until_its_end_and_never_a_critical_alert() {
    let outages = [silence(Matcher { kinds: vec!["mass_outage".into()], ..Matcher::default() }, 5)];
    let here = facts("jkh.water", Some("mira"));
    assert_eq!(held_back(Level::High, &here, &outages, &[], at(1)).unwrap().until, at(5));
    assert_eq!(held_back(Level::Critical, &here, &outages, &[], at(1)), None);
    assert_eq!(held_back(Level::High, &here, &outages, &[], at(5)), None);
    assert_eq!(held_back(Level::High, &AlertFacts { kind: "fire".into(), ..here }, &outages, &[], at(1)), None);
}

#[test]
fn a_cause_explains_its_topic_in_its_place() {
    let work = [cause(5, 20)];
    assert!(held_back(Level::High, &facts("jkh.water", Some("mira")), &[], &work, at(1)).is_some());
    assert!(held_back(Level::High, &facts("jkh.gas", Some("mira")), &[], &work, at(1)).is_none());
    assert!(held_back(Level::High, &facts("jkh.water", Some("lenina")), &[], &work, at(1)).is_none());
    // «Нет воды», and nobody says where: the work that is known, until somebody names another place.
    assert!(held_back(Level::High, &facts("jkh.water", None), &[], &work, at(1)).is_some());
    assert!(held_back(Level::High, &facts("jkh.gas", None), &[], &work, at(1)).is_none());
}

#[test]
fn a_cause_is_over_with_its_work_or_when_more_complain_than_it_explains() {
    assert_eq!(cause(5, 20).over(20, at(4)), None);
    assert_eq!(cause(5, 20).over(21, at(4)).unwrap(), "жалоб больше, чем она объясняет: 21 авторов из 20");
    assert_eq!(cause(5, 20).over(0, at(5)).unwrap(), "срок работ вышел");
}

proptest! {
    /// Whatever is silenced or known, an alert is told in the end, and a critical one at once.
    #[test]
    fn suppression_always_ends(
        silences in prop::collection::vec((0i64..50, 1i64..200), 0..5),
        causes in prop::collection::vec(1i64..200, 0..5),
        start in 0i64..100,
    ) {
        let silences: Vec<Silence> = silences
            .into_iter()
            .map(|(from, length)| Silence { from: at(from), until: at(from + length), ..silence(Matcher::default(), 0) })
            .collect();
        let causes: Vec<KnownCause> = causes.into_iter().map(|until| cause(until, 20)).collect();
        let facts = facts("jkh.water", Some("mira"));
        prop_assert_eq!(held_back(Level::Critical, &facts, &silences, &causes, at(start)), None);
        let mut now = at(start);
        for _ in 0..20 {
            match held_back(Level::High, &facts, &silences, &causes, now) {
                None => return Ok(()),
                Some(held) => {
                    prop_assert!(held.until > now);
                    now = held.until;
                }
            }
        }
        prop_assert!(false, "still held at {now}");
    }
}
