//! Reads a document, mending what is damaged.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::element::Element;
use super::tree::{Tree, unescape};
use crate::parsing::{Budget, PageError};

/// A document as read.
pub(in crate::platforms::portal::parse) struct Document {
    /// The elements at its top.
    pub(in crate::platforms::portal::parse) top: Vec<Element>,
    /// What stopped the reading before its end.
    pub(in crate::platforms::portal::parse) stopped: Option<String>,
    /// How many items it has, kept or not.
    pub(in crate::platforms::portal::parse) items: usize,
}

/// Reads a document. Of its items those stay in memory whose number `wanted` accepts.
pub(in crate::platforms::portal::parse) fn read(
    text: &str,
    wanted: impl Fn(usize) -> bool,
    budget: &Budget,
) -> Result<Document, PageError> {
    let text = mend(text);
    let mut reader = Reader::from_str(&text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    config.expand_empty_elements = true;
    let mut tree = Tree::new(wanted, budget);
    let stopped = loop {
        budget.step()?;
        match reader.read_event() {
            Ok(Event::Start(tag)) => tree.open(&tag)?,
            Ok(Event::End(tag)) => tree.close(tag.name().as_ref()),
            Ok(Event::Text(text)) => tree.text(&text.into_inner())?,
            Ok(Event::CData(text)) => tree.text(&text.into_inner())?,
            Ok(Event::GeneralRef(name)) => tree.text(&entity(&name.into_inner()))?,
            Ok(Event::Eof) => break None,
            Ok(_) => {}
            Err(error) => break Some(format!("at byte {}: {error}", reader.error_position())),
        }
    };
    let (top, items) = tree.finish();
    Ok(Document { top, stopped, items })
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
