use std::collections::BTreeMap;
use std::time::Duration;

use config::{TokenKind, Vk};
use model::Time;
use proptest::prelude::*;

use super::*;
use crate::outcome::PollOutcome;
use crate::time::later;

fn start() -> Time {
    "2026-11-01T10:00:00Z".parse().unwrap()
}

fn at(millis: u64) -> Time {
    later(start(), Duration::from_millis(millis))
}

fn quota(kinds: &[TokenKind], per_day: u32) -> Quota {
    let token = |(number, kind): (usize, &TokenKind)| config::VkToken {
        kind: *kind,
        secret: config::Secret::Env(format!("TOKEN_{number}")),
    };
    let usual = crate::test_server::settings("http://127.0.0.1:1", &[]).vk;
    let limits = config::VkLimits { wall_get_per_day: per_day, ..usual.limits };
    Quota::new(&Vk { tokens: kinds.iter().enumerate().map(token).collect(), limits, ..usual })
}

/// Makes a call, waiting as told; when it was made and by which token.
fn call(quota: &mut Quota, method: &'static str, mut now: Time) -> Option<(Time, usize)> {
    loop {
        match quota.take(Call::of(method), now) {
            Ok(turn) => return Some((now, turn.token)),
            Err(Unavailable::Wait(until)) => now = until,
            Err(_) => return None,
        }
    }
}

#[test]
fn a_kind_of_token_calls_its_methods_and_only_another_than_a_service_token_bundles() {
    use TokenKind::{Community, Service, User};
    for (kind, method, may) in [
        (Service, "wall.get", true),
        (User, "wall.get", true),
        (Community, "wall.get", false),
        (Community, "groups.getById", true),
        (Community, "groups.getLongPollServer", true),
        (Service, "groups.getLongPollServer", false),
        (Service, "newsfeed.search", true),
    ] {
        let mut quota = quota(&[kind], 10);
        assert_eq!(quota.take(Call::of(method), start()).is_ok(), may, "{kind:?} {method}");
    }
    let bundled = Call { bundled: true, ..Call::of("wall.getComments") };
    assert_eq!(quota(&[Service], 10).take(bundled, start()), Err(Unavailable::NoToken));
    assert!(quota(&[Service, User], 10).take(bundled, start()).is_ok_and(|turn| turn.token == 1));
    assert!(!quota(&[Service], 10).may_bundle("wall.getComments"));
}

#[test]
fn a_token_makes_as_many_calls_a_second_as_it_may_and_several_share_them() {
    let mut one = quota(&[TokenKind::User], 100);
    let times: Vec<Time> = (0..7).map(|_| call(&mut one, "wall.get", start()).unwrap().0).collect();
    assert_eq!(times, [at(0), at(0), at(0), at(1100), at(1100), at(1100), at(2200)]);
    let mut two = quota(&[TokenKind::User, TokenKind::User], 100);
    let tokens: Vec<usize> = (0..6).map(|_| call(&mut two, "wall.get", start()).unwrap().1).collect();
    assert_eq!(tokens.iter().filter(|token| **token == 0).count(), 3, "{tokens:?}");
}

#[test]
fn a_spent_day_is_closed_until_its_first_calls_no_longer_count() {
    let mut quota = quota(&[TokenKind::User], 4);
    for _ in 0..4 {
        assert!(call(&mut quota, "wall.get", start()).is_some());
    }
    let until = later(start(), Duration::from_secs(24 * 3600 + 600));
    let spent = Unavailable::Closed(PollOutcome::VkQuota { until: Some(until) });
    assert_eq!(quota.take(Call::of("wall.get"), at(60_000)), Err(spent));
    assert!(quota.take(Call::of("wall.getById"), at(60_000)).is_ok(), "another method has a day of its own");
    assert!(quota.take(Call::of("wall.get"), until).is_ok());
}

#[test]
fn older_pages_use_a_fifth_of_the_day() {
    let mut quota = quota(&[TokenKind::User], 50);
    let older = Call { spare: true, ..Call::of("wall.get") };
    let taken = (0..50).filter(|second| quota.take(older, at(second * 1000)).is_ok()).count();
    assert_eq!(taken, 10);
    assert!(quota.take(Call::of("wall.get"), at(60_000)).is_ok());
}

