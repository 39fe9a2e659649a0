//! The discussion widget, `t.me/<channel>/<post>?embed=1&discussion=1&comments_limit=N`: the comments under a post of a
//! channel that has a group for them.

use std::collections::HashSet;
use std::sync::LazyLock;

use model::{Kind, Platform, Post, PostId, PostLink};
use scraper::{ElementRef, Selector};

use super::message::{self, Skipped};
use super::page::{blocks, older};
use super::text;
use crate::parsing::html::{css, document, first};
use crate::{Budget, Page, Parsed};

/// What the widget says of the comments under one post.
#[derive(Debug)]
#[allow(clippy::large_enum_variant)] // One is made of an answer, and read at once.
pub enum Discussion {
    /// It shows them, the newest ones if there are many.
    Shown {
        /// The comments. `older` is set where more exist than are shown.
        page: Page,
        /// How many there are by the widget's own count.
        total: Option<u64>,
    },
    /// It shows none and does not say that there are none: the channel has no comments, or they are for its group's
    /// members. Either way they were not seen.
    NotShown,
}

/// Reads the widget of the comments under the post `<channel>/<number>`, the channel in lower case.
pub fn parse_discussion(html: &[u8], source: &str, channel: &str, number: u64, budget: &Budget) -> Discussion {
    let Ok(document) = document(html, budget) else { return Discussion::NotShown };
    let total = first(&document, &HEADER).and_then(|header| text::count(text::line(header).split(' ').next()?));
    let empty = first(&document, &NOTHING).map(text::line);
    let says_none = empty.as_deref().is_some_and(|words| words.starts_with("No comments"));
    if first(&document, &THREAD).is_none() || (empty.is_some() && !says_none) {
        return Discussion::NotShown;
    }
    let mut page = Page { blocks: blocks(&document), ..Page::default() };
    let mut seen = HashSet::new();
    for block in document.select(&COMMENTS) {
        if budget.look().is_err() {
            return Discussion::NotShown;
        }
        let position = block.attr("data-post-id").unwrap_or_default().to_owned();
        match comment(block, source, channel, number) {
            Ok(parsed) if seen.insert(parsed.post.id.clone()) => page.admit(parsed, &position),
            Ok(_) => page.problem(position, "repeated: the same comment again"),
            Err(Skipped(reason)) => page.problem(position, reason),
        }
    }
    page.blocks = page.blocks.max(page.posts.len() + page.problems.len());
    let unread = page.blocks - page.posts.len() - page.problems.len();
    if unread > 0 {
        page.problem("page", format!("unknown_block: {unread} blocks look like comments and have no number"));
    }
    page.older = older(&document);
    Discussion::Shown { page, total }
}

/// One comment. Its number is that of a message of the channel's group, so the post's address is a part of its id.
fn comment(block: ElementRef<'_>, source: &str, channel: &str, post: u64) -> Result<Parsed, Skipped> {
    let number = block.attr("data-post-id").and_then(|number| number.parse::<u64>().ok());
    let number = number.ok_or(Skipped("no_id: data-post-id is no number"))?;
    let id = PostId::new(format!("tg:{channel}/{post}?comment={number}"));
    let id = id.map_err(|_| Skipped("no_id: the id is longer than ids may be"))?;
    let content = message::content(block)?;
    if content.hidden.is_some() {
        return Err(Skipped("text_not_shown: the widget does not show it"));
    }
    let post = Post {
        kind: Kind::Comment,
        url: Some(format!("https://t.me/{channel}/{post}?comment={number}")),
        reactions: content.reactions,
        poll: content.poll,
        in_reply_to: Some(format!("tg:{channel}/{post}")),
        answers: answered(block),
        ..Post::new(id, Platform::Telegram, source, content.published_at, content.text)
    };
    Ok(Parsed { private_author: author(block, channel), ..Parsed::plain(post) })
}

/// The comment that a comment answers.
fn answered(block: ElementRef<'_>) -> Option<String> {
    let link = PostLink::parse(block.select(&ANSWERED).next()?.attr("href")?)?;
    let is_comment = matches!(link, PostLink::Telegram { comment: Some(_), .. });
    link.id().filter(|_| is_comment).map(String::from)
}

