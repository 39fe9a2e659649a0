//! A small, forgiving XML tree for feeds.
//!
//! Real feeds hold bare ampersands, `&nbsp;`, unclosed and overlapping tags and stop in the middle. None of it may cost the
//! items that are whole, so the reader mends what it can and keeps what came before a break. Entities that a document
//! defines itself are not expanded, and there is nothing external to load.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write;

use quick_xml::Reader;
use quick_xml::escape::{resolve_html5_entity, unescape_with};
use quick_xml::events::{BytesStart, Event};

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

/// An element. Names are in lower case; a prefix is the one of [`NAMESPACES`], whatever the document calls it.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Node>,
    /// The name as the document has it, to pair it with its end tag.
    tag: String,
    /// The document went on after it. False for what its end cut off.
    pub(super) whole: bool,
}

#[derive(Debug)]
enum Node {
    Text(String),
    Element(Element),
}

impl Element {
    /// The value of an attribute, by its name as written in lower case.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The elements directly below.
    pub(super) fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The elements of a name directly below.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.elements().filter(move |element| element.name == name)
    }

    /// Whether there is markup in it that somebody forgot to escape.
    pub(super) fn has_markup(&self) -> bool {
        self.elements().next().is_some()
    }

    /// The text below, tags dropped.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        self.collect_text(&mut text);
        text
    }

    fn collect_text(&self, text: &mut String) {
        for node in &self.children {
            match node {
                Node::Text(piece) => text.push_str(piece),
                Node::Element(element) => element.collect_text(text),
            }
        }
    }

    /// The content as HTML: text with markup in it is taken as it is, elements are written out again.
    pub(super) fn html(&self) -> String {
        if !self.has_markup() {
            return self.text();
        }
        let mut html = String::new();
        self.write_html(&mut html);
        html
    }

    fn write_html(&self, html: &mut String) {
        for node in &self.children {
            match node {
                Node::Text(text) => html.push_str(&quick_xml::escape::minimal_escape(text.as_str())),
                Node::Element(element) => {
                    let name = element.name.rsplit(':').next().unwrap_or_default();
                    // Writing to a string cannot fail.
                    let _ = write!(html, "<{name}>");
                    element.write_html(html);
                    let _ = write!(html, "</{name}>");
                }
            }
        }
    }
}

/// The elements at the top of a document, and what stopped the reading before its end.
pub(super) fn read(text: &str) -> (Vec<Element>, Option<String>) {
    let text = mend(text);
    let mut reader = Reader::from_str(&text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    config.expand_empty_elements = true;
    let mut tree = Tree::default();
    let stopped = loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => tree.open(&tag),
            Ok(Event::End(tag)) => tree.close(tag.name().as_ref()),
            Ok(Event::Text(text)) => tree.text(&text.into_inner()),
            Ok(Event::CData(text)) => tree.text(&text.into_inner()),
            Ok(Event::GeneralRef(name)) => tree.text(&entity(&name.into_inner())),
            Ok(Event::Eof) => break None,
            Ok(_) => {}
            Err(error) => break Some(format!("at byte {}: {error}", reader.error_position())),
        }
    };
    (tree.finish(), stopped)
}

/// Turns a `<` that begins no tag into text.
fn mend(text: &str) -> Cow<'_, str> {
    let begins_tag = |next: Option<char>| next.is_some_and(|c| c.is_alphabetic() || matches!(c, '_' | '/' | '!' | '?'));
    let mut mended = String::new();
    let mut copied = 0;
    for (at, _) in text.match_indices('<') {
        if !begins_tag(text[at + 1..].chars().next()) {
            mended.push_str(&text[copied..at]);
            mended.push_str("&lt;");
            copied = at + 1;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    mended.push_str(&text[copied..]);
    Cow::Owned(mended)
}

/// What `&name;` stands for; itself, if nothing known.
fn entity(name: &str) -> String {
    let reference = format!("&{name};");
    unescape(&reference).unwrap_or(reference.clone())
}

fn unescape(text: &str) -> Option<String> {
    unescape_with(text, resolve_html5_entity).ok().map(Cow::into_owned)
}

#[derive(Default)]
struct Tree {
    done: Vec<Element>,
    open: Vec<Element>,
    prefixes: HashMap<String, &'static str>,
}

impl Tree {
    fn open(&mut self, tag: &BytesStart<'_>) {
        let mut attributes = Vec::new();
        for attribute in tag.html_attributes().with_checks(false).flatten() {
            let key = attribute.key.as_ref().to_lowercase();
            let value = unescape(&attribute.value).unwrap_or_else(|| attribute.value.to_string());
            if let Some(prefix) = key.strip_prefix("xmlns:") {
                self.declare(prefix, &value);
            }
            attributes.push((key, value));
        }
        if self.open.len() < MAX_DEPTH {
            let name = tag.name();
            let tag: &str = name.as_ref();
            self.open.push(Element {
                name: self.name(tag),
                attributes,
                children: Vec::new(),
                tag: tag.to_owned(),
                whole: false,
            });
        }
    }

    /// Closes the nearest open element of the name and all that was left open in it.
    fn close(&mut self, tag: &str) {
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
        let Some(element) = self.open.pop() else {
            return;
        };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(Node::Element(element)),
            None => self.done.push(element),
        }
    }

    /// Adds text, without the control characters that XML forbids.
    fn text(&mut self, text: &str) {
        let Some(parent) = self.open.last_mut() else {
            return;
        };
        let clean = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'));
        match parent.children.last_mut() {
            Some(Node::Text(before)) => before.extend(clean),
            _ => parent.children.push(Node::Text(clean.collect())),
        }
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

    fn finish(mut self) -> Vec<Element> {
        while !self.open.is_empty() {
            self.close_last();
        }
        self.done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(xml: &str, html: &str) {
        assert_eq!(read(xml).0[0].html(), html, "{xml}");
    }

    #[test]
    fn common_damage_is_mended() {
        check("<a>Мир & труд &amp; май</a>", "Мир & труд & май");
        check("<a>5&nbsp;м, давление < 2</a>", "5\u{a0}м, давление < 2");
        check("<a>?x=1&copy=2;</a>", "?x=1&copy=2;");
        check("<a>x\u{1}y&#38;&#x43d;</a>", "xy&н");
        check("<a><![CDATA[<p>нет</p>]]> света</a>", "<p>нет</p> света");
        check("<a>до<br>после</a>", "до<br>после</br>");
        check("<a><b>x</a>", "<b>x</b>");
        check("<a>x</b></a>", "x");
        check("<a>cut", "cut");
    }

    #[test]
    fn prefixes_are_known_by_their_namespace() {
        let (top, _) = read(
            r#"<r xmlns:x=" http://purl.org/dc/elements/1.1 " xmlns:a="http://www.w3.org/2005/Atom"><x:Date/><a:link HREF='q&amp;r'/><y:z/></r>"#,
        );
        let names: Vec<_> = top[0].elements().map(|element| element.name.as_str()).collect();
        assert_eq!(names, ["dc:date", "link", "y:z"]);
        assert_eq!(top[0].all("link").next().unwrap().attribute("href"), Some("q&r"));
    }

    #[test]
    fn depth_is_bounded() {
        let (top, _) = read(&format!("{}глубоко", "<a>".repeat(100_000)));
        assert_eq!(top[0].text(), "глубоко");
    }
}
