//! A page of the web preview, `t.me/s/<channel>`.

use std::collections::HashSet;
use std::sync::LazyLock;

use scraper::{ElementRef, Html, Selector};

use super::message::{self, Block, Skipped};
use super::{landing, text};
use crate::parsing::html::{css, document, first};
use crate::parsing::{Budget, Page, PageError};

/// Reads a page of the preview.
///
/// # Errors
/// The landing pages of what is no channel with a preview, each as its own [`PageError`].
pub fn parse_page(html: &[u8], source: &str, budget: &Budget) -> Result<Page, PageError> {
    let document = document(html, budget)?;
    let mut page = Page { blocks: blocks(&document), ..Page::default() };
    if page.blocks == 0 && first(&document, &HISTORY).is_none() {
        return Err(landing::outcome(&document));
    }
    let mut seen = HashSet::new();
    for block in document.select(&POSTS) {
        budget.look()?;
        let position = block.attr("data-post").unwrap_or_default().to_owned();
        let (message, hidden) = match message::read(block, source) {
            Ok(Block::Shown(message)) => (message, None),
            Ok(Block::Hidden(message, words)) => (message, Some(words)),
            Err(Skipped(reason)) => {
                page.problem(position, reason);
                continue;
            }
        };
        page.channel_number = page.channel_number.or(message.channel_number);
        if !seen.insert(message.parsed.post.id.clone()) {
            page.problem(position, "repeated: the same post again");
            continue;
        }
        match hidden {
            None => page.admit(message.parsed, &position),
            Some(words) => page.hide(message.parsed, &position, &format!("the preview says {words:?} instead")),
        }
    }
    // A post in a wrap of another name is counted by one mark and read by another.
    page.blocks = page.blocks.max(page.posts.len() + page.problems.len());
    let unread = page.blocks - page.posts.len() - page.problems.len();
    if unread > 0 {
        page.problem("page", format!("unknown_block: {unread} blocks look like posts and have no data-post"));
    }
    page.album_parts = album_parts(&document);
    page.older = older(&document);
    if page.older.is_none() && !(page.posts.is_empty() && page.hidden.is_empty()) {
        // A page in the middle of a channel may come without its link to the one before. Only the post numbered 1 has none before it.
        page.older = lowest(&document).filter(|lowest| *lowest > 1).map(|lowest| lowest.to_string());
        page.older_is_guessed = page.older.is_some();
    }
    page.says_nothing_found = first(&document, &NOTHING).is_some();
    page.about = first(&document, &ABOUT).map(text::lines).filter(|about| !about.is_empty());
    page.title = first(&document, &TITLE).map(text::line).filter(|title| !title.is_empty());
    Ok(page)
}

/// How many blocks look like posts, by the mark that finds the most.
pub(super) fn blocks(document: &Html) -> usize {
    let dated = document.select(&TIMES).filter(|time| {
        time.ancestors().any(|above| {
            ElementRef::wrap(above)
                .and_then(|above| above.attr("href"))
                .is_some_and(|href| message::post_number(href).is_some())
        })
    });
    // «No posts found» stands in a wrap of its own.
    let wraps = document.select(&WRAPS).filter(|wrap| wrap.select(&NOTHING).next().is_none());
    [document.select(&POSTS).count(), wraps.count(), document.select(&MESSAGES).count(), dated.count()]
        .into_iter()
        .max()
        .unwrap_or(0)
}

/// The lowest number of a post or an event on the page.
fn lowest(document: &Html) -> Option<u64> {
    document.select(&POSTS).filter_map(|block| message::post_number(block.attr("data-post")?)).min()
}

/// Numbers in the links of an album's pictures.
fn album_parts(document: &Html) -> Vec<u64> {
    document.select(&ALBUM).filter_map(|picture| message::post_number(picture.attr("href")?)).collect()
}

/// The cursor of the older page: the button's `data-before` or `rel=prev`; `rel=canonical` names the page itself.
pub(super) fn older(document: &Html) -> Option<String> {
    let button = first(document, &MORE).and_then(|button| button.attr("data-before"));
    let link = || {
        let href = first(document, &PREV)?.attr("href")?;
        href.split(['?', '&']).find_map(|part| part.strip_prefix("before="))
    };
    let cursor = button.or_else(link)?;
    (!cursor.is_empty() && cursor.bytes().all(|byte| byte.is_ascii_digit())).then(|| cursor.to_owned())
}

pub(super) static POSTS: LazyLock<Selector> = LazyLock::new(|| css("[data-post]"));
static NOTHING: LazyLock<Selector> = LazyLock::new(|| css(".tme_no_messages_found"));
static ABOUT: LazyLock<Selector> = LazyLock::new(|| css(".tgme_channel_info_description"));
static WRAPS: LazyLock<Selector> = LazyLock::new(|| css(".tgme_widget_message_wrap, .js-widget_message_wrap"));
static MESSAGES: LazyLock<Selector> = LazyLock::new(|| css(".tgme_widget_message, .js-widget_message"));
static TIMES: LazyLock<Selector> = LazyLock::new(|| css("a[href] time[datetime]"));
static HISTORY: LazyLock<Selector> =
    LazyLock::new(|| css(".tgme_channel_history, .js-message_history, .tgme_channel_info"));
static ALBUM: LazyLock<Selector> = LazyLock::new(|| css(".grouped_media_wrap[href]"));
static TITLE: LazyLock<Selector> = LazyLock::new(|| css(".tgme_channel_info_header_title, .tgme_header_title"));
static MORE: LazyLock<Selector> = LazyLock::new(|| css("[data-before]"));
static PREV: LazyLock<Selector> = LazyLock::new(|| css("link[rel=prev]"));