/// Who wrote it, for the keyed hash alone: the link of the profile, or the name where the profile has no link. The channel
/// itself is nobody private.
fn author(block: ElementRef<'_>, channel: &str) -> Option<String> {
    let link = block.select(&AUTHOR_LINK).next().and_then(|link| link.attr("href"));
    if link.and_then(|link| link.rsplit('/').next()).is_some_and(|name| name.eq_ignore_ascii_case(channel)) {
        return None;
    }
    let name = || block.select(&AUTHOR).next().map(text::line);
    link.map(str::to_owned).or_else(name).filter(|author| !author.is_empty())
}

/// Telegram tells by the header, then by the box of messages, that a thread is shown.
static THREAD: LazyLock<Selector> = LazyLock::new(|| css(".tgme_post_discussion, .tgme_post_discussion_header"));
static HEADER: LazyLock<Selector> =
    LazyLock::new(|| css(".tgme_post_discussion_header_wrap .js-header, .tgme_post_discussion_header .js-header"));
static NOTHING: LazyLock<Selector> = LazyLock::new(|| css(".tme_no_messages_found"));
static COMMENTS: LazyLock<Selector> = LazyLock::new(|| css("[data-post-id]"));
static ANSWERED: LazyLock<Selector> = LazyLock::new(|| css("a.tgme_widget_message_reply[href]"));
static AUTHOR_LINK: LazyLock<Selector> = LazyLock::new(|| css("a.tgme_widget_message_author_name[href]"));
static AUTHOR: LazyLock<Selector> = LazyLock::new(|| css(".tgme_widget_message_author_name"));

#[cfg(test)]
mod tests {
    use super::*;

    const SHOWN: &str = include_str!("../../../../fixtures/telegram/discussion.html");

    fn shown(html: &str) -> (Page, Option<u64>) {
        match parse_discussion(html.as_bytes(), "s", "zarechie_online", 101, &Budget::untimed()) {
            Discussion::Shown { page, total } => (page, total),
            Discussion::NotShown => panic!("not shown"),
        }
    }

    #[test]
    fn comments_are_read_under_their_post_and_nobody_is_named() {
        let (page, total) = shown(SHOWN);
        assert_eq!((total, page.blocks, page.unread(), page.older.as_deref()), (Some(12), 3, 0, Some("7001")));
        let comment = &page.posts[0];
        assert_eq!(comment.post.id.as_str(), "tg:zarechie_online/101?comment=7001");
        assert_eq!(comment.post.url.as_deref(), Some("https://t.me/zarechie_online/101?comment=7001"));
        assert_eq!(comment.post.in_reply_to.as_deref(), Some("tg:zarechie_online/101"));
        assert_eq!((comment.post.kind, comment.post.text.as_str()), (Kind::Comment, "И у нас тоже\nМира, 5"));
        assert_eq!(comment.private_author.as_deref(), Some("https://t.me/vymyshlennyj_zhitel"));
        assert_eq!(
            (comment.post.answers.as_deref(), page.posts[1].post.answers.as_deref()),
            (None, Some(comment.post.id.as_str()))
        );
        assert_eq!(page.posts[1].private_author.as_deref(), Some("Житель без ссылки"));
        let posts = page.posts.iter().map(|parsed| format!("{:?}", parsed.post)).collect::<String>();
        assert!(!posts.contains("Вымышленный") && !posts.contains("vymyshlennyj"), "{posts}");
        assert_eq!(page.posts[2].private_author, None, "the channel itself");
        assert_eq!(page.posts[1].post.text, "Слесарь уже едет", "the quote of what is answered is no part of it");
    }

    fn read(html: &[u8]) -> Discussion {
        parse_discussion(html, "s", "a", 1, &Budget::untimed())
    }

    #[test]
    fn a_thread_that_is_not_shown_is_told_from_an_empty_one() {
        let empty = include_str!("../../../../fixtures/telegram/discussion_empty.html");
        let (page, total) = shown(empty);
        assert_eq!((page.blocks, total), (0, None));
        for words in [
            "Discussion is not available at the moment.",
            "Please open Telegram to view this discussion from Заречье",
            "",
        ] {
            let html = empty.replace("No comments here yet...", words);
            assert!(matches!(read(html.as_bytes()), Discussion::NotShown), "{words}");
        }
        let post = include_bytes!("../../../../fixtures/telegram/embed_post.html");
        assert!(matches!(read(post), Discussion::NotShown));
    }

    #[test]
    fn a_renamed_mark_shows_as_blocks_not_read() {
        let (page, _) = shown(&SHOWN.replace("data-post-id", "data-message"));
        assert_eq!((page.posts.len(), page.blocks, page.unread()), (0, 3, 3));
    }
}
