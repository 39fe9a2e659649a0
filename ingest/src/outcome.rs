//! Every way in which a poll can end: its name in the ledger and its consequence for the schedule.
//! The words for people belong to the name ([`model::outcome_ru`]): who reads the ledger has them without the collectors.

use std::time::Duration;

use model::Time;
use reqwest::StatusCode;

use crate::PageError;
use crate::fetch::{FetchError, Response};
use crate::schedule::Consequence;

/// How a poll ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // Each has its name and consequence in the table below.
pub enum Outcome {
    Ok,
    NotModified,
    Empty,
    NothingParsed,
    PartlyParsed,
    NotFound,
    Gone,
    Forbidden,
    RateLimited { until: Option<Time> },
    ServerError { until: Option<Time> },
    UnexpectedStatus(u16),
    Timeout,
    TooLarge,
    ConnectFailed,
    DnsFailed,
    PrivateAddress,
    Redirects,
    Robots,
    BadUrl,
    BodyBroken,
    NotThisFormat,
    Broken,
    ParserFailed,
    NoPreview,
    Group,
    Bot,
    JoinWall,
    VkNoToken,
    VkToken,
    VkTooFast,
    VkFlood { until: Option<Time> },
    VkQuota { until: Option<Time> },
    VkHuman,
    VkRetry,
    VkUnavailable,
    VkBatch,
    VkObject,
    VkUnknown(i64),
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

impl Outcome {
    /// Name in the ledger and in figures, and consequence for the schedule: one line an outcome.
    fn row(&self) -> (&'static str, Consequence) {
        use Consequence::{Backoff, HumanNeeded, Until, Usual};
        use Outcome::*;
        let until = |time: &Option<Time>| time.map_or(SOON, Until);
        match self {
            Ok => ("ok", Usual),
            NotModified => ("not_modified", Usual),
            Empty => ("empty", Usual),
            NothingParsed => ("nothing_parsed", RARELY),
            PartlyParsed => ("partly_parsed", Usual),
            NotFound => ("not_found", RARELY),
            Gone => ("gone", HumanNeeded),
            Forbidden => ("forbidden", RARELY),
            RateLimited { until: time } => ("rate_limited", until(time)),
            ServerError { until: time } => ("server_error", until(time)),
            UnexpectedStatus(_) => ("unexpected_status", RARELY),
            Timeout => ("timeout", SOON),
            TooLarge => ("too_large", RARELY),
            ConnectFailed => ("connect_failed", SOON),
            DnsFailed => ("dns_failed", SOON),
            PrivateAddress => ("private_address", HumanNeeded),
            Robots => ("robots", RARELY),
            Redirects => ("redirects", RARELY),
            BadUrl => ("bad_url", HumanNeeded),
            BodyBroken => ("body_broken", SOON),
            NotThisFormat => ("not_this_format", RARELY),
            Broken => ("broken", RARELY),
            ParserFailed => ("parser_failed", RARELY),
            NoPreview => ("no_preview", RARELY),
            Group => ("is_group", HumanNeeded),
            Bot => ("is_bot", HumanNeeded),
            JoinWall => ("join_wall", HumanNeeded),
            VkNoToken => ("vk_no_token", HumanNeeded),
            VkToken => ("vk_token", HumanNeeded),
            VkTooFast => ("vk_too_fast", Backoff { first: Duration::from_secs(1), longest: MINUTE }),
            VkFlood { until } => ("vk_flood", until.map_or(LONG, Until)),
            VkQuota { until } => ("vk_quota", until.map_or(LONG, Until)),
            VkHuman => ("vk_human_needed", HumanNeeded),
            VkRetry => ("vk_retry", SOON),
            VkUnavailable => ("vk_unavailable", RARELY),
            VkBatch => ("vk_batch", RARELY),
            VkObject => ("vk_object", RARELY),
            VkUnknown(_) => ("vk_unknown", RARELY),
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

    /// Russian words for people.
    pub fn words(&self) -> &'static str {
        model::outcome_ru(self.name())
    }

    /// What the operator can do about it, in Russian; none where there is nothing to do or only time helps.
    pub fn advice(&self) -> Option<&'static str> {
        use Outcome::*;
        Some(match self {
            PrivateAddress => "если так и задумано, внесите узел в allow_private раздела [fetch] файла otklik.toml",
            DnsFailed => "проверьте, нет ли опечатки в адресе и открывается ли он в браузере на этой же машине",
            ConnectFailed | Timeout => {
                "откройте адрес в браузере на этой же машине; если сеть выходит наружу через прокси, укажите proxy в разделе [fetch]"
            }
            NotFound | Gone | BadUrl | Redirects => "проверьте адрес: откройте его в браузере и скопируйте заново",
            Forbidden => {
                "откройте адрес в браузере на этой же машине; если он открывается, попросите владельца сайта пускать Отклик"
            }
            Robots => {
                "попросите владельца сайта разрешить чтение; если он согласен, внесите узел в ignore_robots раздела [fetch]"
            }
            RateLimited { .. } | ServerError { .. } | VkTooFast | VkFlood { .. } | VkQuota { .. } | VkRetry => {
                "повторите позже"
            }
            NotThisFormat | Broken | NothingParsed => {
                "найдите на сайте ссылку на ленту (RSS, Atom) или опишите страницу новостей ключом list в sources.toml"
            }
            NoPreview | Group | Bot | JoinWall => {
                "читаются только открытые каналы: найдите канал, который виден по адресу t.me/s/имя"
            }
            VkNoToken | VkToken => "проверьте ключ доступа: token_file или token_env в разделе [vk] файла otklik.toml",
            VkHuman => "войдите во ВКонтакте под владельцем ключа, пройдите проверку и выпустите ключ заново",
            TooLarge => "если так и должно быть, увеличьте max_mb в разделе [fetch]",
            _ => return None,
        })
    }

