//! One post or comment of VK.

use std::borrow::Cow;

use model::{Kind, Platform, Poll, Post, PostId, Time};
use serde_json::Value;

use crate::Parsed;
use crate::parsing::{NO_DATE, text};

/// Reposts of reposts are listed flat; more than a few are no text a person wrote.
const MAX_COPIES: usize = 10;

/// What an item does not say itself.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    /// Id of the source.
    pub(super) source: &'a str,
    /// Owner and number of the post that comments stand under.
    pub(super) post: Option<(i64, i64)>,
    /// Texts hold `<br>` and entities.
    pub(super) markup: bool,
}

/// An item as read.
pub(super) enum Item {
    /// With all that it has.
    Shown(Box<Parsed>),
    /// It is there, and its text is for those who pay.
    Hidden(Box<Parsed>),
}

/// Reads an item; the error is a named reason.
pub(super) fn read(item: &Value, context: &Context<'_>) -> Result<Item, String> {
    if !item.is_object() {
        return Err("not_an_object: a bare value in the list".into());
    }
    let kind = item["post_type"].as_str().unwrap_or_default();
    if matches!(kind, "suggest" | "postpone") {
        return Err(format!("not_published: post_type {kind}"));
    }
    let post = post_of(item, kind, context);
    let owner = owner(item).or(post.map(|(owner, _)| owner)).ok_or("no_id: the item names no wall")?;
    let number = match post {
        None => number(&item["id"]).or_else(|| number(&item["post_id"])),
        Some(_) => number(&item["id"]).or_else(|| number(&item["cid"])),
    };
    let id = number.filter(|id| *id > 0).ok_or("no_id: the item has no number")?;
    let deleted = is_deleted(item);
    let published = self::number(&item["date"]).filter(|date| *date > 0).and_then(|date| Time::from_second(date).ok());
    if published.is_none() && !deleted {
        return Err("no_date: the item has no date".into());
    }
    let text = if deleted { String::new() } else { full_text(item, context.markup) };
    let hidden = !deleted && is_for_who_pays(item, &text);
    let text = if hidden { String::new() } else { text };
    let from = self::number(&item["from_id"]).or_else(|| self::number(&item["uid"])).unwrap_or(owner);
    // A post of a community may be signed by whoever sent it in: that is who says it.
    let signer = self::number(&item["signer_id"]).filter(|signer| *signer > 0 && from < 0);
    let author = signer.unwrap_or(from);
    let post_id = PostId::new(format!("vk:{owner}_{id}")).map_err(|error| format!("no_id: {error}"))?;
    let post = Post {
        kind: if post.is_some() || kind == "reply" { Kind::Comment } else { Kind::Post },
        url: link(owner, post.map(|(_, post)| post), id, kind),
        edited_at: self::number(&item["edited"]).filter(|at| *at > 0).and_then(|at| Time::from_second(at).ok()),
        poll: if deleted { None } else { poll(item) },
        views: count(&item["views"]),
        reactions: count(&item["reactions"]).or_else(|| count(&item["likes"])),
        reposts: count(&item["reposts"]),
        comments: count(&item["comments"]).or_else(|| count(&item["thread"])),
        in_reply_to: post.map(|(owner, post)| format!("vk:{owner}_{post}")),
        answers: if deleted { None } else { answered(item).map(|comment| format!("vk:{owner}_{comment}")) },
        forwarded_from: if deleted { None } else { copied_from(item) },
        advert: is_set(&item["marked_as_ads"]) || kind == "post_ads",
        ..Post::new(post_id, Platform::Vk, context.source, published.unwrap_or(NO_DATE), text)
    };
    let parsed = Parsed {
        private_author: (author > 0).then(|| author.to_string()),
        // Signed by whoever sent it in, or a copy of what a person wrote.
        private_words: self::number(&item["signer_id"]).is_some_and(|signer| signer > 0)
            || copies(item).any(|copy| {
                [self::owner(copy), self::number(&copy["from_id"])].into_iter().flatten().any(|who| who > 0)
            }),
        private_wall: owner > 0,
        pinned: is_set(&item["is_pinned"]),
        undated: published.is_none(),
        deleted,
        ..Parsed::plain(post)
    };
    Ok(if hidden { Item::Hidden(Box::new(parsed)) } else { Item::Shown(Box::new(parsed)) })
}

