//! What sites put between the pieces of an article, and is none of it: links to other articles, advertising, buttons.

use ego_tree::NodeId;
use scraper::{ElementRef, Html};

use crate::parsing::{Budget, PageError, text};

/// Elements that are never a part of an article.
const NAMES: [&str; 9] = ["nav", "aside", "footer", "form", "button", "script", "style", "noscript", "iframe"];

/// Words of a class or an id that say so.
const CLASSES: [&str; 25] = [
    "incut",
    "banner",
    "adv",
    "advert",
    "ads",
    "ad",
    "reklama",
    "promo",
    "related",
    "readalso",
    "also",
    "readmore",
    "recommend",
    "recommended",
    "share",
    "social",
    "socials",
    "subscribe",
    "popular",
    "sidebar",
    "breadcrumb",
    "breadcrumbs",
    "comments",
    "tags",
    "copyright",
];

/// What an insertion begins with.
const BEGINNINGS: [&str; 11] = [
    "читайте также",
    "читать также",
    "читайте ещё",
    "читайте еще",
    "смотрите также",
    "смотреть также",
    "материалы по теме",
    "новости по теме",
    "подписывайтесь на",
    "подпишитесь на",
    "на правах рекламы",
];

/// An insertion is short. What is longer is the article, whatever its class or its first words are.
const MAX_CHARS: usize = 400;

/// An element of which more than this share is links leads elsewhere.
const LINKS: f64 = 0.8;

/// Takes the insertions out of a page.
pub(super) fn remove(page: &mut Html, budget: &Budget) -> Result<(), PageError> {
    let mut found: Vec<NodeId> = Vec::new();
    let mut open = vec![page.root_element()];
    while let Some(element) = open.pop() {
        budget.step()?;
        if is_insertion(element) {
            found.push(element.id());
        } else {
            open.extend(element.child_elements());
        }
    }
    for id in found {
        if let Some(mut node) = page.tree.get_mut(id) {
            node.detach();
        }
    }
    Ok(())
}

/// Whether an element has a headline.
pub(super) fn has_headline(element: ElementRef<'_>) -> bool {
    let names = element.descendants().filter_map(ElementRef::wrap).map(|element| element.value().name());
    names.into_iter().any(|name| matches!(name, "h1" | "h2" | "h3"))
}

fn is_insertion(element: ElementRef<'_>) -> bool {
    let name = element.value().name();
    if NAMES.contains(&name) || name == "h1" {
        return true;
    }
    let is_block = matches!(
        name,
        "div" | "section" | "p" | "ul" | "ol" | "figure" | "blockquote" | "h2" | "h3" | "h4" | "span" | "header"
    );
    let Some(words) = is_block.then(|| short_text(element)).flatten() else { return false };
    let named = || {
        let names = [element.attr("class"), element.attr("id")].into_iter().flatten();
        names
            .flat_map(|names| names.split(|c: char| !c.is_ascii_alphanumeric()))
            .any(|name| CLASSES.iter().any(|class| name.eq_ignore_ascii_case(class)))
    };
    let begins = || {
        let words = words.to_lowercase();
        BEGINNINGS.iter().any(|beginning| words.starts_with(beginning)) || is_marked_as_advertising(&words)
    };
    // A word in the middle of a sentence may be a link, and so may a whole sentence of several.
    let leads_elsewhere = || name != "span" && links(element) as f64 > LINKS * words.chars().count() as f64;
    named() || (!words.is_empty() && (begins() || leads_elsewhere()))
}

/// Whether words, in small letters, begin with the mark that the law demands: «Реклама. ООО …». An article may begin with the word as well.
fn is_marked_as_advertising(words: &str) -> bool {
    let Some(rest) = words.strip_prefix("реклама") else { return false };
    rest.trim().is_empty() || rest.starts_with(['.', ':', ',', '|', '\n']) || rest.contains("erid")
}

/// The text of an element that is short enough for an insertion.
fn short_text(element: ElementRef<'_>) -> Option<String> {
    let mut words = String::new();
    for piece in element.text() {
        words.push_str(piece);
        if words.len() > 4 * MAX_CHARS {
            return None;
        }
    }
    let words = text::tidy(&words);
    (words.chars().count() <= MAX_CHARS).then_some(words)
}

/// How many characters of an element are links.
fn links(element: ElementRef<'_>) -> usize {
    let links = element.descendants().filter_map(ElementRef::wrap).filter(|below| below.value().name() == "a");
    links.map(|link| text::tidy(&link.text().collect::<String>()).chars().count()).sum()
}
