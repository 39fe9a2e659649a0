//! `otklik source try URL`: recognises an address, reads it once, and suggests the lines for `sources.toml`.

use config::{Address, Settings};
use model::{Clock, Post};

use crate::fetch::Fetcher;
use crate::outcome::PollOutcome;
use crate::parsing::PageProblem;
use crate::platforms::vk::naps;
use crate::platforms::{Platforms, Target, TryError, Unresolved};
use crate::poll::{Failure, Net, Parsers, PollResult};
use crate::privacy::Masks;

/// What an address turned out to be.
#[derive(Debug)]
pub struct Tried {
    /// Where posts would be read; none where even that could not be told.
    pub address: Option<Address>,
    /// How reading ended; [`PollOutcome::words`] has the Russian words.
    pub outcome: PollOutcome,
    /// More about a failure, in English.
    pub detail: Option<String>,
    /// The name that the channel or feed gives itself.
    pub name: Option<String>,
    /// Its last posts, authors left out.
    pub posts: Vec<Post>,
    /// Blocks that could not be read.
    pub problems: Vec<PageProblem>,
    /// Lines for `sources.toml`, where it could be read.
    pub toml: Option<String>,
}

/// Reads an address once.
pub async fn try_source(text: &str, settings: &Settings, version: &str, clock: Clock) -> Result<Tried, TryError> {
    let fetcher = Fetcher::new(settings, version, clock.clone())?;
    let platforms = Platforms::new(settings, None, clock.clone(), naps(clock.clone()));
    let parsers = Parsers::new();
    let net = Net { fetcher: &fetcher, parsers: &parsers, settings, clock: &clock };
    let mut result = PollResult::new(clock());
    let (connector, target) = platforms.recognise(text)?;
    let address = match target {
        Target::Address(address) => address,
        Target::Name(name) => match connector.resolve(net, &name).await {
            Ok(address) => address,
            Err(Unresolved::Rejected(error)) => return Err(error),
            Err(Unresolved::Failed(failure)) => return Ok(failed(failure)),
        },
    };
    let address = connector.try_address(net, address, &mut result).await;
    result.finish();
    let now = result.started;
    let is_read = result.outcome.is_ok() || result.outcome == PollOutcome::ItemsLeft;
    let toml = is_read.then(|| source_lines(&address, result.title.as_deref()));
    let masks = Masks::default();
    let posts = result.posts.into_iter().filter(|parsed| !parsed.private_wall && !parsed.deleted).map(|mut parsed| {
        let published_at = if parsed.undated { now } else { parsed.post.published_at };
        masks.collected(&mut parsed.post, parsed.private_author.is_some() || parsed.private_words);
        Post { seen_at: Some(now), published_at, ..parsed.post }
    });
    Ok(Tried {
        outcome: result.outcome,
        detail: result.detail,
        name: result.title,
        posts: posts.collect(),
        problems: result.problems,
        toml,
        address: Some(address),
    })
}

/// The lines of a source for `sources.toml`. JSON's escapes are TOML's as well, once control characters are gone.
pub fn source_lines(address: &Address, title: Option<&str>) -> String {
    let quoted = |text: &str| serde_json::Value::from(text.replace(char::is_control, " ")).to_string();
    let id = address.suggested_id();
    let name = title.map(str::trim).filter(|title| !title.is_empty()).unwrap_or(&id);
    format!("[[source]]\nid = {}\nname = {}\n{}\n", quoted(&id), quoted(name), address.setting(quoted))
}

