//! The chain of escalation: whom an alert goes to while nobody acknowledges it.

use std::time::Duration;

use config::{Chain, PersonRole};
use jiff::SignedDuration;
use model::{Level, Time};

use crate::notify::routes::addressees::Addressee;

/// How far an alert has come up the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainPosition {
    /// The step that was notified last, from 0; beyond the top each repeat counts as one more. None: routes led past the first step.
    pub step: Option<u32>,
    /// Since when its people know; where the message had to wait for working hours, when these began.
    pub since: Time,
}

/// What is to happen to an alert that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escalation {
    /// Nothing.
    Nothing {
        /// When to ask again; none: never, since somebody acknowledged it.
        until: Option<Time>,
    },
    /// It goes to the next step.
    Next {
        /// The new [`ChainPosition::step`].
        step: u32,
        /// Who is notified.
        role: PersonRole,
    },
    /// The top of the chain is notified again.
    RepeatTop {
        /// The new [`ChainPosition::step`].
        step: u32,
        /// Who is notified.
        role: PersonRole,
        /// Number of the repeat, from 1.
        n: u32,
        /// Pause until the next one.
        next_pause: Duration,
    },
}

/// Where the chain begins for those who were notified first: at its first step if they belong to it, otherwise before it.
pub fn initial_step(chain: &Chain, addressees: &[Addressee]) -> Option<u32> {
    let first = chain.steps.first();
    addressees.iter().any(|addressee| Some(&addressee.role) == first).then_some(0)
}

/// What is to happen to an alert now. It goes one step at a time, each after the whole wait of the one before, even if this was not
/// asked for long.
pub fn escalate(chain: &Chain, level: Level, position: ChainPosition, acknowledged: bool, now: Time) -> Escalation {
    if acknowledged {
        return Escalation::Nothing { until: None };
    }
    let until = position.since.saturating_add(signed(pause(chain, level, position.step))).unwrap_or(Time::MAX);
    if now < until {
        return Escalation::Nothing { until: Some(until) };
    }
    let step = position.step.map_or(0, |step| step.saturating_add(1));
    let top = top(chain);
    match (chain.steps.get(step as usize), chain.steps.last()) {
        (Some(role), _) => Escalation::Next { step, role: *role },
        (None, Some(role)) => {
            let next_pause = pause(chain, level, Some(step));
            Escalation::RepeatTop { step, role: *role, n: step - top, next_pause }
        }
        // A configuration whose chain has no step is refused.
        (None, None) => Escalation::Nothing { until: None },
    }
}

fn top(chain: &Chain) -> u32 {
    u32::try_from(chain.steps.len().saturating_sub(1)).unwrap_or(u32::MAX)
}

/// How long a step has to acknowledge. At the top each pause is twice the one before, up to `repeat_most`, or stays the wait where that
/// is longer.
fn pause(chain: &Chain, level: Level, step: Option<u32>) -> Duration {
    let wait = *chain.wait.of(level);
    let repeats = step.unwrap_or(0).saturating_sub(top(chain));
    wait.saturating_mul(1_u32.checked_shl(repeats).unwrap_or(u32::MAX)).min(chain.repeat_most.max(wait))
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}
