//! The widget of one post, `?embed=1`.

use std::sync::LazyLock;

use scraper::Selector;

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
    if let Some(Ok(message)) = document.select(&POSTS).next().map(|block| message::read(block, source)) {
        page.admit(message.parsed, "embed");
    }
    page.posts.pop().map_or(EmbeddedPost::Other, |post| EmbeddedPost::Post(Box::new(post)))
}

static ERROR: LazyLock<Selector> = LazyLock::new(|| css(".tgme_widget_message_error"));
