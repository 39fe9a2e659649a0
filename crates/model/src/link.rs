//! Links to posts: every form in which people and pages write one leads to one post with one canonical link.
//!
//! VK answers at vk.com and, since September 2025, at vk.ru, on hosts for telephones too, and opens a post as `wall-1_2` and over any page
//! as `?w=wall-1_2` (<https://dev.vk.com/ru/reference/objects/post>). Telegram's forms: <https://core.telegram.org/api/links>. MAX opens
//! a message as `<name>/<message>` or, by the chat's number, as `c/<chat>/<message>` ([`crate::MaxMessage`]).

use crate::{MaxMessage, Platform, PostId};

/// Hosts of VK's pages. The first is the canonical one.
const VK: [&str; 3] = ["vk.com", "vk.ru", "vkontakte.ru"];

/// Hosts of Telegram's pages. The first is the canonical one.
const TELEGRAM: [&str; 3] = ["t.me", "telegram.me", "telegram.dog"];

/// The host of MAX's pages; `web.` is before it where the messenger itself is opened.
const MAX: &str = "max.ru";

/// What stands before a host where it serves the same pages in another look.
const LOOKS: [&str; 4] = ["www.", "m.", "new.", "web."];

/// A link to a page of a platform, whichever of its hosts it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageLink {
    /// The platform.
    pub platform: Platform,
    /// What follows the host and the slash, as written.
    pub path: String,
}

/// A link to a post, or to a comment under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostLink {
    /// A post of a wall.
    Vk {
        /// Whose wall; a community's is below zero.
        owner: i64,
        /// Its number there.
        post: u64,
        /// The number of a comment under it.
        reply: Option<u64>,
    },
    /// A post of a channel.
    Telegram {
        /// The name as written, or `c/` and the channel's number.
        channel: String,
        /// Its number there.
        post: u64,
        /// The number of a comment under it.
        comment: Option<u64>,
    },
    /// A message of a channel or chat.
    Max {
        /// The public name, or `c/` and the chat's number.
        chat: String,
        /// Its number there.
        number: u64,
    },
}

impl PageLink {
    /// Reads a link with or without its scheme; none where it leads to no page of a platform that is known by its hosts.
    pub fn parse(link: &str) -> Option<PageLink> {
        let link = link.trim();
        if let Some(query) = strip_prefix(link, "tg://resolve?") {
            return resolved(query);
        }
        if let Some(invitation) = strip_prefix(link, "tg://join?invite=") {
            return Some(PageLink { platform: Platform::Telegram, path: format!("+{invitation}") });
        }
        let rest = strip_prefix(link, "https://").or_else(|| strip_prefix(link, "http://")).unwrap_or(link);
        let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let path = path.trim_start_matches('/');
        let host = host.to_ascii_lowercase();
        let host = LOOKS.iter().find_map(|look| host.strip_prefix(look)).unwrap_or(&host);
        let page = |platform| Some(PageLink { platform, path: path.to_owned() });
        if VK.contains(&host) {
            page(Platform::Vk)
        } else if TELEGRAM.contains(&host) {
            page(Platform::Telegram)
        } else if host == MAX {
            page(Platform::Max)
        } else {
            // `name.t.me/5` is `t.me/name/5`.
            let name = host.strip_suffix(".t.me").filter(|name| is_channel(name))?;
            Some(PageLink { platform: Platform::Telegram, path: format!("{name}/{path}") })
        }
    }

    /// The parts of the path, without its query.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.path.split(['?', '#']).next().into_iter().flat_map(|path| path.split('/')).filter(|part| !part.is_empty())
    }

    /// The link to the same page on the canonical host.
    pub fn url(&self) -> String {
        let host = match self.platform {
            Platform::Vk => VK[0],
            Platform::Max => MAX,
            _ => TELEGRAM[0],
        };
        format!("https://{host}/{}", self.path)
    }
}

impl PostLink {
    /// Reads a link; none where it leads to no post.
    pub fn parse(link: &str) -> Option<PostLink> {
        let PageLink { platform, path } = PageLink::parse(link)?;
        let path = path.split('#').next().unwrap_or_default();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        match platform {
            Platform::Vk => vk_post(path, query),
            Platform::Max => max_message(path),
            _ => telegram_post(path, query),
        }
    }

    /// The one link to it.
    pub fn url(&self) -> String {
        match self {
            PostLink::Vk { owner, post, reply } => {
                let reply = reply.map(|reply| format!("?reply={reply}")).unwrap_or_default();
                format!("https://{}/wall{owner}_{post}{reply}", VK[0])
            }
            PostLink::Telegram { channel, post, comment } => {
                let comment = comment.map(|comment| format!("?comment={comment}")).unwrap_or_default();
                format!("https://{}/{channel}/{post}{comment}", TELEGRAM[0])
            }
            PostLink::Max { chat, number } => format!("https://{MAX}/{chat}/{}", MaxMessage::end_of_link(*number)),
        }
    }

