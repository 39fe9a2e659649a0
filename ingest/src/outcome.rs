//! Every way in which a poll can end: its name in the ledger, its consequence for the schedule, and its words.

use std::time::Duration;

use model::Time;
use reqwest::StatusCode;

use crate::PageError;
use crate::fetch::{FetchError, Response};
use crate::schedule::Consequence;

/// How a poll ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // Each has its name, consequence and words in the table below.
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
    /// Name in the ledger and in figures, consequence for the schedule, words for people: one line an outcome.
    fn row(&self) -> (&'static str, Consequence, &'static str) {
        use Consequence::{Backoff, HumanNeeded, Until, Usual};
        use Outcome::*;
        let until = |time: &Option<Time>| time.map_or(SOON, Until);
        match self {
            Ok => ("ok", Usual, "прочитан"),
            NotModified => ("not_modified", Usual, "без изменений"),
            Empty => ("empty", Usual, "страница пуста"),
            NothingParsed => ("nothing_parsed", RARELY, "ни одна запись не распознана: возможно, изменилась разметка"),
            PartlyParsed => ("partly_parsed", Usual, "часть записей не распознана: возможно, изменилась разметка"),
            NotFound => ("not_found", RARELY, "страницы или сообщества с таким адресом нет"),
            Gone => ("gone", HumanNeeded, "страница удалена навсегда"),
            Forbidden => ("forbidden", RARELY, "сервер отказал в доступе"),
            RateLimited { until: time } => ("rate_limited", until(time), "сервер просит обращаться реже"),
            ServerError { until: time } => ("server_error", until(time), "ошибка на стороне сервера"),
            UnexpectedStatus(_) => ("unexpected_status", RARELY, "непредусмотренный ответ сервера"),
            Timeout => ("timeout", SOON, "сервер не ответил вовремя"),
            TooLarge => ("too_large", RARELY, "ответ больше допустимого размера"),
            ConnectFailed => ("connect_failed", SOON, "не удалось соединиться с сервером"),
            DnsFailed => ("dns_failed", SOON, "имя сервера не найдено"),
            PrivateAddress => {
                ("private_address", HumanNeeded, "адрес ведёт во внутреннюю сеть, это запрещено настройками")
            }
            Robots => ("robots", RARELY, "сайт просит программы не читать этот адрес (robots.txt)"),
            Redirects => ("redirects", RARELY, "слишком много перенаправлений"),
            BadUrl => ("bad_url", HumanNeeded, "адрес не является ссылкой http или https"),
            BodyBroken => ("body_broken", SOON, "ответ оборвался или повреждён"),
            NotThisFormat => ("not_this_format", RARELY, "по адресу лежит не лента и не страница ожидаемого вида"),
            Broken => ("broken", RARELY, "лента или страница повреждена"),
            ParserFailed => ("parser_failed", RARELY, "разбор страницы завершился сбоем"),
            NoPreview => ("no_preview", RARELY, "у канала нет открытой веб-версии"),
            Group => ("is_group", HumanNeeded, "это группа, а не канал"),
            Bot => ("is_bot", HumanNeeded, "это бот, а не канал"),
            JoinWall => ("join_wall", HumanNeeded, "канал открыт только участникам"),
            VkNoToken => ("vk_no_token", HumanNeeded, "не задан токен ВКонтакте"),
            VkToken => ("vk_token", HumanNeeded, "токен ВКонтакте не подходит"),
            VkTooFast => {
                ("vk_too_fast", Backoff { first: Duration::from_secs(1), longest: MINUTE }, "ВКонтакте просит реже")
            }
            VkFlood { until } => ("vk_flood", until.map_or(LONG, Until), "ВКонтакте видит однотипные запросы"),
            VkQuota { until } => ("vk_quota", until.map_or(LONG, Until), "суточный предел ВКонтакте исчерпан"),
            VkHuman => ("vk_human_needed", HumanNeeded, "ВКонтакте требует подтверждения человеком"),
            VkRetry => ("vk_retry", SOON, "временная ошибка ВКонтакте"),
            VkUnavailable => ("vk_unavailable", RARELY, "стена сообщества недоступна"),
            VkBatch => ("vk_batch", RARELY, "ВКонтакте отказал в составном запросе"),
            VkObject => ("vk_object", RARELY, "нет доступа к записи ВКонтакте"),
            VkUnknown(_) => ("vk_unknown", RARELY, "неизвестная ошибка ВКонтакте"),
            JournalFull => ("journal_full", OURS, "журнал заполнен, приём остановлен"),
            JournalFailed => ("journal_failed", OURS, "журнал не принял записи"),
            StateFailed => ("state_failed", OURS, "не удалось сохранить состояние сборщика"),
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
        self.row().2
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
