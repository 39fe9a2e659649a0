//! A call of VK's API, as the limits see it.

use config::TokenKind;

/// Pages beyond the newest one may use this part of a day, so that a backfill leaves the polls of other walls alone.
pub(crate) const SPARE: f64 = 0.2;

/// A call to be made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    /// The method that is counted.
    pub method: &'static str,
    /// It is bundled by `execute`, which a service token may not call (error 28).
    pub bundled: bool,
    /// It may use the spare part of a day only.
    pub spare: bool,
}

impl Call {
    pub(crate) fn of(method: &'static str) -> Call {
        Call { method, bundled: false, spare: false }
    }

    /// Whether it brings posts that nobody has seen.
    pub(crate) fn is_newest(self) -> bool {
        !self.spare && matches!(self.method, "wall.get" | "newsfeed.search")
    }

    /// What an error to it closes: the method, or the bundling alone.
    pub(crate) fn closes(self) -> &'static str {
        if self.bundled { "execute" } else { self.method }
    }
}

/// Which kinds of token a method takes, as the schema of the API has it (`access_token_type`).
pub(super) fn allows(kind: TokenKind, method: &str) -> bool {
    match method {
        "groups.getById" => true,
        "groups.getLongPollServer" => kind != TokenKind::Service,
        _ => kind != TokenKind::Community,
    }
}
