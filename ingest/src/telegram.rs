//! Pages of Telegram's public web preview, `t.me/s/<channel>`, and of its post widget, `?embed=1`.
//!
//! The format is undocumented and changes without notice. What a block is is therefore told by several marks at once
//! (`data-post`, the classes of wrap and message, a dated link), so that a renamed class shows as blocks not read, never as
//! silence.

mod discussion;
mod landing;
mod message;
mod text;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use scraper::{ElementRef, Html, Selector};

use crate::decode::decode;
use crate::{Page, PageError, Parsed};
pub use discussion::{Discussion, parse_discussion};
use message::Skipped;

/// A page of twenty posts is some 150 KB; ten times the largest seen is no preview page.
const MAX_PAGE_BYTES: usize = 8 * 1024 * 1024;

/// The preview nests some twenty elements. Tree building takes time in proportion to depth, so that a hostile page a
/// hundred thousand deep would stop the collector.
pub(crate) const MAX_DEPTH: usize = 512;

/// What the widget says of one post.
#[derive(Debug)]
pub enum EmbedOutcome {
    /// It is there.
    Post(Box<Parsed>),
    /// Telegram's own "Post not found": the one proof of a deletion.
    NotFound,
    /// Anything else, which proves nothing.
    Other,
}

/// Reads a page of the preview.
///
/// # Errors
/// The landing pages of what is no channel with a preview, each as its own [`PageError`].
pub fn parse_page(html: &[u8], source: &str) -> Result<Page, PageError> {
    let document = document(html)?;
    let mut page = Page { blocks: blocks(&document), ..Page::default() };
    if page.blocks == 0 && first(&document, &HISTORY).is_none() {
        return Err(landing::outcome(&document));
    }
    let mut seen = HashSet::new();
    for block in document.select(&POSTS) {
        let position = block.attr("data-post").unwrap_or_default().to_owned();
        match message::read(block, source) {
            Ok(message) => {
                page.channel_number = page.channel_number.or(message.channel_number);
                if seen.insert(message.parsed.post.id.clone()) {
                    page.admit(message.parsed, &position);
                } else {
                    page.problem(position, "repeated: the same post again");
                }
            }
            Err(Skipped(reason)) => page.problem(position, reason),
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
    page.title = first(&document, &TITLE).map(text::line).filter(|title| !title.is_empty());
    Ok(page)
}

/// Reads the widget of one post.
pub fn parse_post_embed(html: &[u8], source: &str) -> EmbedOutcome {
    let Ok(document) = document(html) else {
        return EmbedOutcome::Other;
    };
    if let Some(error) = first(&document, &ERROR) {
        return if text::line(error) == "Post not found" { EmbedOutcome::NotFound } else { EmbedOutcome::Other };
    }
    let mut page = Page::default();
    if let Some(Ok(message)) = document.select(&POSTS).next().map(|block| message::read(block, source)) {
        page.admit(message.parsed, "embed");
    }
    page.posts.pop().map_or(EmbedOutcome::Other, |post| EmbedOutcome::Post(Box::new(post)))
}

/// The page as a tree, if it is HTML of a sane size and depth.
pub(crate) fn document(html: &[u8]) -> Result<Html, PageError> {
    if html.len() > MAX_PAGE_BYTES {
        return Err(PageError::Broken(format!("a page of {} bytes, at most {MAX_PAGE_BYTES} are read", html.len())));
    }
    let html = decode(html, None);
    if !html.contains('<') {
        return Err(PageError::Format("no markup at all".into()));
    }
    if is_deeper_than(&html, MAX_DEPTH) {
        return Err(PageError::Broken(format!("elements nested deeper than {MAX_DEPTH}")));
    }
    Ok(Html::parse_document(&html))
}

/// Whether elements nest deeper than `limit`, by a count that errs towards deep: an end tag counts only against a start tag
/// of its name.
pub(crate) fn is_deeper_than(html: &str, limit: usize) -> bool {
    const VOID: [&str; 13] =
        ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];
    let mut open: HashMap<String, usize> = HashMap::new();
    let mut depth = 0;
    for tag in html.split('<').skip(1) {
        let (name, closes) = tag.strip_prefix('/').map_or((tag, false), |name| (name, true));
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(name.len());
        let name = name[..end].to_ascii_lowercase();
        if name.is_empty() || VOID.contains(&name.as_str()) {
            continue;
        }
        let count = open.entry(name).or_default();
        if !closes {
            *count += 1;
            depth += 1;
        } else if *count > 0 {
            *count -= 1;
            depth -= 1;
        }
        if depth > limit {
            return true;
        }
    }
    false
}

/// How many blocks look like posts, by the mark that finds the most.
fn blocks(document: &Html) -> usize {
    let dated = document.select(&TIMES).filter(|time| {
        time.ancestors().any(|above| {
            ElementRef::wrap(above)
                .and_then(|above| above.attr("href"))
                .is_some_and(|href| message::post_number(href).is_some())
        })
    });
    [
        document.select(&POSTS).count(),
        document.select(&WRAPS).count(),
        document.select(&MESSAGES).count(),
        dated.count(),
    ]
    .into_iter()
    .max()
    .unwrap_or(0)
}

/// Numbers in the links of an album's pictures.
fn album_parts(document: &Html) -> Vec<u64> {
    document.select(&ALBUM).filter_map(|picture| message::post_number(picture.attr("href")?)).collect()
}

/// The cursor of the older page: the button's `data-before` or `rel=prev`; `rel=canonical` names the page itself.
fn older(document: &Html) -> Option<String> {
    let button = first(document, &MORE).and_then(|button| button.attr("data-before"));
    let link = || {
        let href = first(document, &PREV)?.attr("href")?;
        href.split(['?', '&']).find_map(|part| part.strip_prefix("before="))
    };
    let cursor = button.or_else(link)?;
    (!cursor.is_empty() && cursor.bytes().all(|byte| byte.is_ascii_digit())).then(|| cursor.to_owned())
}

fn first<'a>(document: &'a Html, selector: &'a Selector) -> Option<ElementRef<'a>> {
    document.select(selector).next()
}

/// A selector of ours. The tests parse them all.
#[allow(clippy::expect_used)]
fn css(selector: &'static str) -> Selector {
    Selector::parse(selector).expect("a constant selector")
}

static POSTS: LazyLock<Selector> = LazyLock::new(|| css("[data-post]"));
static WRAPS: LazyLock<Selector> = LazyLock::new(|| css(".tgme_widget_message_wrap, .js-widget_message_wrap"));
static MESSAGES: LazyLock<Selector> = LazyLock::new(|| css(".tgme_widget_message, .js-widget_message"));
static TIMES: LazyLock<Selector> = LazyLock::new(|| css("a[href] time[datetime]"));
static HISTORY: LazyLock<Selector> =
    LazyLock::new(|| css(".tgme_channel_history, .js-message_history, .tgme_channel_info"));
static ALBUM: LazyLock<Selector> = LazyLock::new(|| css(".grouped_media_wrap[href]"));
static TITLE: LazyLock<Selector> = LazyLock::new(|| css(".tgme_channel_info_header_title, .tgme_header_title"));
static MORE: LazyLock<Selector> = LazyLock::new(|| css("[data-before]"));
static PREV: LazyLock<Selector> = LazyLock::new(|| css("link[rel=prev]"));
static ERROR: LazyLock<Selector> = LazyLock::new(|| css(".tgme_widget_message_error"));

#[cfg(test)]
mod tests;