/// Whether a post or comment is for followers who pay, so that of its text there is nothing, or what is said in its place.
fn is_for_who_pays(item: &Value, text: &str) -> bool {
    let donut = &item["donut"];
    let placeholder = donut["placeholder"]["text"].as_str().or(donut["placeholder"].as_str());
    let withheld = is_set(&donut["is_donut"]) || !donut["placeholder"].is_null();
    withheld && (text.is_empty() || placeholder.is_some_and(|words| clean(words, false) == text))
}

/// Where a person opens it. A comment is opened through its post; without that its number leads to another post or nowhere.
fn link(owner: i64, post: Option<i64>, id: i64, kind: &str) -> Option<String> {
    match post {
        Some(post) => Some(format!("https://vk.com/wall{owner}_{post}?reply={id}")),
        None => (kind != "reply").then(|| format!("https://vk.com/wall{owner}_{id}")),
    }
}

/// The comment that a comment answers: the one it names, else the one whose thread it stands in.
fn answered(item: &Value) -> Option<i64> {
    let stack = item["parents_stack"].as_array();
    number(&item["reply_to_comment"]).or_else(|| number(stack?.last()?)).filter(|comment| *comment > 0)
}

/// The wall an item stands on, by the names of all versions and methods.
pub(super) fn owner(item: &Value) -> Option<i64> {
    ["owner_id", "post_owner_id", "to_id", "source_id"]
        .iter()
        .find_map(|name| number(&item[*name]))
        .filter(|id| *id != 0)
}

/// The post that a list of comments stands under: a deleted one among them does not name it.
pub(super) fn common_post(items: &[Cow<'_, Value>]) -> Option<(i64, i64)> {
    let is_comment = |item: &Cow<'_, Value>| item.get("parents_stack").is_some();
    if !items.iter().any(is_comment) || !items.iter().all(|item| is_comment(item) || is_deleted(item)) {
        return None;
    }
    items.iter().find_map(|item| Some((owner(item)?, number(&item["post_id"])?)))
}

/// A whole number, which some versions send as text.
pub(super) fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn is_deleted(item: &Value) -> bool {
    is_set(&item["deleted"]) || is_set(&item["is_deleted"])
}

/// The post a comment stands under; `None` for a post, and for a comment that does not name it.
fn post_of(item: &Value, kind: &str, context: &Context<'_>) -> Option<(i64, i64)> {
    if let Some(post) = context.post {
        return Some(post);
    }
    // newsfeed.get names posts `post_id` and their wall `source_id`.
    let is_comment = kind == "reply" || (kind.is_empty() && item.get("source_id").is_none());
    let post = above(item).filter(|_| is_comment && item.get("id").is_some())?;
    Some((owner(item)?, post))
}

/// The number of the post that a comment says it stands under, which reposts and searches name otherwise than threads.
fn above(item: &Value) -> Option<i64> {
    ["post_id", "reply_post_id"].iter().find_map(|name| number(&item[*name])).filter(|post| *post > 0)
}

/// The text, then what was copied with it, then the titles of what is attached, each on lines of its own.
fn full_text(item: &Value, markup: bool) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut add = |text: &str| {
        let text = clean(text, markup);
        if !text.is_empty() && !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
    };
    let own = ["text", "copy_text"].map(|name| item[name].as_str().unwrap_or_default());
    // In versions before 5 `text` is the copied text and `copy_text` the words put above it.
    add(own[1]);
    add(own[0]);
    for copy in copies(item) {
        add(copy["text"].as_str().unwrap_or_default());
    }
    let attached = || [item].into_iter().chain(copies(item)).flat_map(attachments);
    let mut text = parts.join("\n\n");
    let mut titles: Vec<&str> = attached().filter_map(attached_title).collect();
    if text.is_empty() && titles.iter().all(|title| title.trim().is_empty()) {
        titles = attached().filter_map(caption).collect();
    }
    for title in titles {
        // Titles of links come from pages, with the entities they have there.
        let title = clean(title, true).replace('\n', " ");
        if !title.is_empty() && !text.contains(&title) {
            text.push_str(if text.is_empty() { "" } else { "\n" });
            text.push_str(&title);
        }
    }
    text
}

