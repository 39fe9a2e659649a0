//! `sources.toml`: what is read.

use std::time::Duration;

use model::Platform;

use crate::address::Address;
use crate::settings::Secret;

/// A `[[source]]`.
#[derive(Debug, Clone)]
pub struct Source {
    /// `id`: unique, latin letters, digits, `-` and `_`; a label in figures and a part of portal post ids.
    pub id: String,
    /// `name` people see.
    pub name: String,
    /// `channel` (telegram), `owner` or `search` (vk), `chat` (max; `link` is its public page) or `url` (portal): exactly one.
    pub address: Address,
    /// `enabled` (default true).
    pub enabled: bool,
    /// `every`: pause between polls, e.g. `"5m"` (default 5m).
    pub every: Duration,
    /// `official`: an account of an authority or service; its posts are answers and notices (default false).
    pub official: bool,
    /// `identity`: what tells the items of a feed apart, `"guid"`, `"link"` or `"title-date"` (default guid).
    pub identity: Identity,
    /// `article`: where the feed gives a teaser only, the page of the item is fetched for its text (default false).
    pub article: bool,
    /// `list`: the `url` is a page of news without a feed, read by CSS selectors.
    pub list: Option<ListSelectors>,
    /// `home`: the source is about the district, so a post naming no place counts as of the district (default true).
    pub home: bool,
    /// `comments`: comments under its posts are read too, where the platform shows them (default true).
    pub comments: bool,
    /// `weight`: of the calls that VK allows a source of weight 4 gets twice as many as one of weight 1 that posts as often
    /// (default 1).
    pub weight: f32,
    /// `[source.events]`: VK tells of new, edited and deleted posts and comments by itself, where the community is one's own.
    pub events: Option<Events>,
}

/// A `[source.events]`: one of its two ways at least. The wall is polled all the same, since events can be lost.
#[derive(Debug, Clone)]
pub struct Events {
    /// `token_file` or `token_env`: a token of the community, with which Bots Long Poll is asked.
    pub long_poll: Option<Secret>,
    /// What the community's Callback API is set to.
    pub callback: Option<Callback>,
}

/// What a community's Callback API is set to.
#[derive(Debug, Clone)]
pub struct Callback {
    /// `confirmation`: what VK wants to hear when the address is set.
    pub confirmation: String,
    /// `secret_file` or `secret_env`: the word that proves a request to be VK's.
    pub secret: Secret,
}

/// What tells the items of a feed apart; for feeds that share guids or change them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Identity {
    /// The guid; where there is none the link, else title and date.
    #[default]
    Guid,
    /// The link; where there is none the guid, else title and date.
    Link,
    /// Title and date, whatever else there is.
    TitleDate,
}

/// `list`: CSS selectors of a page of news, all but `item` within an item. Each was parsed when the configuration was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListSelectors {
    /// `item`: what holds one piece of news.
    pub item: String,
    /// `title` (default: the link).
    pub title: Option<String>,
    /// `link`: an element with `href` (default `a[href]`).
    pub link: String,
    /// `date`: its `datetime` or `content`, else its text; without a zone it is of `timezone`.
    pub date: Option<String>,
    /// `text`: the announcement.
    pub text: Option<String>,
}

impl Source {
    /// The platform, told by the address.
    pub fn platform(&self) -> Platform {
        self.address.platform()
    }
}
