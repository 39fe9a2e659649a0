//! The tree as it grows.

use std::borrow::Cow;
use std::collections::HashMap;

use quick_xml::escape::{resolve_html5_entity, unescape_with};
use quick_xml::events::BytesStart;

use super::element::{Element, Node};
use crate::parsing::{Budget, PageError, mojibake};

/// Feeds are six levels deep and markup in them a dozen; deeper elements lose their tags and keep their words, since a tree
/// without a bound overflows the stack when it is dropped.
const MAX_DEPTH: usize = 64;

/// Namespaces whose elements mean something here, by the name used in this crate; the empty name is the feed's own.
const NAMESPACES: [(&str, &str); 13] = [
    ("http://www.w3.org/2005/atom", ""),
    ("http://purl.org/atom/ns#", ""),
    ("http://purl.org/rss/1.0/", ""),
    ("http://my.netscape.com/rdf/simple/0.9/", ""),
    ("http://channel.netscape.com/rdf/simple/0.9/", ""),
    ("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf"),
    ("http://purl.org/rss/1.0/modules/content/", "content"),
    ("http://purl.org/dc/elements/1.1/", "dc"),
    ("http://purl.org/dc/terms/", "dcterms"),
    ("http://search.yahoo.com/mrss/", "media"),
    ("http://www.itunes.com/dtds/podcast-1.0.dtd", "itunes"),
    ("http://news.yandex.ru", "yandex"),
    ("http://turbo.yandex.ru", "turbo"),
];

/// Attributes of a tag that are read; of feeds no tag has ten, but for the namespaces of the root.
const MAX_ATTRIBUTES: usize = 64;

/// What stands directly in one of these and is called so is an item of the feed.
const HOLDERS: [&str; 6] = ["channel", "rss", "rdf:rdf", "rdf", "feed", "items"];

pub(super) struct Tree<'a, W> {
    done: Vec<Element>,
    open: Vec<Element>,
    prefixes: HashMap<String, &'static str>,
    /// Items so far, and which of them are wanted.
    items: usize,
    wanted: W,
    budget: &'a Budget,
}

impl<'a, W: Fn(usize) -> bool> Tree<'a, W> {
    pub(super) fn new(wanted: W, budget: &'a Budget) -> Tree<'a, W> {
        Tree { done: Vec::new(), open: Vec::new(), prefixes: HashMap::new(), items: 0, wanted, budget }
    }

    pub(super) fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), PageError> {
        let held = self.budget.held();
        let mut attributes = Vec::new();
        for attribute in tag.html_attributes().with_checks(false).flatten().take(MAX_ATTRIBUTES) {
            let key = attribute.key.as_ref().to_lowercase();
            let value = unescape(&attribute.value).unwrap_or_else(|| attribute.value.to_string());
            if let Some(prefix) = key.strip_prefix("xmlns:") {
                self.declare(prefix, &value);
            }
            attributes.push((key, value));
        }
        if self.open.len() < MAX_DEPTH {
            self.budget.hold(1 + attributes.len())?;
            let name = tag.name();
            let tag: &str = name.as_ref();
            self.open.push(Element {
                name: self.name(tag),
                attributes,
                tag: tag.to_owned(),
                held,
                ..Element::default()
            });
        }
        Ok(())
    }

    /// Closes the nearest open element of the name and all that was left open in it.
    pub(super) fn close(&mut self, tag: &str) {
        let Some(at) = self.open.iter().rposition(|element| element.tag == tag) else {
            return;
        };
        while self.open.len() > at {
            if let Some(element) = self.open.last_mut() {
                element.whole = true;
            }
            self.close_last();
        }
    }

    fn close_last(&mut self) {
        let Some(mut element) = self.open.pop() else {
            return;
        };
        for child in &mut element.children {
            if let Node::Text(text) = child {
                *text = readable(text);
            }
        }
        let Some(parent) = self.open.last_mut() else {
            return self.done.push(element);
        };
        if matches!(element.name.as_str(), "item" | "entry") && HOLDERS.contains(&parent.name.as_str()) {
            let number = self.items;
            self.items += 1;
            if !(self.wanted)(number) {
                return self.budget.release_to(element.held);
            }
            element.number = Some(number);
        }
        parent.children.push(Node::Element(element));
    }

    /// Adds text, without the control characters that XML forbids. Those of the upper half may be bytes of a letter, see [`readable`].
    pub(super) fn text(&mut self, text: &str) -> Result<(), PageError> {
        let Some(parent) = self.open.last_mut() else {
            return Ok(());
        };
        let clean = text.chars().filter(|c| !c.is_ascii_control() || matches!(c, '\n' | '\r' | '\t'));
        match parent.children.last_mut() {
            Some(Node::Text(before)) => before.extend(clean),
            _ => {
                self.budget.hold(1)?;
                parent.children.push(Node::Text(clean.collect()));
            }
        }
        Ok(())
    }

    fn declare(&mut self, prefix: &str, uri: &str) {
        let uri = uri.trim().trim_end_matches('/').to_lowercase();
        if let Some((_, known)) = NAMESPACES.iter().find(|(known, _)| known.trim_end_matches('/') == uri) {
            self.prefixes.insert(prefix.to_owned(), known);
        }
    }

    fn name(&self, tag: &str) -> String {
        let tag = tag.to_lowercase();
        match tag.split_once(':') {
            None => tag,
            Some((prefix, local)) => match self.prefixes.get(prefix) {
                Some(&"") => local.to_owned(),
                Some(known) => format!("{known}:{local}"),
                None => tag,
            },
        }
    }

    /// The elements at the top, and the number of items.
    pub(super) fn finish(mut self) -> (Vec<Element>, usize) {
        while !self.open.is_empty() {
            self.close_last();
        }
        (self.done, self.items)
    }
}

/// The text of an element as it was meant, without control characters.
fn readable(text: &str) -> String {
    let text = mojibake::mended(text);
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t')).collect()
}

/// The text with the entities of HTML in it resolved; none where one is not known.
pub(super) fn unescape(text: &str) -> Option<String> {
    unescape_with(text, resolve_html5_entity).ok().map(Cow::into_owned)
}
