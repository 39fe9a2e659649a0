//! An element and what is in it.

use std::fmt::Write;

/// An element. Names are in lower case; a prefix is the one of the namespaces that are known, whatever the document calls it.
#[derive(Debug, Default)]
pub(in crate::platforms::portal::parse) struct Element {
    pub(in crate::platforms::portal::parse) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) children: Vec<Node>,
    /// The name as the document has it, to pair it with its end tag.
    pub(super) tag: String,
    /// Of an item of the feed: which one it is.
    pub(in crate::platforms::portal::parse) number: Option<usize>,
    /// Nodes in memory when it began.
    pub(super) held: usize,
    /// The document went on after it. False for what its end cut off.
    pub(in crate::platforms::portal::parse) whole: bool,
}

#[derive(Debug)]
pub(super) enum Node {
    Text(String),
    Element(Element),
}

impl Element {
    /// The value of an attribute, by its name as written in lower case.
    pub(in crate::platforms::portal::parse) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The elements directly below.
    pub(in crate::platforms::portal::parse) fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The elements of a name directly below.
    pub(in crate::platforms::portal::parse) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.elements().filter(move |element| element.name == name)
    }

    /// Whether there is markup in it that somebody forgot to escape.
    pub(in crate::platforms::portal::parse) fn has_markup(&self) -> bool {
        self.elements().next().is_some()
    }

    /// The text below, tags dropped.
    pub(in crate::platforms::portal::parse) fn text(&self) -> String {
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
    pub(in crate::platforms::portal::parse) fn html(&self) -> String {
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
