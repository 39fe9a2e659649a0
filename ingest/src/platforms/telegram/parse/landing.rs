//! The page Telegram answers with where there is no preview: what stands behind the name.

use std::sync::LazyLock;

use scraper::{Html, Selector};

use super::text;
use crate::PageError;
use crate::parsing::html::{css, first};

/// Tells the landing pages apart by structure first and by the counter under the name second; `t.me` speaks English to
/// everybody.
pub(super) fn outcome(document: &Html) -> PageError {
    if document.select(&JOIN).next().is_some() {
        return PageError::JoinWall;
    }
    if first(document, &PREVIEW_LINK).is_some() {
        return PageError::NoPreview;
    }
    let Some(_) = first(document, &LANDING) else {
        return PageError::Format("not a page of Telegram".into());
    };
    let extra = document.select(&EXTRA).map(text::line).collect::<Vec<_>>().join(" ").to_lowercase();
    let heading = first(document, &HEADING).map(text::line).unwrap_or_default();
    let name = first(document, &RESOLVE).and_then(|link| link.attr("href")).unwrap_or_default();
    let name = name.split("domain=").nth(1).unwrap_or_default().split('&').next().unwrap_or_default();
    if extra.contains("subscriber") {
        PageError::NoPreview
    } else if extra.contains("member") || extra.contains("online") {
        PageError::Group
    } else if extra.contains("monthly user") || heading.contains("Launch @") || name.to_lowercase().ends_with("bot") {
        PageError::Bot
    } else if first(document, &NAMED).is_some() && name.is_empty() {
        // A name, no public address and no counter: a private channel shows itself so.
        PageError::JoinWall
    } else {
        // Nobody has the name, or a person has it: no channel either way.
        PageError::NotFound
    }
}

static JOIN: LazyLock<Selector> =
    LazyLock::new(|| css("a[href*='tg://join'], a[href*='join?invite='], .tgme_page_action a[href*='joinchat']"));
static PREVIEW_LINK: LazyLock<Selector> = LazyLock::new(|| css(".tgme_page_context_link[href^='/s/']"));
static LANDING: LazyLock<Selector> = LazyLock::new(|| css(".tgme_page"));
static EXTRA: LazyLock<Selector> = LazyLock::new(|| css(".tgme_page_extra"));
static HEADING: LazyLock<Selector> = LazyLock::new(|| css("title"));
static RESOLVE: LazyLock<Selector> = LazyLock::new(|| css(".tgme_page_action a[href^='tg://resolve']"));
static NAMED: LazyLock<Selector> = LazyLock::new(|| css(".tgme_page_title"));