/// The title of a link, an article, a document or another thing that somebody named for readers. Pictures and videos have names nobody chose for
/// the reader, see [`caption`].
fn attached_title(attachment: &Value) -> Option<&str> {
    let kind = attachment["type"].as_str()?;
    match kind {
        "link" | "article" | "doc" | "note" | "page" | "event" | "market" | "podcast" => {
            ["title", "text"].iter().find_map(|name| attachment[kind][*name].as_str())
        }
        _ => None,
    }
}

/// What is written under a picture, and the title of a video unless the machine named it after who uploaded it: taken where there is nothing else.
fn caption(attachment: &Value) -> Option<&str> {
    let words = match attachment["type"].as_str()? {
        "photo" => attachment["photo"]["text"].as_str()?,
        "video" => attachment["video"]["title"].as_str()?,
        _ => return None,
    };
    let lower = words.to_lowercase();
    let is_the_machines =
        ["видео от", "video by", "без названия", "untitled", "no title"].iter().any(|begin| lower.starts_with(begin));
    (!is_the_machines).then_some(words)
}

fn poll(item: &Value) -> Option<Poll> {
    let mut all = [item].into_iter().chain(copies(item)).flat_map(attachments);
    let poll = &all.find(|attachment| attachment["type"] == "poll")?["poll"];
    let options = poll["answers"].as_array().map(Vec::as_slice).unwrap_or_default();
    Some(Poll {
        question: poll["question"].as_str()?.trim().to_owned(),
        options: options
            .iter()
            .filter_map(|option| option["text"].as_str())
            .map(|text| text.trim().to_owned())
            .collect(),
    })
}

/// Where a repost came from, if that is a community: the wall of a person is not named.
fn copied_from(item: &Value) -> Option<String> {
    let (owner, link) = match copies(item).next() {
        Some(copy) => {
            let (owner, kind) = (owner(copy)?, copy["post_type"].as_str().unwrap_or_default());
            let id = number(&copy["id"]).or_else(|| number(&copy["post_id"]))?;
            let post =
                above(copy).filter(|post| *post != id && (kind == "reply" || copy.get("reply_post_id").is_some()));
            (owner, link(owner, post, id, kind))
        }
        None => {
            let (owner, id) = (number(&item["copy_owner_id"])?, number(&item["copy_post_id"])?);
            (owner, link(owner, None, id, ""))
        }
    };
    // Of a comment whose post is not named the community is all that can be opened.
    (owner < 0).then(|| link.unwrap_or_else(|| format!("https://vk.com/club{}", owner.unsigned_abs())))
}

fn copies(item: &Value) -> impl Iterator<Item = &Value> {
    item["copy_history"].as_array().into_iter().flatten().take(MAX_COPIES)
}

fn attachments(item: &Value) -> impl Iterator<Item = &Value> {
    item["attachments"].as_array().into_iter().flatten()
}

/// Counters are `{count: n}` or a bare number.
fn count(value: &Value) -> Option<u64> {
    number(value).or_else(|| number(value.get("count")?)).and_then(|count| u64::try_from(count).ok())
}

fn is_set(value: &Value) -> bool {
    value.as_bool().unwrap_or_else(|| number(value).is_some_and(|number| number != 0))
}

/// The text with its line breaks, without the HTML of old versions and without control and invisible characters.
fn clean(text: &str, markup: bool) -> String {
    if markup { text::from_html(text) } else { text::plain(text) }
}
