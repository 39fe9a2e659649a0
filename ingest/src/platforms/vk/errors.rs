//! Every error code of VK (<https://dev.vk.com/ru/reference/errors>): its outcome, and what it means for the token and for
//! the call. One table; the outcome's own consequence for the source is in [`crate::outcome`].

use std::time::Duration;

use crate::outcome::PollOutcome;

/// What an error means beyond the source that met it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing: the source's own schedule says when to try again.
    Source,
    /// The token rests this long and the call is made again.
    Retry(Duration),
    /// The token does not call this method for this long.
    CloseMethod(Duration),
    /// The token does not call this method until the day's limit is over.
    CloseMethodUntilReset,
    /// The token is not used for this long: a person must do something.
    CloseToken(Duration),
    /// The batch is made again in parts.
    Split,
    /// The one object is left out and the rest goes on.
    Skip,
}

/// How long a token rests after «too many requests per second», which is under a second.
const REST: Duration = Duration::from_millis(700);

/// The first pause after «flood control»; the requests are varied after it.
const FLOOD: Duration = Duration::from_secs(1800);

/// How rarely it is looked whether a person has done what was needed.
const PERSON: Duration = Duration::from_secs(3600);

/// Codes with one outcome and effect. A code that is not here is unknown, kept and shown.
///
/// 14 comes with a `redirect_uri` that a person passes in a browser, no longer with a picture, and holds for whatever the token calls;
/// 1051 tells of one method that a token issued through VK ID may not call, while it calls others: another kind of token has to.
static TABLE: [(&[i64], PollOutcome, Effect); 10] = [
    (&[1, 10], PollOutcome::VkRetry, Effect::Source),
    (&[6], PollOutcome::VkTooFast, Effect::Retry(REST)),
    (&[9], PollOutcome::VkFlood { until: None }, Effect::CloseMethod(FLOOD)),
    (&[29], PollOutcome::VkQuota { until: None }, Effect::CloseMethodUntilReset),
    (&[14, 17], PollOutcome::VkHuman, Effect::CloseToken(PERSON)),
    (&[5, 27, 28], PollOutcome::VkToken, Effect::CloseMethod(PERSON)),
    (&[1051], PollOutcome::VkIdToken, Effect::CloseMethod(PERSON)),
    (&[15, 18, 19, 30, 203], PollOutcome::VkUnavailable, Effect::Source),
    (&[12, 13, 36], PollOutcome::VkBatch, Effect::Split),
    (&[210, 211, 212, 213], PollOutcome::VkObject, Effect::Skip),
];

/// The outcome and effect of a code.
pub(crate) fn of_code(code: i64) -> (PollOutcome, Effect) {
    let row = TABLE.iter().find(|(codes, _, _)| codes.contains(&code));
    row.map_or((PollOutcome::VkUnknown(code), Effect::Source), |(_, outcome, effect)| (outcome.clone(), *effect))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Consequence;

    #[track_caller]
    fn check(codes: &[i64], name: &str, human: bool, expect: Effect) {
        for &code in codes {
            let (outcome, effect) = of_code(code);
            let is_human = outcome.consequence() == Consequence::HumanNeeded;
            assert_eq!((outcome.name(), is_human, effect), (name, human, expect), "{code}");
        }
    }

    #[test]
    fn every_code_has_its_name_and_consequence() {
        check(&[1, 10], "vk_retry", false, Effect::Source);
        check(&[6], "vk_too_fast", false, Effect::Retry(REST));
        check(&[9], "vk_flood", false, Effect::CloseMethod(FLOOD));
        check(&[29], "vk_quota", false, Effect::CloseMethodUntilReset);
        check(&[14, 17], "vk_human_needed", true, Effect::CloseToken(PERSON));
        check(&[5, 27, 28], "vk_token", true, Effect::CloseMethod(PERSON));
        check(&[1051], "vk_id_token", true, Effect::CloseMethod(PERSON));
        check(&[15, 18, 19, 30, 203], "vk_unavailable", false, Effect::Source);
        check(&[12, 13, 36], "vk_batch", false, Effect::Split);
        check(&[210, 211, 212, 213], "vk_object", false, Effect::Skip);
        check(&[0, -1, 100, 9999], "vk_unknown", false, Effect::Source);
        assert!(REST < Duration::from_secs(1));
    }
}
