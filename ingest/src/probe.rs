//! Whether a host can be reached from here on a certain way, for `otklik check --network`.

use config::{Settings, Way};
use model::Clock;
use url::Url;

use crate::fetch::{ApiCall, Fetcher, SetupError};
use crate::hosts::own_answer;
use crate::outcome::PollOutcome;
use crate::parsing::is_notice_of_blocking;
use crate::platforms::{max, telegram, vk};
use crate::poll::Failure;

/// Who is expected to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answerer {
    /// Telegram's preview, with a page of its own.
    Telegram,
    /// VK's API, with JSON.
    Vk,
    /// MAX's API, with JSON.
    Max,
    /// Any site: all but a notice of blocking is an answer.
    Site,
    /// A server that the operator may have in their own network, and whose certificate may be of an authority of its own.
    Server,
}

/// Asks an address once, on one way. What stands in the way is an outcome and, in English, more about it.
///
/// # Errors
/// Outside: where requests cannot be set up. Inside: where nobody answers, or another than was expected.
pub async fn probe(
    url: &str,
    way: &Way,
    expected: Answerer,
    settings: &Settings,
    version: &str,
    clock: Clock,
) -> Result<Result<(), (PollOutcome, Option<String>)>, SetupError> {
    let mut settings = settings.clone();
    for ways in [&mut settings.fetch.ways, &mut settings.vk.ways, &mut settings.telegram.ways, &mut settings.max.ways] {
        *ways = vec![way.clone()];
    }
    if expected == Answerer::Server && *way == Way::Direct {
        let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
        settings.fetch.allow_private.extend(host);
    }
    let fetcher = Fetcher::new(&settings, version, clock)?;
    Ok(match answer(&fetcher, url, expected).await {
        Ok(()) => Ok(()),
        Err(failure) if failure.outcome.is_an_answer() => Ok(()),
        Err(Failure { outcome: PollOutcome::RateLimited { .. }, .. }) => Ok(()),
        Err(Failure { outcome: PollOutcome::Certificate, .. }) if expected == Answerer::Server => Ok(()),
        Err(Failure { outcome, detail }) => Err((outcome, detail)),
    })
}

async fn answer(fetcher: &Fetcher, url: &str, expected: Answerer) -> Result<(), Failure> {
    match expected {
        Answerer::Telegram => own_answer(fetcher.get_by(0, url).await?, telegram::is_of_telegram).map(drop),
        Answerer::Vk => own_answer(fetcher.get_by(0, url).await?, vk::is_of_vk).map(drop),
        Answerer::Max => max::is_of_max(fetcher.call(0, ApiCall { url, token: None, json: None }).await?),
        Answerer::Site | Answerer::Server => match fetcher.first_answer(url).await? {
            Some(page) if is_notice_of_blocking(&page.body, page.content_type.as_deref()) => {
                Err(PollOutcome::ForeignPage.into())
            }
            _ => Ok(()),
        },
    }
}