    /// The id of the post or comment, as the collectors give it; none where the link does not tell it: the public name of a chat of MAX is
    /// not a part of it.
    pub fn id(&self) -> Option<PostId> {
        let id = match self {
            // Posts and comments of a wall are numbered in one row.
            PostLink::Vk { owner, post, reply } => format!("vk:{owner}_{}", reply.unwrap_or(*post)),
            PostLink::Telegram { channel, post, comment } => {
                // A channel known by its number alone has the address `c/<number>/<post>`.
                let name = match channel.strip_prefix("c/") {
                    Some(number) => format!("c{number}"),
                    None => channel.to_ascii_lowercase(),
                };
                let comment = comment.map(|comment| format!("?comment={comment}")).unwrap_or_default();
                format!("tg:{name}/{post}{comment}")
            }
            PostLink::Max { chat, number } => {
                return MaxMessage { chat: chat.strip_prefix("c/")?.parse().ok()?, number: *number }.id();
            }
        };
        PostId::new(id).ok()
    }
}

/// The canonical form of a link to a post, or of one to another page of a platform; none for all other texts.
pub fn canonical_link(link: &str) -> Option<String> {
    PostLink::parse(link).map(|post| post.url()).or_else(|| PageLink::parse(link).map(|page| page.url()))
}

/// Whether a text can be the name of a channel.
fn is_channel(name: &str) -> bool {
    (4..=32).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// `tg://resolve?domain=name&post=5`: how the application is asked to open a channel or a post.
fn resolved(query: &str) -> Option<PageLink> {
    let name = value(query, "domain").filter(|name| is_channel(name))?;
    let mut path = name.to_owned();
    if let Some(post) = value(query, "post") {
        path = format!("{path}/{post}");
        path.extend(value(query, "comment").map(|comment| format!("?comment={comment}")));
    }
    Some(PageLink { platform: Platform::Telegram, path })
}

fn vk_post(path: &str, query: &str) -> Option<PostLink> {
    let wall = path.strip_prefix("wall").or_else(|| value(query, "w")?.strip_prefix("wall"))?;
    let (owner, rest) = wall.split_once('_')?;
    let (post, rest) = digits(rest)?;
    let answered = || rest.strip_prefix("_r").and_then(digits).map(|(reply, _)| reply);
    let reply = value(query, "reply").and_then(digits).map(|(reply, _)| reply).or_else(answered);
    Some(PostLink::Vk { owner: owner.parse().ok().filter(|owner| *owner != 0)?, post, reply })
}

fn telegram_post(path: &str, query: &str) -> Option<PostLink> {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let channel = match parts.next()? {
        "s" => parts.next().filter(|name| is_channel(name))?.to_owned(),
        "c" => format!("c/{}", parts.next()?.parse::<u64>().ok()?),
        name => Some(name).filter(|name| is_channel(name))?.to_owned(),
    };
    // In a group with topics the post is the second number.
    let first: u64 = parts.next()?.parse().ok()?;
    let post = parts.next().map_or(Some(first), |second| second.parse().ok())?;
    Some(PostLink::Telegram { channel, post, comment: value(query, "comment").and_then(|number| number.parse().ok()) })
}

fn max_message(path: &str) -> Option<PostLink> {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let chat = match parts.next()? {
        "c" => format!("c/{}", parts.next()?.parse::<i64>().ok()?),
        name => Some(name).filter(|name| is_max_name(name))?.to_owned(),
    };
    let number = MaxMessage::of_end_of_link(parts.next()?)?;
    parts.next().is_none().then_some(PostLink::Max { chat, number })
}

/// Whether a text can be the public name of a channel or chat of MAX (<https://dev.max.ru/docs-api/methods/GET/chats/-chatLink->).
fn is_max_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// The value of a key in a query.
fn value<'a>(query: &'a str, key: &str) -> Option<&'a str> {
    query.split('&').find_map(|pair| pair.split_once('=').filter(|(name, _)| *name == key).map(|(_, value)| value))
}

/// The number that a text begins with, and what follows it.
fn digits(text: &str) -> Option<(u64, &str)> {
    let (number, rest) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    Some((number.parse().ok()?, rest))
}

