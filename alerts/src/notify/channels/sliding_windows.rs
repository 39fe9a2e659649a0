//! A channel's documented limits as sliding windows. Pure: the clock is an argument.

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
    /// Of those to one group, whose number is negative, in addition to the chat's.
    pub group: &'static [Limit],
}

/// What was sent recently, and who asked for a pause.
///
/// The limits are those of a sliding window, as the platforms word them: in no span of the window's length more than so many
/// messages, however they are spread. The crate `governor` spreads them evenly instead (GCRA): from a full burst it lets nearly
/// twice as many pass within one window; and it can neither tell when a message may go without counting it, nor count one against
/// several limits at once or none, nor survive a clock that is set back.
#[derive(Debug)]
pub struct SlidingWindows {
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

/// The server counts messages as they arrive, which is less even than they were sent.
const SLACK: Duration = Duration::from_millis(100);

/// Chats remembered; when there are more, those that hold nobody back are forgotten.
const MAX_CHATS: usize = 1_000;

/// No pause is longer: a hold beyond it comes from a clock that was set back.
const LONGEST: Duration = Duration::from_secs(3600);

impl SlidingWindows {
    pub fn new(limits: Limits) -> SlidingWindows {
        SlidingWindows { limits, all: Sent::default(), chats: HashMap::new() }
    }

    /// When a message to a chat may go: `now`, or later.
    pub fn ready_at(&self, chat: &str, now: Time) -> Time {
        let all = self.all.ready_at(self.limits.all, now);
        let Some(sent) = self.chats.get(chat) else { return all };
        all.max(sent.ready_at(self.limits.chat, now)).max(sent.ready_at(self.group(chat), now))
    }

    /// Counts a message, or says when it may go.
    pub fn acquire(&mut self, chat: &str, now: Time) -> Result<(), Time> {
        let ready_at = self.ready_at(chat, now);
        if ready_at > now {
            return Err(ready_at);
        }
        if self.chats.len() >= MAX_CHATS {
            let (chat, group) = (self.limits.chat, self.limits.group);
            self.chats
                .retain(|_, sent| sent.ready_at(chat, now).max(sent.ready_at(group, now)) > now || sent.is_recent(now));
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
    fn ready_at(&self, limits: &[Limit], now: Time) -> Time {
        let held = self.held_until.filter(|until| *until <= later(now, LONGEST));
        let mut ready_at = held.map_or(now, |until| until.max(now));
        for limit in limits {
            // A clock that was set back knows nothing of messages after `now`.
            let counted = self.times.iter().rev().skip_while(|time| **time > now).nth(limit.messages - 1);
            ready_at = counted.map_or(ready_at, |time| ready_at.max(later(*time, limit.within + SLACK)));
        }
        ready_at
    }

    fn note(&mut self, now: Time, keep: usize) {
        self.times.retain(|time| *time <= now);
        self.times.push_back(now);
        while self.times.len() > keep {
            self.times.pop_front();
        }
    }

    /// Whether it was used within any limit's window.
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
            let mut windows = SlidingWindows::new(LIMITS);
            let mut now = 0;
            let (mut all, mut chats) = (Vec::new(), HashMap::<String, Vec<i64>>::new());
            for (chat, pause) in wishes {
                now += pause;
                // Some of the chats are groups.
                let chat = if chat < 3 { format!("-{chat}") } else { chat.to_string() };
                let ready_at = windows.ready_at(&chat, at(now));
                prop_assert_eq!(windows.acquire(&chat, at(now)).err(), (ready_at > at(now)).then_some(ready_at));
                if ready_at > at(now) {
                    now = ready_at.as_millisecond() - at(0).as_millisecond();
                    prop_assert_eq!(windows.acquire(&chat, at(now)), Ok(()));
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
        let mut windows = SlidingWindows::new(LIMITS);
        windows.hold("7", at(5_000));
        assert_eq!(windows.acquire("7", at(0)), Err(at(5_000)));
        assert_eq!((windows.acquire("8", at(0)), windows.acquire("7", at(5_000))), (Ok(()), Ok(())));
    }

    #[test]
    fn a_clock_that_was_set_back_blocks_nothing() {
        let mut windows = SlidingWindows::new(LIMITS);
        assert_eq!(windows.acquire("7", at(100_000_000)), Ok(()));
        windows.hold("8", at(100_000_000));
        assert_eq!((windows.acquire("7", at(0)), windows.acquire("8", at(0))), (Ok(()), Ok(())));
    }

    #[test]
    fn chats_of_long_ago_are_forgotten() {
        let mut windows = SlidingWindows::new(LIMITS);
        for chat in 0..3_000 {
            assert_eq!(windows.acquire(&chat.to_string(), at(chat * 1_000)), Ok(()));
        }
        assert!(windows.chats.len() <= MAX_CHATS, "{}", windows.chats.len());
    }
}
