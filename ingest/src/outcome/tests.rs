use model::Time;

use super::*;

#[test]
fn every_outcome_has_words_for_people() {
    use PollOutcome::*;
    let until = None;
    let all = [
        Ok,
        NotModified,
        Empty,
        NothingParsed,
        PartlyParsed,
        ItemsLeft,
        NotFound,
        Gone,
        Forbidden,
        RateLimited { until },
        ServerError { until },
        UnexpectedStatus(418),
        Timeout,
        TooLarge,
        ConnectFailed,
        NetworkDown { until: Time::UNIX_EPOCH },
        Certificate,
        ForeignPage,
        DnsFailed,
        PrivateAddress,
        Redirects,
        Robots,
        BadUrl,
        BodyBroken,
        NotThisFormat,
        Broken,
        ParserFailed,
        ParseOverrun,
        NoPreview,
        Group,
        Bot,
        JoinWall,
        VkNoToken,
        VkToken,
        VkIdToken,
        VkTooFast,
        VkFlood { until },
        VkQuota { until },
        VkHuman,
        VkRetry,
        VkUnavailable,
        VkBatch,
        VkObject,
        VkUnknown(1),
        MaxNoToken,
        MaxToken,
        MaxDenied,
        MaxRefused,
        MaxDialogue,
        JournalFull,
        JournalFailed,
        StateFailed,
    ];
    for outcome in &all {
        assert_ne!(outcome.words(), outcome.name());
    }
    let names: std::collections::BTreeSet<_> = all.iter().map(PollOutcome::name).collect();
    assert_eq!(names.len(), all.len(), "two outcomes of one name");
}