/// What follows a scheme, however it is spelt.
fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    text.get(..prefix.len()).filter(|start| start.eq_ignore_ascii_case(prefix)).map(|_| &text[prefix.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(link: &str, id: &str, url: &str) {
        let post = PostLink::parse(link).unwrap_or_else(|| panic!("{link}"));
        assert_eq!((post.id().unwrap().as_str(), post.url().as_str()), (id, url), "{link}");
        assert_eq!(canonical_link(link).as_deref(), Some(url), "{link}");
    }

    #[test]
    fn every_form_of_a_link_is_one_post() {
        for link in [
            "https://vk.com/wall-5_6",
            "https://vk.ru/wall-5_6",
            "http://m.vk.com/wall-5_6",
            "m.vk.ru/wall-5_6#c",
            "https://vk.com/gorod?w=wall-5_6",
            "https://vk.ru/feed?section=a&w=wall-5_6%2Fall",
            "VK.com/wall-5_6?from=x",
        ] {
            check(link, "vk:-5_6", "https://vk.com/wall-5_6");
        }
        for link in [
            "https://vk.com/wall-5_6?reply=7",
            "https://vk.ru/wall-5_6?reply=7&thread=8",
            "https://m.vk.com/wall-5_6?thread=8&reply=7",
            "https://vk.com/gorod?w=wall-5_6_r7",
        ] {
            check(link, "vk:-5_7", "https://vk.com/wall-5_6?reply=7");
        }
        for link in [
            "https://t.me/gorod/6",
            "https://telegram.me/gorod/6",
            "telegram.dog/gorod/6",
            "https://t.me/s/gorod/6",
            "https://t.me/gorod/6?single",
            "https://gorod.t.me/6",
            "tg://resolve?domain=gorod&post=6&single",
        ] {
            check(link, "tg:gorod/6", "https://t.me/gorod/6");
        }
        check("https://telegram.me/Gorod/6?comment=7", "tg:gorod/6?comment=7", "https://t.me/Gorod/6?comment=7");
        check("tg://resolve?domain=Gorod&post=6&comment=7", "tg:gorod/6?comment=7", "https://t.me/Gorod/6?comment=7");
        check("https://telegram.me/c/123/6", "tg:c123/6", "https://t.me/c/123/6");
        check("https://t.me/gorod/2/6", "tg:gorod/6", "https://t.me/gorod/6");
        let max = (
            "max:-73455901853123/mid.ffffbd3137103a3d019d87f93cda00e7",
            "https://max.ru/c/-73455901853123/AZ2H-TzaAOc",
        );
        for link in
            [max.1, "http://web.max.ru/c/-73455901853123/AZ2H-TzaAOc?x=1", "MAX.ru/c/-73455901853123/AZ2H-TzaAOc/"]
        {
            check(link, max.0, max.1);
        }
    }

    #[test]
    fn a_post_under_the_public_name_of_a_chat_of_max_has_one_link_and_its_id_is_not_told() {
        let link = "web.max.ru/gorod_31/AZ2H-TzaAOc#c";
        let post = PostLink::parse(link).unwrap();
        assert_eq!(post, PostLink::Max { chat: "gorod_31".into(), number: 116_398_669_919_027_431 });
        assert_eq!((post.id(), canonical_link(link).as_deref()), (None, Some("https://max.ru/gorod_31/AZ2H-TzaAOc")));
    }

    #[test]
    fn what_is_no_post_keeps_its_path_and_what_is_no_page_of_theirs_is_left_alone() {
        for (link, expect) in [
            ("https://vk.ru/gorod", Some("https://vk.com/gorod")),
            ("https://m.vk.com/topic-1_2?post=3", Some("https://vk.com/topic-1_2?post=3")),
            ("https://telegram.me/s/gorod", Some("https://t.me/s/gorod")),
            ("tg://resolve?domain=gorod", Some("https://t.me/gorod")),
            ("tg://resolve?phone=79001234567", None),
            ("https://web.max.ru/gorod_31", Some("https://max.ru/gorod_31")),
            ("https://max.ru/gorod_31/settings", Some("https://max.ru/gorod_31/settings")),
            ("https://max.ru/join/AZ2H-TzaAOcAZ2H", Some("https://max.ru/join/AZ2H-TzaAOcAZ2H")),
            ("https://max.ru/c/gorod/AZ2H-TzaAOc", Some("https://max.ru/c/gorod/AZ2H-TzaAOc")),
            ("https://city.example/wall-5_6", None),
            ("https://vk.com.example/wall-5_6", None),
            ("просто слова", None),
            ("", None),
        ] {
            assert_eq!(PostLink::parse(link), None, "{link}");
            assert_eq!(canonical_link(link).as_deref(), expect, "{link}");
        }
    }
}
