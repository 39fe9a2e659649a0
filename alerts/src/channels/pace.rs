//! How often a channel may be used, kept before it has to say so. Pure: the clock is an argument.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use model::Time;

/// So many messages within so long.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    pub messages: usize,
    pub within: Duration,
}

/// The limits of a channel.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Of all messages together.
    pub all: &'static [Limit],
    /// Of those to one chat.
    pub chat: &'static [Limit],
    /// Of those to one group, whose number is negative, beside the chat's.
    pub group: &'static [Limit],
}

/// What was sent of late, and who asked for a pause.
#[derive(Debug)]
pub struct Pace {
    limits: Limits,
    all: Sent,
    chats: HashMap<String, Sent>,
}

#[derive(Debug, Default)]
struct Sent {
    /// Oldest first, as many as the largest limit counts.
    times: VecDeque<Time>,
    held_until: Option<Time>,
}

/// A server measures when messages arrive, which is not as even as they were sent.
const SLACK: Duration = Duration::from_millis(100);

/// Chats remembered; those that hold nobody back are forgotten when there are more.
const MAX_CHATS: usize = 1_000;

/// No pause is longer: a hold beyond it comes from a clock that was set back.
const LONGEST: Duration = Duration::from_secs(3600);

impl Pace {
    pub fn new(limits: Limits) -> Pace {
        Pace { limits, all: Sent::default(), chats: HashMap::new() }
    }

    /// When a message to a chat may go: `now`, or later.
    pub fn next(&self, chat: &str, now: Time) -> Time {
        let all = self.all.next(self.limits.all, now);
        let Some(sent) = self.chats.get(chat) else { return all };
        all.max(sent.next(self.limits.chat, now)).max(sent.next(self.group(chat), now))
    }

    /// Counts a message, or says when it may go.
    pub fn take(&mut self, chat: &str, now: Time) -> Result<(), Time> {
        let next = self.next(chat, now);
        if next > now {
            return Err(next);
        }
        if self.chats.len() >= MAX_CHATS {
            let (chat, group) = (self.limits.chat, self.limits.group);
            self.chats.retain(|_, sent| sent.next(chat, now).max(sent.next(group, now)) > now || sent.is_recent(now));
        }
        let longest = |limits: &[Limit]| limits.iter().map(|limit| limit.messages).max().unwrap_or(0);
        self.all.note(now, longest(self.limits.all));
        let keep = longest(self.limits.chat).max(longest(self.limits.group));
        self.chats.entry(chat.to_owned()).or_default().note(now, keep);
        Ok(())
    }

    /// Leaves a chat alone until a time, as the channel asked.
    pub fn hold(&mut self, chat: &str, until: Time) {
        self.chats.entry(chat.to_owned()).or_default().held_until = Some(until);
    }

    fn group(&self, chat: &str) -> &'static [Limit] {
        if chat.starts_with('-') { self.limits.group } else { &[] }
    }
}

impl Sent {
    fn next(&self, limits: &[Limit], now: Time) -> Time {
        let held = self.held_until.filter(|until| *until <= later(now, LONGEST));
        let mut next = held.map_or(now, |until| until.max(now));
        for limit in limits {
            // Of messages after `now` the clock that was set back knows nothing.
            let counted = self.times.iter().rev().skip_while(|time| **time > now).nth(limit.messages - 1);
            next = counted.map_or(next, |time| next.max(later(*time, limit.within + SLACK)));
        }
        next
    }

    fn note(&mut self, now: Time, keep: usize) {
        self.times.retain(|time| *time <= now);
        self.times.push_back(now);
        while self.times.len() > keep {
            self.times.pop_front();
        }
    }

    /// Whether it was used within any limit's span.
    fn is_recent(&self, now: Time) -> bool {
        self.times.back().is_some_and(|time| later(*time, Duration::from_secs(60) + SLACK) > now)
    }
}

fn later(time: Time, by: Duration) -> Time {
    time.saturating_add(by).unwrap_or(Time::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMITS: Limits = Limits {
        all: &[Limit { messages: 30, within: Duration::from_secs(1) }],
        chat: &[Limit { messages: 1, within: Duration::from_secs(1) }],
        group: &[Limit { messages: 20, within: Duration::from_secs(60) }],
    };

    fn at(millisecond: i64) -> Time {
        Time::from_millisecond(1_790_000_000_000 + millisecond).unwrap()
    }

    /// The most that fell within any span of this length.
    fn most(times: &[i64], within: i64) -> usize {
        let in_span = |from: i64| times.iter().filter(|time| (from..from + within).contains(*time)).count();
        times.iter().map(|from| in_span(*from)).max().unwrap_or(0)
    }

    proptest! {
        #[test]
        fn no_limit_is_passed_and_everything_goes(wishes in prop::collection::vec((0u8..60, 0i64..40), 1..300)) {
            let mut pace = Pace::new(LIMITS);
            let mut now = 0;
            let (mut all, mut chats) = (Vec::new(), HashMap::<String, Vec<i64>>::new());
            for (chat, pause) in wishes {
                now += pause;
                // Some of the chats are groups.
                let chat = if chat < 3 { format!("-{chat}") } else { chat.to_string() };
                let next = pace.next(&chat, at(now));
                prop_assert_eq!(pace.take(&chat, at(now)).err(), (next > at(now)).then_some(next));
                if next > at(now) {
                    now = next.as_millisecond() - at(0).as_millisecond();
                    prop_assert_eq!(pace.take(&chat, at(now)), Ok(()));
                }
                all.push(now);
                chats.entry(chat).or_default().push(now);
            }
            prop_assert!(most(&all, 1_000) <= 30);
            for (chat, times) in &chats {
                prop_assert!(most(times, 1_000) <= 1);
                prop_assert!(!chat.starts_with('-') || most(times, 60_000) <= 20);
            }
        }
    }

    #[test]
    fn a_pause_that_was_asked_for_holds_one_chat() {
        let mut pace = Pace::new(LIMITS);
        pace.hold("7", at(5_000));
        assert_eq!(pace.take("7", at(0)), Err(at(5_000)));
        assert_eq!((pace.take("8", at(0)), pace.take("7", at(5_000))), (Ok(()), Ok(())));
    }

    #[test]
    fn a_clock_that_was_set_back_blocks_nothing() {
        let mut pace = Pace::new(LIMITS);
        assert_eq!(pace.take("7", at(100_000_000)), Ok(()));
        pace.hold("8", at(100_000_000));
        assert_eq!((pace.take("7", at(0)), pace.take("8", at(0))), (Ok(()), Ok(())));
    }

    #[test]
    fn chats_of_long_ago_are_forgotten() {
        let mut pace = Pace::new(LIMITS);
        for chat in 0..3_000 {
            assert_eq!(pace.take(&chat.to_string(), at(chat * 1_000)), Ok(()));
        }
        assert!(pace.chats.len() <= MAX_CHATS, "{}", pace.chats.len());
    }
}
