//! One message block of the preview.

use std::sync::LazyLock;

use base64::Engine;
use model::{Platform, Poll, Post, PostId, PostLink, Time};
use scraper::{ElementRef, Selector};

use super::text;
use crate::Parsed;
use crate::parsing::html::css;

/// A message as read.
pub(super) struct Message {
    pub(super) parsed: Parsed,
    /// The channel's number out of `data-view`.
    pub(super) channel_number: Option<i64>,
}

/// Why a block is no post: a named reason.
pub(super) struct Skipped(pub(super) &'static str);

/// A block as read.
pub(super) enum Block {
    /// With all that the preview shows of it.
    Shown(Message),
    /// It is there, and «Please open Telegram to view this post» stands in the place of its text: the words that say so.
    Hidden(Message, String),
}

/// Reads a block that has `data-post`.
pub(super) fn read(block: ElementRef<'_>, source: &str) -> Result<Block, Skipped> {
    if block.value().classes().any(|class| class.contains("service")) {
        return Err(Skipped("service_message: an event of the channel, not a post"));
    }
    let address = block.attr("data-post").unwrap_or_default();
    let id = post_id(address).ok_or(Skipped("no_id: data-post is not <channel>/<number>"))?;
    let content = content(block)?;
    let post = Post {
        url: Some(format!("https://t.me/{address}")),
        // The preview says "edited" and not when: no `edited_at`.
        poll: content.poll,
        views: first(block, &VIEWS).and_then(|views| text::count(&text::line(views))),
        reactions: content.reactions,
        in_reply_to: first(block, &REPLY).and_then(|reply| link_id(reply.attr("href")?)),
        forwarded_from: first(block, &FORWARD).and_then(|origin| public_origin(origin.attr("href")?)),
        ..Post::new(id, Platform::Telegram, source, content.published_at, content.text)
    };
    let message = Message { parsed: Parsed::plain(post), channel_number: channel_number(block) };
    Ok(match content.hidden {
        None => Block::Shown(message),
        Some(words) => Block::Hidden(message, words),
    })
}

/// What a post and a comment have alike.
pub(super) struct Content {
    pub(super) published_at: Time,
    pub(super) text: String,
    pub(super) poll: Option<Poll>,
    pub(super) reactions: Option<u64>,
    /// What stands in the place of a text that is not shown.
    pub(super) hidden: Option<String>,
}

/// Reads what a post and a comment have alike.
pub(super) fn content(block: ElementRef<'_>) -> Result<Content, Skipped> {
    let published_at = date(block).ok_or(Skipped("no_date: no time with a date in the footer"))?;
    let poll = poll(block);
    let text = body(block, poll.is_some())?;
    let hidden = if poll.is_some() { None } else { not_shown(block, &text) };
    Ok(Content { published_at, text, poll, reactions: reactions(block), hidden })
}

/// What the preview says in the place of a text that it does not show. Of a video too large to be played it says so too, but beside the text.
fn not_shown(block: ElementRef<'_>, text: &str) -> Option<String> {
    if is_excuse(text) {
        return Some(text.to_owned());
    }
    let words = text::line(first(block, &NOT_SUPPORTED)?);
    (text.is_empty() && is_excuse(&words)).then_some(words)
}

/// Whether words are Telegram's own, which speak of the application in the place of a post.
pub(super) fn is_excuse(words: &str) -> bool {
    let words = words.trim().to_lowercase();
    words.starts_with("please open telegram to view this")
        || words.starts_with("this post is not supported")
        || words.starts_with("this message is not supported")
}

/// The number at the end of a link to a post.
pub(super) fn post_number(href: &str) -> Option<u64> {
    let path = href.split(['?', '#']).next()?.trim_end_matches('/');
    let (before, number) = path.rsplit_once('/')?;
    if before.is_empty() { None } else { number.parse().ok() }
}

/// `tg:<name in lower case>/<number>` of `<name>/<number>`.
fn post_id(address: &str) -> Option<PostId> {
    let (channel, number) = address.rsplit_once('/')?;
    let number: u64 = number.parse().ok()?;
    // A channel known by its number alone has the address `c/<number>/<post>`.
    let channel = channel.strip_prefix("c/").map_or_else(|| channel.to_lowercase(), |number| format!("c{number}"));
    let is_name = !channel.is_empty() && channel.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then(|| PostId::new(format!("tg:{channel}/{number}")).ok()).flatten()
}

/// The id of the post that a link leads to. The page names the host that it was asked of.
fn link_id(href: &str) -> Option<String> {
    PostLink::parse(href).and_then(|link| link.id()).map(String::from)
}

/// The link of a forward's origin, if it leads to a post: only channels have such links. A person's name, with a link to a
/// profile or without, is dropped here.
fn public_origin(href: &str) -> Option<String> {
    PostLink::parse(href).map(|link| link.url())
}

/// The time in the footer; other times in a block are lengths of videos.
fn date(block: ElementRef<'_>) -> Option<Time> {
    let footer = first(block, &DATE).or_else(|| first(block, &ANY_DATE))?;
    footer.attr("datetime")?.parse().ok()
}

/// The text or caption. A block with neither words nor a medium known is not a post of the format this reads.
fn body(block: ElementRef<'_>, has_poll: bool) -> Result<String, Skipped> {
    let quoted = |element: &ElementRef<'_>| {
        let above = element.ancestors().filter_map(ElementRef::wrap);
        above.flat_map(|above| above.value().classes()).any(|class| class == "tgme_widget_message_reply")
    };
    let place = place(block);
    if let Some(element) = block.select(&TEXT).find(|element| !quoted(element)) {
        let parts = [text::lines(element), place];
        return Ok(parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join("\n"));
    }
    if !place.is_empty() {
        return Ok(place);
    }
    if let Some(document) = first(block, &DOCUMENT) {
        return Ok(text::line(document));
    }
    if has_poll || first(block, &MEDIA).is_some() {
        return Ok(String::new());
    }
    Err(Skipped("no_content: neither a text nor a known medium in the block"))
}

