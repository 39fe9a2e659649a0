//! `[vk]`.

use std::net::SocketAddr;
use std::time::Duration;

use super::proxy::Way;
use super::secret::Secret;

/// `[vk]`.
#[derive(Debug, Clone)]
pub struct Vk {
    /// `api`: bases of the API, tried in this order (default `https://api.vk.ru/method`, `https://api.vk.com/method`). At least one.
    pub api: Vec<String>,
    /// `token_file` or `token_env` (a service token), and each `[[vk.token]]`: without any VK sources are not polled and
    /// shown as not seen.
    pub tokens: Vec<VkToken>,
    /// `proxy`: of this API alone, tried in this order; `"direct"`: none (default: those of `[fetch]`). At least one.
    pub ways: Vec<Way>,
    /// `slowest`: no wall is left unread for longer while the limits allow it (default 6h).
    pub slowest: Duration,
    /// `[vk.limits]`.
    pub limits: VkLimits,
    /// `callback`: address on which events of the operator's own communities are received from the Callback API (default none). VK must
    /// reach it by HTTPS through a proxy; the path is `/vk`.
    pub callback: Option<SocketAddr>,
}

/// A `[[vk.token]]`.
#[derive(Debug, Clone)]
pub struct VkToken {
    /// `kind`: what VK issued it as; each kind has its own methods and limits.
    pub kind: TokenKind,
    /// `file` or `env`.
    pub secret: Secret,
}

/// What a token of VK was issued as (<https://dev.vk.com/ru/api/access-token/getting-started>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenKind {
    /// Of an application.
    Service,
    /// Of a person.
    User,
    /// Of a community.
    Community,
}

/// `[vk.limits]`: what VK allows a token (<https://dev.vk.com/ru/api/api-requests>). More calls are answered with errors 6 and 29.
#[derive(Debug, Clone)]
pub struct VkLimits {
    /// `service_per_second`: calls of a service token (default 5).
    pub service_per_second: u32,
    /// `user_per_second`: calls of a user's token (default 3).
    pub user_per_second: u32,
    /// `community_per_second`: calls of a community's token (default 20).
    pub community_per_second: u32,
    /// `wall_get_per_day`: calls of `wall.get` a token (default 5000).
    pub wall_get_per_day: u32,
    /// `wall_search_per_day`: calls of `wall.search` a token (default 1000).
    pub wall_search_per_day: u32,
    /// `newsfeed_search_per_day`: calls of `newsfeed.search` a token (default 1000).
    pub newsfeed_search_per_day: u32,
}
