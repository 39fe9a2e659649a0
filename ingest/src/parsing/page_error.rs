//! Why a whole page could not be read.

use model::Platform;

use crate::outcome::PollOutcome;

/// Why a whole page is not what it should be. Each is a named outcome of a poll.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// Not the format at all: HTML for a feed, JSON for a page.
    #[error("not_this_format: {0}")]
    Format(String),
    /// Not the site's page but somebody's in between: why it is taken for one.
    #[error("foreign_page: {0}")]
    Foreign(String),
    /// The format, cut off or broken.
    #[error("broken: {0}")]
    Broken(String),
    /// Reading it would take more time or memory than a document may: what ran out.
    #[error("overrun: {0}")]
    Overrun(String),
    /// Telegram: the name is a channel that shows no preview.
    #[error("no_preview: the channel has no public preview")]
    NoPreview,
    /// Telegram: the name is a group.
    #[error("is_group: the name is a group, not a channel")]
    Group,
    /// Telegram: the name is a bot.
    #[error("is_bot: the name is a bot, not a channel")]
    Bot,
    /// Telegram: one must ask to join.
    #[error("join_wall: the channel shows itself only to who joined")]
    JoinWall,
    /// MAX: a private conversation with the bot.
    #[error("dialogue: a private dialogue with the bot is never read")]
    Dialogue,
    /// No such name, community or feed.
    #[error("not_found: there is no such channel or page")]
    NotFound,
    /// The platform's API answered with an error code.
    #[error("{}_error_{code}: {message}", platform.as_str())]
    Api {
        /// Whose API.
        platform: Platform,
        /// Its error code.
        code: i64,
        /// Its own words, request parameters left out.
        message: String,
        /// What the code means for the poll.
        outcome: PollOutcome,
    },
}

impl PageError {
    /// The outcome of a poll that ends with it.
    pub fn outcome(&self) -> PollOutcome {
        match self {
            PageError::Format(_) => PollOutcome::NotThisFormat,
            PageError::Foreign(_) => PollOutcome::ForeignPage,
            PageError::Broken(_) => PollOutcome::Broken,
            PageError::Overrun(_) => PollOutcome::ParseOverrun,
            PageError::NoPreview => PollOutcome::NoPreview,
            PageError::Group => PollOutcome::Group,
            PageError::Bot => PollOutcome::Bot,
            PageError::JoinWall => PollOutcome::JoinWall,
            PageError::Dialogue => PollOutcome::MaxDialogue,
            PageError::NotFound => PollOutcome::NotFound,
            PageError::Api { outcome, .. } => outcome.clone(),
        }
    }
}
