//! `[vk]`: tokens, limits and how often walls are read.

use std::time::Duration;

use super::section::{Section, bases, listen_address, ways};
use crate::parse::reader::Table;
use crate::parse::values::secret;
use crate::settings::{TokenKind, Vk, VkLimits, VkToken, Way};

/// VK asks to be called at api.vk.ru since 30 September 2025; api.vk.com still answers.
const API: [&str; 2] = ["https://api.vk.ru/method", "https://api.vk.com/method"];

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);
const SLOWEST: Duration = Duration::from_secs(6 * 3600);

pub fn vk(section: &mut Section, common: &[Way]) -> Vk {
    let service = section.get(None, |table| Some(secret(table, "token_file", "token_env")));
    let service = service.map(|secret| VkToken { kind: TokenKind::Service, secret });
    let others = section.0.as_mut().map(|table| table.tables("token")).unwrap_or_default();
    let mut limits = Section(section.0.as_mut().and_then(|table| table.table("limits")));
    let vk = Vk {
        api: bases(section, "api", &API),
        tokens: service.into_iter().chain(others.into_iter().filter_map(token)).collect(),
        slowest: section.get(SLOWEST, |table| Some(table.duration("slowest", SLOWEST, MINUTE..=7 * DAY))),
        limits: vk_limits(&mut limits),
        ways: ways(section, common),
        callback: section.get(None, |table| Some(table.parsed("callback", listen_address))),
    };
    if let Some(table) = limits.0 {
        table.finish();
    }
    vk
}

fn token(mut table: Table) -> Option<VkToken> {
    let kind = table.required("kind");
    let kind = kind.and_then(|kind| match kind.value.as_str() {
        "service" => Some(TokenKind::Service),
        "user" => Some(TokenKind::User),
        "community" => Some(TokenKind::Community),
        other => {
            let message = format!("`kind`: {other:?} не подходит; пишите \"service\", \"user\" или \"community\"");
            table.report().add(&kind.at, message);
            None
        }
    });
    let secret = secret(&mut table, "file", "env");
    if secret.is_none() {
        table.report().add(&table.at(), "укажите, где лежит токен: `file = \"…\"` или `env = \"…\"`");
    }
    table.finish();
    Some(VkToken { kind: kind?, secret: secret? })
}

fn vk_limits(section: &mut Section) -> VkLimits {
    VkLimits {
        service_per_second: section.number("service_per_second", 5, 1..=1000),
        user_per_second: section.number("user_per_second", 3, 1..=1000),
        community_per_second: section.number("community_per_second", 20, 1..=1000),
        wall_get_per_day: section.number("wall_get_per_day", 5000, 1..=100_000_000),
        wall_search_per_day: section.number("wall_search_per_day", 1000, 1..=100_000_000),
        newsfeed_search_per_day: section.number("newsfeed_search_per_day", 1000, 1..=100_000_000),
    }
}
