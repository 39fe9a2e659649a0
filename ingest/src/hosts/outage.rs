//! Whether the platform can be reached at all: where none of its hosts answers several sources, it is the network's doing and no
//! source's.

use std::time::Duration;

use model::Time;

use crate::time::later;

/// So many sources, each without an answer from any host, and no answer to anybody in between: one alone may be a page that nobody gets.
const SEVERAL: usize = 2;

/// The first and the longest pause until one request tries the hosts again for all sources. It costs nothing but that request, and what
/// was published meanwhile must not wait long once the network is back.
const PAUSES: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(15 * 60));

/// Who got no answer since the last one that anybody got, and whether that is the network's doing.
#[derive(Debug, Default)]
pub(super) struct Reach {
    /// Each since when.
    unanswered: Vec<(String, Time)>,
    outage: Option<Outage>,
}

/// No host can be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outage {
    /// Since when.
    pub since: Time,
    /// When one request tries again for all.
    pub next_at: Time,
    /// What became of each host.
    pub reason: String,
    /// Pauses so far.
    pauses: u32,
}

impl Reach {
    /// The outage, while there is one.
    pub(super) fn outage(&self) -> Option<&Outage> {
        self.outage.as_ref()
    }

    /// Who was without an answer when it was found to be the network's doing, each since when; nobody while it is not.
    pub(super) fn not_to_blame(&self) -> Vec<(String, Time)> {
        if self.outage.is_some() { self.unanswered.clone() } else { Vec::new() }
    }

    /// A source got no answer from any host. True: an outage begins with it.
    pub(super) fn unanswered(&mut self, source: &str, reason: &str, now: Time) -> bool {
        if !self.unanswered.iter().any(|(other, _)| other == source) {
            self.unanswered.push((source.to_owned(), now));
        }
        if let Some(outage) = &mut self.outage {
            // Requests that were on their way when it began say nothing new.
            if outage.next_at <= now {
                outage.pauses = outage.pauses.saturating_add(1);
                outage.next_at = later(now, pause(outage.pauses));
                outage.reason = reason.to_owned();
            }
            return false;
        }
        if self.unanswered.len() < SEVERAL {
            return false;
        }
        let since = self.unanswered.iter().map(|(_, since)| *since).min().unwrap_or(now);
        self.outage = Some(Outage { since, next_at: later(now, pause(0)), reason: reason.to_owned(), pauses: 0 });
        true
    }

    /// A host answered. Returns the outage that ends with it.
    pub(super) fn answered(&mut self) -> Option<Outage> {
        self.unanswered.clear();
        self.outage.take()
    }
}

fn pause(before: u32) -> Duration {
    PAUSES.0.saturating_mul(1 << before.min(20)).min(PAUSES.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_sources_without_an_answer_are_an_outage_and_an_answer_ends_it() {
        let start: Time = "2026-11-01T10:00:00Z".parse().unwrap();
        let at = |seconds| later(start, Duration::from_secs(seconds));
        let mut reach = Reach::default();
        assert!(!reach.unanswered("a", "why", start) && !reach.unanswered("a", "why", at(60)), "one source alone");
        assert_eq!((reach.outage(), reach.not_to_blame()), (None, vec![]));
        assert_eq!(reach.answered(), None);
        assert!(!reach.unanswered("b", "why", at(70)), "somebody was answered in between");
        assert!(reach.unanswered("c", "why", at(80)));
        assert_eq!(reach.not_to_blame(), [("b".to_owned(), at(70)), ("c".to_owned(), at(80))]);
        assert!(!reach.unanswered("d", "on its way", at(81)), "it is told once");
        let outage = reach.outage().unwrap().clone();
        assert_eq!((outage.since, outage.next_at, outage.reason.as_str()), (at(70), at(140), "why"));
        let mut pauses = Vec::new();
        for _ in 0..6 {
            let now = reach.outage().unwrap().next_at;
            reach.unanswered("d", "still", now);
            pauses.push(reach.outage().unwrap().next_at.duration_since(now).as_secs());
        }
        assert_eq!(pauses, [120, 240, 480, 900, 900, 900]);
        assert_eq!(reach.answered().map(|outage| outage.reason).as_deref(), Some("still"));
        assert_eq!(reach.outage(), None);
    }
}
