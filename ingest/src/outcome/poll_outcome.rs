//! Every way in which a poll can end: its name in the ledger and its consequence for the schedule.
//! The words for people belong to the name ([`model::outcome_ru`]): readers of the ledger have them without the collectors.

use std::time::Duration;

use model::{NETWORK_DOWN, Time};

use super::consequence::Consequence;

/// How a poll ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // Each has its name and consequence in the table below.
pub enum PollOutcome {
    Ok,
    NotModified,
    Empty,
    NothingParsed,
    PartlyParsed,
    ItemsLeft,
    NotFound,
    Gone,
    Forbidden,
    RateLimited { until: Option<Time> },
    ServerError { until: Option<Time> },
    UnexpectedStatus(u16),
    Timeout,
    TooLarge,
    NetworkDown { until: Time },
    ConnectFailed,
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
    VkFlood { until: Option<Time> },
    VkQuota { until: Option<Time> },
    VkHuman,
    VkRetry,
    VkUnavailable,
    VkBatch,
    VkObject,
    VkUnknown(i64),
    MaxNoToken,
    MaxToken,
    MaxDenied,
    MaxRefused,
    MaxDialogue,
    JournalFull,
    JournalFailed,
    StateFailed,
}

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// Trouble on the way that tends to pass by itself.
const SOON: Consequence = Consequence::Backoff { first: MINUTE, longest: HOUR };
/// Trouble at the source that may last.
const RARELY: Consequence =
    Consequence::Backoff { first: Duration::from_secs(600), longest: Duration::from_secs(6 * 3600) };
/// A limit of VK's whose end is not known.
const LONG: Consequence = Consequence::Backoff { first: HOUR, longest: Duration::from_secs(6 * 3600) };
/// Trouble in our own house: noticed as soon as it is over.
const OURS: Consequence = Consequence::Backoff { first: Duration::from_secs(15), longest: MINUTE };

impl PollOutcome {
    /// Name in the ledger and in figures, and consequence for the schedule: one line an outcome.
    fn row(&self) -> (&'static str, Consequence) {
        use Consequence::{Backoff, HumanNeeded, Until, Usual};
        use PollOutcome::*;
        let until = |time: &Option<Time>| time.map_or(SOON, Until);
        match self {
            Ok => ("ok", Usual),
            NotModified => ("not_modified", Usual),
            Empty => ("empty", Usual),
            NothingParsed => ("nothing_parsed", RARELY),
            PartlyParsed => ("partly_parsed", Usual),
            ItemsLeft => ("items_left", Usual),
            NotFound => ("not_found", RARELY),
            Gone => ("gone", HumanNeeded),
            Forbidden => ("forbidden", RARELY),
            RateLimited { until: time } => ("rate_limited", until(time)),
            ServerError { until: time } => ("server_error", until(time)),
            UnexpectedStatus(_) => ("unexpected_status", RARELY),
            Timeout => ("timeout", SOON),
            TooLarge => ("too_large", RARELY),
            ConnectFailed => ("connect_failed", SOON),
            NetworkDown { until } => (NETWORK_DOWN, Until(*until)),
            Certificate => ("certificate", SOON),
            ForeignPage => ("foreign_page", SOON),
            DnsFailed => ("dns_failed", SOON),
            PrivateAddress => ("private_address", HumanNeeded),
            Robots => ("robots", RARELY),
            Redirects => ("redirects", RARELY),
            BadUrl => ("bad_url", HumanNeeded),
            BodyBroken => ("body_broken", SOON),
            NotThisFormat => ("not_this_format", RARELY),
            Broken => ("broken", RARELY),
            ParserFailed => ("parser_failed", RARELY),
            ParseOverrun => ("parse_overrun", RARELY),
            NoPreview => ("no_preview", RARELY),
            Group => ("is_group", HumanNeeded),
            Bot => ("is_bot", HumanNeeded),
            JoinWall => ("join_wall", HumanNeeded),
            VkNoToken => ("vk_no_token", HumanNeeded),
            VkToken => ("vk_token", HumanNeeded),
            VkIdToken => ("vk_id_token", HumanNeeded),
            VkTooFast => ("vk_too_fast", Backoff { first: Duration::from_secs(1), longest: MINUTE }),
            VkFlood { until } => ("vk_flood", until.map_or(LONG, Until)),
            VkQuota { until } => ("vk_quota", until.map_or(LONG, Until)),
            VkHuman => ("vk_human_needed", HumanNeeded),
            VkRetry => ("vk_retry", SOON),
            VkUnavailable => ("vk_unavailable", RARELY),
            VkBatch => ("vk_batch", RARELY),
            VkObject => ("vk_object", RARELY),
            VkUnknown(_) => ("vk_unknown", RARELY),
            MaxNoToken => ("max_no_token", HumanNeeded),
            MaxToken => ("max_token", HumanNeeded),
            MaxDenied => ("max_denied", RARELY),
            MaxRefused => ("max_refused", RARELY),
            MaxDialogue => ("max_dialogue", HumanNeeded),
            JournalFull => ("journal_full", OURS),
            JournalFailed => ("journal_failed", OURS),
            StateFailed => ("state_failed", OURS),
        }
    }

    /// Name in the ledger.
    pub fn name(&self) -> &'static str {
        self.row().0
    }

    /// Consequence for the schedule.
    pub fn consequence(&self) -> Consequence {
        self.row().1
    }

    /// Whether the network, or who sits in it, kept a platform's host from answering.
    pub(crate) fn is_of_the_network(&self) -> bool {
        use PollOutcome::*;
        // A platform's name on a private address is what a provider's resolver answers for a name that it holds back. What a platform
        // shows to everybody it refuses to nobody: who does is in between, or refuses this address of ours at this host.
        matches!(
            self,
            DnsFailed | ConnectFailed | Certificate | ForeignPage | Timeout | BodyBroken | PrivateAddress | Forbidden
        )
    }

    /// Whether it is told by an answer of the host, so that the host was reached.
    pub(crate) fn is_an_answer(&self) -> bool {
        use PollOutcome::*;
        matches!(self, NotFound | Gone | UnexpectedStatus(_) | ServerError { .. } | TooLarge)
    }

    /// Whether it is no source's doing: it does not count among the source's failures.
    pub(crate) fn is_nobodys(&self) -> bool {
        matches!(self, PollOutcome::NetworkDown { .. })
    }

    /// Whether the source was read.
    pub fn is_ok(&self) -> bool {
        matches!(self, PollOutcome::Ok | PollOutcome::NotModified | PollOutcome::Empty)
    }
}
