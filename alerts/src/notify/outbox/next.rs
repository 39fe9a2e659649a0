//! What follows from the outcome of an attempt: a pure decision.

use std::time::Duration;

use config::ChannelKind;

use crate::notify::channels::DeliveryOutcome;

/// The longest pause between two attempts: a channel that was down is noticed to be back within this.
pub const MAX_RETRY_S: u64 = 600;

/// After so many failed attempts, about ten minutes, the person's next address is tried as well.
const ATTEMPTS_BEFORE_FAILOVER: u32 = 9;

/// A message that is not critical is given up after so many attempts, about four days; a critical one never is.
const MAX_ATTEMPTS: u32 = 600;

/// The pauses that a channel may ask for: the outbox neither hurries more nor waits longer.
const LEAST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// What is to happen to a message after an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Nothing: it was accepted.
    Sent,
    /// Another attempt after so long, under the same key.
    Retry(Duration),
    /// Another attempt after so long, and the person's next address as well.
    RetryAndFailover(Duration),
    /// No other attempt at this address; on to the person's next one.
    Failover,
    /// Another attempt that is marked «повтор», because the channel would not recognise the duplicate.
    Resend(Duration),
    /// Nobody knows whether it arrived, and it is left at that.
    Unconfirmed,
    /// Given up.
    Dropped,
}

/// What follows from the outcome of the attempt number `attempts`.
pub fn next(
    outcome: &DeliveryOutcome,
    attempts: u32,
    kind: ChannelKind,
    is_critical: bool,
    has_next_address: bool,
) -> Next {
    let pause = Duration::from_secs(MAX_RETRY_S.min(1_u64 << attempts.min(20)));
    match outcome {
        DeliveryOutcome::Accepted { .. } => Next::Sent,
        DeliveryOutcome::Later { after, .. } => {
            let pause = after.map_or(pause, |after| after.clamp(LEAST_PAUSE, LONGEST_PAUSE));
            if attempts >= MAX_ATTEMPTS && !is_critical {
                Next::Dropped
            } else if attempts == ATTEMPTS_BEFORE_FAILOVER && has_next_address {
                Next::RetryAndFailover(pause)
            } else {
                Next::Retry(pause)
            }
        }
        DeliveryOutcome::Refused { .. } if kind.refusal_passes() && !has_next_address => Next::Retry(pause),
        DeliveryOutcome::Refused { .. } => Next::Failover,
        DeliveryOutcome::Unknown { .. } if kind.is_idempotent() => Next::Retry(pause),
        DeliveryOutcome::Unknown { .. } if is_critical => Next::Resend(pause),
        DeliveryOutcome::Unknown { .. } => Next::Unconfirmed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::channels::Reason;

    #[test]
    fn what_follows_an_outcome() {
        let s = Duration::from_secs;
        let accepted = DeliveryOutcome::Accepted { message_id: None };
        let later =
            DeliveryOutcome::Later { after: None, reason: Reason { name: "down", words: "нет связи".into() } };
        let wait = DeliveryOutcome::Later {
            after: Some(s(30)),
            reason: Reason { name: "429", words: "чаще нельзя".into() },
        };
        let refused = DeliveryOutcome::Refused {
            reason: Reason { name: "blocked", words: "бот заблокирован".into() }
        };
        let unknown =
            DeliveryOutcome::Unknown { reason: Reason { name: "lost", words: "ответ потерян".into() } };
        use ChannelKind::{Email, Telegram, Webhook};
        let cases = [
            (&accepted, 1, Telegram, false, true, Next::Sent),
            (&later, 1, Telegram, false, true, Next::Retry(s(2))),
            (&later, 9, Telegram, false, true, Next::RetryAndFailover(s(512))),
            (&later, 9, Telegram, false, false, Next::Retry(s(512))),
            (&later, 20, Telegram, false, true, Next::Retry(s(600))),
            (&later, 600, Telegram, false, true, Next::Dropped),
            (&later, 600, Telegram, true, true, Next::Retry(s(600))),
            (&wait, 1, Telegram, false, true, Next::Retry(s(30))),
            (&refused, 1, Telegram, true, true, Next::Failover),
            (&refused, 1, Webhook, true, false, Next::Retry(s(2))),
            (&unknown, 1, Telegram, true, true, Next::Resend(s(2))),
            (&unknown, 1, Telegram, false, true, Next::Unconfirmed),
            (&unknown, 1, Email, false, true, Next::Retry(s(2))),
            (&unknown, 1, Webhook, true, false, Next::Retry(s(2))),
        ];
        for (outcome, attempts, kind, critical, other, expect) in cases {
            assert_eq!(next(outcome, attempts, kind, critical, other), expect, "{outcome:?} {attempts} {kind:?}");
        }
    }
}