    /// Whether its words say all that its details, which are English, would.
    pub fn says_all(&self) -> bool {
        use Outcome::{BadUrl, DnsFailed, NotModified, Ok, PrivateAddress, Redirects, Robots};
        matches!(self, Ok | NotModified | BadUrl | DnsFailed | PrivateAddress | Redirects | Robots)
    }

    /// Whether the source was read.
    pub fn is_ok(&self) -> bool {
        matches!(self, Outcome::Ok | Outcome::NotModified | Outcome::Empty)
    }

    /// The outcome that an answer's status alone decides; none for 200 and its like.
    pub(crate) fn of_status(response: &Response) -> Option<Outcome> {
        let until = response.retry_after;
        Some(match response.status {
            status if status.is_success() => return None,
            StatusCode::NOT_MODIFIED => Outcome::NotModified,
            StatusCode::NOT_FOUND => Outcome::NotFound,
            StatusCode::GONE => Outcome::Gone,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS => {
                Outcome::Forbidden
            }
            StatusCode::TOO_MANY_REQUESTS => Outcome::RateLimited { until },
            status if status.is_server_error() => Outcome::ServerError { until },
            status => Outcome::UnexpectedStatus(status.as_u16()),
        })
    }
}

impl From<&FetchError> for Outcome {
    fn from(error: &FetchError) -> Outcome {
        match error {
            FetchError::BadUrl => Outcome::BadUrl,
            FetchError::PrivateAddress => Outcome::PrivateAddress,
            FetchError::Dns => Outcome::DnsFailed,
            FetchError::Connect(_) => Outcome::ConnectFailed,
            FetchError::Timeout(_) => Outcome::Timeout,
            FetchError::TooLarge(_) => Outcome::TooLarge,
            FetchError::Redirects => Outcome::Redirects,
            FetchError::Robots => Outcome::Robots,
            FetchError::RobotsUnavailable(until) => Outcome::ServerError { until: *until },
            FetchError::Body(_) => Outcome::BodyBroken,
            FetchError::Paused(until) => Outcome::RateLimited { until: Some(*until) },
        }
    }
}

impl From<&PageError> for Outcome {
    fn from(error: &PageError) -> Outcome {
        match error {
            PageError::Format(_) => Outcome::NotThisFormat,
            PageError::Broken(_) => Outcome::Broken,
            PageError::NoPreview => Outcome::NoPreview,
            PageError::Group => Outcome::Group,
            PageError::Bot => Outcome::Bot,
            PageError::JoinWall => Outcome::JoinWall,
            PageError::NotFound => Outcome::NotFound,
            PageError::Vk { code, .. } => crate::vk::errors::of_code(*code).0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_has_words_for_people() {
        use Outcome::*;
        let until = None;
        let all = [
            Ok,
            NotModified,
            Empty,
            NothingParsed,
            PartlyParsed,
            NotFound,
            Gone,
            Forbidden,
            RateLimited { until },
            ServerError { until },
            UnexpectedStatus(418),
            Timeout,
            TooLarge,
            ConnectFailed,
            DnsFailed,
            PrivateAddress,
            Redirects,
            Robots,
            BadUrl,
            BodyBroken,
            NotThisFormat,
            Broken,
            ParserFailed,
            NoPreview,
            Group,
            Bot,
            JoinWall,
            VkNoToken,
            VkToken,
            VkTooFast,
            VkFlood { until },
            VkQuota { until },
            VkHuman,
            VkRetry,
            VkUnavailable,
            VkBatch,
            VkObject,
            VkUnknown(1),
            JournalFull,
            JournalFailed,
            StateFailed,
        ];
        for outcome in &all {
            assert_ne!(outcome.words(), outcome.name());
        }
        let names: std::collections::BTreeSet<_> = all.iter().map(Outcome::name).collect();
        assert_eq!(names.len(), all.len(), "two outcomes of one name");
    }
}
