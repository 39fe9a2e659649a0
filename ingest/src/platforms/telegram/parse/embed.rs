//! The widget of one post, `?embed=1`.

use std::sync::LazyLock;

use scraper::Selector;

use super::message::Block;
use super::page::POSTS;
use super::{message, text};
use crate::parsing::html::{css, document, first};
use crate::parsing::{Budget, Page, Parsed};

/// What the widget says of one post.
#[derive(Debug)]
pub enum EmbeddedPost {
    /// It is there.
    Post(Box<Parsed>),
    /// Telegram's own "Post not found": the one proof of a deletion.
    NotFound,
    /// Anything else, which proves nothing.
    Other,
}

/// Reads the widget of one post.
pub fn parse_post_embed(html: &[u8], source: &str, budget: &Budget) -> EmbeddedPost {
    let Ok(document) = document(html, budget) else {
        return EmbeddedPost::Other;
    };
    if let Some(error) = first(&document, &ERROR) {
        return if text::line(error) == "Post not found" { EmbeddedPost::NotFound } else { EmbeddedPost::Other };
    }
    let mut page = Page::default();
    if let Some(Ok(Block::Shown(message))) = document.select(&POSTS).next().map(|block| message::read(block, source)) {
        page.admit(message.parsed, "embed");
    }
    page.posts.pop().map_or(EmbeddedPost::Other, |post| EmbeddedPost::Post(Box::new(post)))
}

/// The text of a post out of the page that links to it open, `t.me/<channel>/<post>`: what the page says of itself to other sites. `about` is
/// what the channel says of itself, which stands there where the post has no text.
pub fn parse_described_post(html: &[u8], about: Option<&str>, budget: &Budget) -> Option<String> {
    let document = document(html, budget).ok()?;
    let described = crate::parsing::text::plain(first(&document, &DESCRIPTION)?.attr("content")?);
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_channels = about.is_some_and(|about| one_line(about) == one_line(&described));
    (!described.is_empty() && !is_channels && !message::is_excuse(&described)).then_some(described)
}

static DESCRIPTION: LazyLock<Selector> = LazyLock::new(|| css("meta[property='og:description'][content]"));
static ERROR: LazyLock<Selector> = LazyLock::new(|| css(".tgme_widget_message_error"));
