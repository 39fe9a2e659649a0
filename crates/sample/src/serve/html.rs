//! Text as HTML and XML write it.

use std::borrow::Cow;

/// Escapes what ends a text or an attribute.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    html_escape::encode_quoted_attribute(text)
}

/// Paragraphs as sites put them into feeds.
pub(crate) fn paragraphs(text: &str) -> String {
    let paragraph = |part: &str| format!("<p>{}</p>", escape(part.trim()).replace('\n', "<br/>"));
    text.split("\n\n").filter(|part| !part.trim().is_empty()).map(paragraph).collect()
}
