//! HTML as a tree, within bounds that a hostile page cannot pass.

use std::collections::HashMap;

use ego_tree::iter::Edge;
use scraper::{ElementRef, Html, Selector};

use super::budget::Budget;
use super::page_error::PageError;
use super::{decode, markup, tree_sink};

/// A page of twenty posts is some 150 KB; fifty times as much is no page that people read.
const MAX_PAGE_BYTES: usize = 8 * 1024 * 1024;

/// Pages that are read nest some twenty elements. Building a tree takes time in proportion to depth, and a selector walks up from
/// each element it looks at, so that a hostile page a hundred thousand deep would stop the collector.
pub(crate) const MAX_DEPTH: usize = 512;

/// The page as a tree, if it is HTML of a sane size and depth.
pub(crate) fn document(html: &[u8], budget: &Budget) -> Result<Html, PageError> {
    if html.len() > MAX_PAGE_BYTES {
        return Err(PageError::Broken(format!("a page of {} bytes, at most {MAX_PAGE_BYTES} are read", html.len())));
    }
    let html = decode(html, None);
    if !html.contains('<') {
        return Err(PageError::Format("no markup at all".into()));
    }
    let html = markup::bounded(&html);
    if is_deeper_than(&html, MAX_DEPTH) {
        return Err(too_deep());
    }
    tree(&html, budget)
}

/// The tree of markup that is bounded already.
pub(crate) fn tree(markup: &str, budget: &Budget) -> Result<Html, PageError> {
    let tree = tree_sink::build(markup, budget)?;
    // The count before the tree is built can be led past end tags that close nothing.
    let mut depth = 0;
    for edge in tree.tree.root().traverse() {
        match edge {
            Edge::Open(_) => depth += 1,
            Edge::Close(_) => depth -= 1,
        }
        if depth > 2 * MAX_DEPTH {
            return Err(too_deep());
        }
    }
    Ok(tree)
}

fn too_deep() -> PageError {
    PageError::Broken(format!("elements nested deeper than {MAX_DEPTH}"))
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

/// The first element that a selector finds.
pub(crate) fn first<'a>(document: &'a Html, selector: &'a Selector) -> Option<ElementRef<'a>> {
    document.select(selector).next()
}

/// A selector of ours. The tests parse them all.
#[allow(clippy::expect_used)]
pub(crate) fn css(selector: &'static str) -> Selector {
    Selector::parse(selector).expect("a constant selector")
}

#[cfg(test)]
mod tests {
    use super::super::budget::MAX_NODES;
    use super::super::markup::MAX_ATTRIBUTES;
    use super::*;

    #[test]
    fn a_tag_of_two_hundred_thousand_attributes_has_few_in_the_tree() {
        let many: String = (0..200_000).map(|n| format!(" a{n}=1")).collect();
        let page = document(format!("<a{many} class=last>x</a>").as_bytes(), &Budget::untimed()).unwrap();
        let link = css("a");
        let tag = first(&page, &link).unwrap();
        assert_eq!(tag.value().attrs().count(), MAX_ATTRIBUTES);
    }

    #[test]
    fn attributes_of_repeated_bodies_do_not_add_up() {
        let attributes = |tag| (0..60).map(move |n| format!(" a{tag}x{n}")).collect::<String>();
        let many: String = (0..400).map(|tag| format!("<body{}>", attributes(tag))).collect();
        let page = document(many.as_bytes(), &Budget::untimed()).unwrap();
        let body = css("body");
        assert!(first(&page, &body).unwrap().value().attrs().count() <= MAX_ATTRIBUTES);
    }

    #[track_caller]
    fn overruns(html: &str) {
        let budget = Budget::untimed();
        let built = tree_sink::build(&markup::bounded(html), &budget);
        assert!(matches!(built, Err(PageError::Overrun(_))), "{:?}", built.map(|_| ()));
        assert!(budget.held() <= MAX_NODES + 1 + MAX_ATTRIBUTES, "{} nodes", budget.held());
    }

    #[test]
    fn a_page_that_multiplies_its_elements_ends_at_the_budget() {
        // Each further paragraph opens all that the first left open.
        let left_open: String = (0..400).map(|n| format!("<b a{n}>")).collect();
        overruns(&format!("<p>{left_open}</p>{}", "<p>x</p>".repeat(1000)));
        overruns(&format!("<body>{}", "</p>".repeat(MAX_NODES + 1)));
        // Each tag looks at all that are open.
        overruns(&"<div>".repeat(20_000));
    }

    #[test]
    fn depth_that_end_tags_hide_is_seen_in_the_tree() {
        let html = "<div><object></div></object>".repeat(2 * MAX_DEPTH);
        assert!(!is_deeper_than(&html, MAX_DEPTH), "the count before is led past it");
        assert!(matches!(document(html.as_bytes(), &Budget::untimed()), Err(PageError::Broken(_))));
    }
}