fn failed(failure: Failure) -> Tried {
    Tried {
        address: None,
        outcome: failure.outcome,
        detail: failure.detail,
        name: None,
        posts: Vec::new(),
        problems: Vec::new(),
        toml: None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use model::Time;

    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let clock: Clock = Arc::new(|| Time::UNIX_EPOCH);
        let settings = crate::test_server::settings("http://127.0.0.1:1", &[]);
        let platforms = Platforms::new(&settings, None, clock.clone(), naps(clock));
        let found = match platforms.recognise(text) {
            Ok((_, Target::Address(Address::Telegram(channel)))) => format!("telegram {channel}"),
            Ok((_, Target::Address(Address::Vk(owner)))) => format!("vk {owner}"),
            Ok((_, Target::Address(Address::VkSearch(query)))) => format!("vk search {query}"),
            Ok((_, Target::Address(Address::Portal(url)))) => format!("portal {url}"),
            Ok((_, Target::Address(Address::Max { chat, .. }))) => format!("max {chat}"),
            Ok((connector, Target::Name(name))) => {
                format!("{} name {name}", connector.hosts().unwrap().status().platform)
            }
            Err(TryError::Address(_)) => "unknown".to_owned(),
            Err(TryError::Invitation) => "invitation".to_owned(),
            Err(TryError::Person) => "person".to_owned(),
            Err(TryError::Http(_)) => "http".to_owned(),
        };
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn addresses_are_recognised_as_people_paste_them() {
        check("@Gorod_News", "telegram gorod_news");
        check("https://t.me/gorod_news", "telegram gorod_news");
        check("t.me/s/gorod_news?before=5", "telegram gorod_news");
        check("https://t.me/gorod_news/123", "telegram gorod_news");
        check("https://telegram.me/s/gorod_news", "telegram gorod_news");
        check("telegram.dog/gorod_news/123?single", "telegram gorod_news");
        check("tg://resolve?domain=Gorod_News&post=5", "telegram gorod_news");
        check("https://gorod_news.t.me/5", "telegram gorod_news");
        check("https://t.me/+AbCdEf", "invitation");
        check("tg://join?invite=AbCdEf", "invitation");
        check("https://t.me/joinchat/AbCdEf", "invitation");
        check("https://vk.com/club123", "vk -123");
        check("vk.com/public45", "vk -45");
        check("https://m.vk.com/wall-12_345", "vk -12");
        check("https://vk.ru/wall-12_345?reply=6&thread=5", "vk -12");
        check("https://vk.ru/gorod?w=wall-12_345", "vk -12");
        check("https://vk.com/feed?w=wall77_1", "person");
        check("https://m.vk.ru/club123", "vk -123");
        check("https://vk.com/id77", "person");
        check("https://vk.com/wall77_1", "person");
        check("https://vk.com/gorod", "vk name gorod");
        check("https://max.ru/gorod31", "max name gorod31");
        check("web.max.ru/gorod31/AZ2H-TzaAOc", "max name gorod31");
        check("https://max.ru/c/-73455901853123/AZ2H-TzaAOc", "max -73455901853123");
        check("https://web.max.ru/-73455901853123", "max -73455901853123");
        check("max:-73455901853123", "max -73455901853123");
        check("max:-7/mid.ffffbd3137103a3d019d87f93cda00e7", "max -7");
        check("https://max.ru/join/AbCdEf", "invitation");
        check("https://max.ru/u/f9LHodD0cO", "person");
        check("max:0", "unknown");
        check("max:gorod", "unknown");
        check("https://max.ru/", "unknown");
        check("https://city.example/rss?x=1", "portal https://city.example/rss?x=1");
        check("city.example", "portal https://city.example/");
        check("http://localhost:8080/feed", "portal http://localhost:8080/feed");
        check("ftp://city.example/rss", "unknown");
        check("просто слова", "unknown");
        check("", "unknown");
        check("@a", "unknown");
        check("t.me/", "unknown");
    }

    #[test]
    fn the_suggested_lines_are_toml_whatever_the_title_holds() {
        let address = Address::Portal("https://www.Gorod-1.example/rss".into());
        let lines = source_lines(&address, Some(" Новости \"Города\"\n\u{7f}\\ "));
        assert_eq!(
            lines,
            "[[source]]\nid = \"gorod-1-example\"\nname = \"Новости \\\"Города\\\"  \\\\\"\nurl = \"https://www.Gorod-1.example/rss\"\n"
        );
    }
}
