use std::time::Duration;

use config::PersonRole;
use model::{Level, Time};
use proptest::prelude::*;

use super::config;
use crate::notify::routes::{ChainPosition, Escalation, escalate};

fn at(minute: i64) -> Time {
    Time::from_second(1_790_000_000 + minute * 60).unwrap()
}

#[test]
fn an_alert_climbs_step_by_step_and_is_repeated_at_the_top_with_doubling_pauses() {
    let chain = config("").people.chain;
    let mut position = ChainPosition { step: Some(0), since: at(0) };
    let mut log = Vec::new();
    for minute in 0..24 * 60 {
        match escalate(&chain, Level::Critical, position, false, at(minute)) {
            Escalation::Nothing { until } => assert!(until.is_some_and(|until| until > at(minute))),
            Escalation::Next { step, role } => {
                log.push((minute, role.as_str(), 0));
                position = ChainPosition { step: Some(step), since: at(minute) };
            }
            Escalation::RepeatTop { step, role, n, .. } => {
                log.push((minute, role.as_str(), n));
                position = ChainPosition { step: Some(step), since: at(minute) };
            }
        }
    }
    let expect = [
        (10, "lead", 0),
        (20, "head", 0),
        (30, "curator", 0),
        (40, "curator", 1),
        (60, "curator", 2),
        (100, "curator", 3),
        (180, "curator", 4),
        (340, "curator", 5),
        (660, "curator", 6),
        // Six hours, the most.
        (1020, "curator", 7),
        (1380, "curator", 8),
    ];
    assert_eq!(log, expect);
}

#[test]
fn a_wait_longer_than_the_most_pause_stays() {
    let chain = config("").people.chain;
    let day = 24 * 60;
    let top = ChainPosition { step: Some(3), since: at(0) };
    let low = |now| escalate(&chain, Level::Low, top, false, at(now));
    assert_eq!(low(day - 1), Escalation::Nothing { until: Some(at(day)) });
    let next_pause = Duration::from_secs(24 * 3600);
    let repeat = Escalation::RepeatTop { step: 4, role: PersonRole::Curator, n: 1, next_pause };
    assert_eq!(low(day), repeat);
    let never = ChainPosition { step: Some(u32::MAX), since: at(0) };
    assert!(matches!(escalate(&chain, Level::High, never, false, at(day)), Escalation::RepeatTop { .. }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whenever it is asked, and after pauses of any length: it ends in acknowledgement or at the top, skips no step, and is
    /// never at one step again before its wait.
    #[test]
    fn escalation_ends_in_acknowledgement_or_at_the_top(
        level in prop::sample::select(Level::ALL.to_vec()),
        before: bool,
        gaps in prop::collection::vec(1_i64..3000, 1..150),
        acknowledged_at in prop::option::of(0_i64..100_000),
    ) {
        let chain = config("").people.chain;
        let wait = *chain.wait.of(level);
        let cap = chain.repeat_most.max(wait);
        let mut position = ChainPosition { step: (!before).then_some(0), since: at(0) };
        let (mut minute, mut expected, mut least) = (0, u32::from(!before), wait);
        for gap in gaps {
            minute += gap;
            let acknowledged = acknowledged_at.is_some_and(|acknowledged| acknowledged <= minute);
            let passed = Duration::try_from(at(minute).duration_since(position.since)).unwrap();
            let (step, role) = match escalate(&chain, level, position, acknowledged, at(minute)) {
                Escalation::Nothing { until: None } => {
                    prop_assert!(acknowledged);
                    continue;
                }
                Escalation::Nothing { until: Some(until) } => {
                    prop_assert!(!acknowledged && until > at(minute) && passed < least);
                    continue;
                }
                Escalation::Next { step, role } => {
                    prop_assert_eq!(role, chain.steps[step as usize]);
                    (step, role)
                }
                Escalation::RepeatTop { step, role, n, next_pause } => {
                    prop_assert_eq!((role, n), (PersonRole::Curator, step - 3));
                    prop_assert_eq!(next_pause, (least * 2).min(cap));
                    (step, role)
                }
            };
            prop_assert!(!acknowledged && passed >= least, "{:?} after {:?}", role, passed);
            prop_assert_eq!(step, expected);
            least = if step > 3 { (least * 2).min(cap) } else { wait };
            expected += 1;
            position = ChainPosition { step: Some(step), since: at(minute) };
        }
        // So many days of silence are enough for the whole chain at any level.
        if acknowledged_at.is_none() && minute > 8 * 24 * 60 * 4 {
            prop_assert!(expected > 3);
        }
    }
}