/// The name and the address of a place that is a message: where something is, and often what.
fn place(block: ElementRef<'_>) -> String {
    block.select(&PLACE).map(text::line).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn poll(block: ElementRef<'_>) -> Option<Poll> {
    let question = text::lines(first(block, &QUESTION)?);
    let options = block.select(&OPTION).map(text::line).filter(|option| !option.is_empty()).collect();
    Some(Poll { question, options })
}

/// All reactions together. The character may be missing (custom emoji, paid stars); the number is the element's own text.
fn reactions(block: ElementRef<'_>) -> Option<u64> {
    let mut counts = block.select(&REACTION).filter_map(|reaction| {
        let own: String = reaction.children().filter_map(|node| node.value().as_text()).map(|text| &**text).collect();
        text::count(&own).or_else(|| text::count(&text::line(reaction)))
    });
    let first = counts.next()?;
    Some(counts.fold(first, u64::saturating_add))
}

/// `data-view` is base64 of JSON whose `c` is the channel's number.
fn channel_number(block: ElementRef<'_>) -> Option<i64> {
    let view = block.attr("data-view")?.trim_end_matches('=');
    let json = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(view).ok()?;
    let view: serde_json::Value = serde_json::from_slice(&json).ok()?;
    let number = view["c"].as_i64()?.checked_abs()?;
    (number > 0).then_some(number)
}

fn first<'a>(block: ElementRef<'a>, selector: &'static Selector) -> Option<ElementRef<'a>> {
    block.select(selector).next()
}

static DATE: LazyLock<Selector> = LazyLock::new(|| css(".tgme_widget_message_date time[datetime]"));
static ANY_DATE: LazyLock<Selector> = LazyLock::new(|| css("time[datetime]"));
static TEXT: LazyLock<Selector> =
    LazyLock::new(|| css(".tgme_widget_message_text:not(.js-message_reply_text), .js-message_text"));
static PLACE: LazyLock<Selector> =
    LazyLock::new(|| css(".tgme_widget_message_location_title, .tgme_widget_message_location_address"));
static NOT_SUPPORTED: LazyLock<Selector> = LazyLock::new(|| css(".message_media_not_supported_label"));
static DOCUMENT: LazyLock<Selector> = LazyLock::new(|| css(".tgme_widget_message_document_title"));
static QUESTION: LazyLock<Selector> = LazyLock::new(|| css(".tgme_widget_message_poll_question"));
static OPTION: LazyLock<Selector> = LazyLock::new(|| css(".tgme_widget_message_poll_option_text"));
static VIEWS: LazyLock<Selector> = LazyLock::new(|| css(".tgme_widget_message_views"));
static REACTION: LazyLock<Selector> = LazyLock::new(|| css(".tgme_reaction"));
static REPLY: LazyLock<Selector> = LazyLock::new(|| css("a.tgme_widget_message_reply[href]"));
static FORWARD: LazyLock<Selector> = LazyLock::new(|| css("a.tgme_widget_message_forwarded_from_name[href]"));
static MEDIA: LazyLock<Selector> = LazyLock::new(|| {
    css(
        "[class*='_photo_wrap'], [class*='_video'], [class*='roundvideo'], [class*='_sticker'], [class*='_voice'], [class*='_document'], \
         [class*='_location'], [class*='_contact'], [class*='_invoice'], [class*='_game'], [class*='_audio'], \
         [class*='_grouped'], [class*='_story'], [class*='_giveaway'], [class*='_link_preview'], [class*='media_not_supported']",
    )
});
