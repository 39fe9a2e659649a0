//! Text as HTML and XML write it.

/// Escapes what ends a text or an attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Paragraphs as sites put them into feeds.
pub(crate) fn paragraphs(text: &str) -> String {
    let paragraph = |part: &str| format!("<p>{}</p>", escape(part.trim()).replace('\n', "<br/>"));
    text.split("\n\n").filter(|part| !part.trim().is_empty()).map(paragraph).collect()
}
