//! The identity of a post, made from the platform's own id so that a repeat, an edit and a replay are one post.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Beyond this an id is refused: it is a key in three stores, and ClickHouse and tantivy sort by it.
pub const MAX_ID_BYTES: usize = 512;

/// Where a post was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// VK communities.
    Vk,
    /// Public Telegram channels.
    Telegram,
    /// Channels and chats of the messenger MAX that admitted a bot of the operator's.
    Max,
    /// Sites read through a feed.
    Portal,
}

impl Platform {
    /// All platforms.
    pub const ALL: [Platform; 4] = [Platform::Vk, Platform::Telegram, Platform::Max, Platform::Portal];

    /// The name on the wire: `vk`, `telegram`, `max`, `portal`.
    pub fn as_str(self) -> &'static str {
        match self {
            Platform::Vk => "vk",
            Platform::Telegram => "telegram",
            Platform::Max => "max",
            Platform::Portal => "portal",
        }
    }

    /// The platform of a wire name.
    pub fn parse(name: &str) -> Option<Platform> {
        Platform::ALL.into_iter().find(|platform| platform.as_str() == name)
    }

    /// The name people see.
    pub fn name_ru(self) -> &'static str {
        match self {
            Platform::Vk => "ВКонтакте",
            Platform::Telegram => "Telegram",
            Platform::Max => "MAX",
            Platform::Portal => "порталы",
        }
    }

    /// Names by which a search asks for it beside [`Platform::as_str`], lower case, the usual one first.
    pub fn search_names(self) -> &'static [&'static str] {
        match self {
            Platform::Vk => &["вк", "вконтакте"],
            Platform::Telegram => &["телеграм", "тг", "телеграмм"],
            // The second is written in Cyrillic letters that look like the name.
            Platform::Max => &["макс", "мах"],
            Platform::Portal => &["портал", "сайт"],
        }
    }

    /// How a post id of this platform begins: `vk:`, `tg:`, `max:`, `portal:`.
    pub fn id_prefix(self) -> &'static str {
        match self {
            Platform::Vk => "vk:",
            Platform::Telegram => "tg:",
            Platform::Max => "max:",
            Platform::Portal => "portal:",
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// `vk:-1_2`, `tg:channel/3` (`tg:c123/3` where only the channel's number is known), `max:<chat>/<mid>` or `portal:<source>/<guid>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PostId(String);

/// Why a text is not a post id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// No known prefix, or nothing after it.
    #[error("post id must begin with vk:, tg:, max: or portal: and go on")]
    Prefix,
    /// Longer than [`MAX_ID_BYTES`].
    #[error("post id is longer than {MAX_ID_BYTES} bytes")]
    TooLong,
    /// A control character, which no platform uses and logs would carry.
    #[error("post id holds a control character")]
    Control,
}

impl PostId {
    /// Checks a text and makes it an id.
    pub fn new(id: impl Into<String>) -> Result<PostId, IdError> {
        let id = id.into();
        let platform = Platform::ALL.into_iter().find(|p| id.starts_with(p.id_prefix())).ok_or(IdError::Prefix)?;
        if id.len() == platform.id_prefix().len() {
            return Err(IdError::Prefix);
        }
        if id.len() > MAX_ID_BYTES {
            return Err(IdError::TooLong);
        }
        if id.chars().any(char::is_control) {
            return Err(IdError::Control);
        }
        Ok(PostId(id))
    }

    /// The platform whose id it is.
    pub fn platform(&self) -> Platform {
        // Checked when it was made.
        Platform::ALL.into_iter().find(|platform| self.0.starts_with(platform.id_prefix())).unwrap_or(Platform::Portal)
    }

    /// The id as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PostId {
    type Error = IdError;

    fn try_from(id: String) -> Result<PostId, IdError> {
        PostId::new(id)
    }
}

impl From<PostId> for String {
    fn from(id: PostId) -> String {
        id.0
    }
}

impl fmt::Display for PostId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(id: &str, expect: Result<(), IdError>) {
        assert_eq!(PostId::new(id).map(|_| ()), expect, "{id:?}");
    }

    #[test]
    fn an_id_has_a_known_prefix_and_a_bound() {
        check("vk:-1_2", Ok(()));
        check("tg:channel/3", Ok(()));
        check("max:-7/mid.ffffbd3137103a3d019d87f93cda00e7", Ok(()));
        check("portal:news/https://site/1?a=b", Ok(()));
        check("vk:", Err(IdError::Prefix));
        check("fb:1", Err(IdError::Prefix));
        check("", Err(IdError::Prefix));
        check("tg:a\nb/1", Err(IdError::Control));
        check(&format!("portal:{}", "x".repeat(600)), Err(IdError::TooLong));
    }
}