#[test]
fn a_restart_forgets_no_call() {
    let mut before = quota(&[TokenKind::User], 25);
    let saved: Vec<Spent> =
        (0..12).flat_map(|second| before.take(Call::of("wall.get"), at(second * 1000)).unwrap().save).collect();
    assert_eq!(saved.iter().map(|spent| spent.calls).collect::<Vec<_>>(), [10, 20]);
    let mut after = quota(&[TokenKind::User], 25);
    after.restore(saved.into_iter().rev().take(1).collect());
    let taken = (20..60).filter(|second| after.take(Call::of("wall.get"), at(second * 1000)).is_ok()).count();
    assert_eq!(taken, 5);
}

#[test]
fn a_restart_gives_older_pages_no_second_fifth() {
    let older = Call { spare: true, ..Call::of("wall.get") };
    let taken = |quota: &mut Quota, from: u64| {
        let turns = (from..from + 50).map_while(|second| quota.take(older, at(second * 1000)).ok());
        turns.map(|turn| turn.save).collect::<Vec<_>>()
    };
    let mut before = quota(&[TokenKind::User], 50);
    let saves = taken(&mut before, 0);
    assert_eq!(saves.len(), 10);
    let mut after = quota(&[TokenKind::User], 50);
    after.restore(saves.into_iter().flatten().next_back().into_iter().collect());
    assert_eq!(taken(&mut after, 100).len(), 0);
    assert!(after.take(Call::of("wall.get"), at(200_000)).is_ok());
}

#[test]
fn few_calls_in_each_span_are_still_few_after_a_restart() {
    let mut before = quota(&[TokenKind::User], 200);
    let spans: Vec<Time> = (0..100).map(|span| at(span * 600_000)).collect();
    // As the file keeps them: a later count of a span replaces the one before.
    let mut file = BTreeMap::new();
    for at in &spans {
        let turn = before.take(Call::of("wall.get"), *at).unwrap();
        file.extend(turn.save.into_iter().map(|spent| (spent.span, spent)));
    }
    let mut after = quota(&[TokenKind::User], 200);
    after.restore(file.into_values().collect());
    // The newest span alone is saved ahead.
    assert_eq!((before.left("wall.get", spans[99]), after.left("wall.get", spans[99])), (Some(100), Some(91)));
}

#[test]
fn a_token_that_vk_closed_leaves_the_work_to_the_others() {
    let mut quota = quota(&[TokenKind::User, TokenKind::Service], 100);
    quota.close(0, Some("wall.get"), at(5000), PollOutcome::VkHuman);
    assert!((0..5).all(|_| quota.take(Call::of("wall.get"), start()).is_ok_and(|turn| turn.token == 1)));
    quota.close(1, None, at(9000), PollOutcome::VkToken);
    assert_eq!(quota.take(Call::of("wall.get"), start()), Err(Unavailable::Closed(PollOutcome::VkHuman)));
    assert!(quota.take(Call::of("wall.getById"), start()).is_ok_and(|turn| turn.token == 0));
    assert!(quota.take(Call::of("wall.get"), at(5000)).is_ok_and(|turn| turn.token == 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Whatever is asked for when, no window of a second or a day holds more calls of a token than its limit.
    #[test]
    fn no_limit_is_ever_exceeded(gaps in prop::collection::vec(0u64..2_000_000, 1..400), users in 1usize..3, per_day in 1u32..60) {
        let mut quota = quota(&vec![TokenKind::User; users], per_day);
        let (mut now, mut calls) = (start(), Vec::new());
        for gap in gaps {
            now = later(now, Duration::from_millis(gap / 4));
            if let Some((at, token)) = call(&mut quota, "wall.get", now) {
                now = at;
                calls.push((token, at.as_millisecond()));
            }
        }
        for (number, (token, end)) in calls.iter().enumerate() {
            let within = |span| calls[..=number].iter().filter(|(other, at)| other == token && *at > end - span).count();
            prop_assert!(within(1000) <= 3 && within(24 * 3600 * 1000) <= per_day as usize);
        }
    }
}
