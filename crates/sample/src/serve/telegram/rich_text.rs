//! Texts and numbers as the preview writes them.

use crate::serve::html::escape;

/// A number as the preview shortens it: 999, 1.2K, 12.5K, 125K, 1.2M.
pub(super) fn short(number: u64) -> String {
    let scaled = |unit: u64, letter: char| {
        let tenths = number * 10 / unit;
        if tenths >= 1000 || tenths.is_multiple_of(10) {
            format!("{}{letter}", tenths / 10)
        } else {
            format!("{}.{}{letter}", tenths / 10, tenths % 10)
        }
    };
    match number {
        0..=999 => number.to_string(),
        1000..=999_999 => scaled(1000, 'K'),
        _ => scaled(1_000_000, 'M'),
    }
}

/// Text as the preview writes it: line breaks, links, hashtags, emoji as pictures.
pub(super) fn rich(text: &str) -> String {
    let mut html = String::with_capacity(text.len() * 2);
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            html.push_str("<br/>");
        }
        for (at, word) in line.split(' ').enumerate() {
            if at > 0 {
                html.push(' ');
            }
            html.push_str(&rich_word(word));
        }
    }
    html
}

fn rich_word(word: &str) -> String {
    let tag = word.trim_end_matches(['.', ',', '!', '?', ')', ':']);
    let rest = &word[tag.len()..];
    if tag.starts_with("https://") {
        let url = escape(tag);
        return format!(r#"<a href="{url}" target="_blank" rel="noopener">{url}</a>{}"#, escape(rest));
    }
    if let Some(name) = tag.strip_prefix('#').filter(|name| name.chars().any(char::is_alphabetic)) {
        let encoded: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        return format!(r#"<a href="?q=%23{encoded}">#{}</a>{}"#, escape(name), escape(rest));
    }
    emoji_in(word)
}

fn emoji_in(word: &str) -> String {
    let mut html = String::new();
    let mut rest = word;
    while let Some(start) = rest.find(is_emoji) {
        html.push_str(&escape(&rest[..start]));
        rest = &rest[start..];
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let mut len = first;
        let mut joined = false;
        for c in rest[first..].chars() {
            if !(joined || is_joiner(c)) {
                break;
            }
            joined = c == '\u{200d}';
            len += c.len_utf8();
        }
        html.push_str(&emoji(&rest[..len]));
        rest = &rest[len..];
    }
    html.push_str(&escape(rest));
    html
}

/// An emoji as a picture.
pub(super) fn emoji(emoji: &str) -> String {
    let code: String = emoji.bytes().map(|byte| format!("{byte:02X}")).collect();
    format!(
        r#"<i class="emoji" style="background-image:url('//telegram.org/img/emoji/40/{code}.png')"><b>{emoji}</b></i>"#
    )
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}')
}

/// What goes on with the emoji before it: variation, joiner, skin tone.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{fe0f}' | '\u{200d}' | '\u{1f3fb}'..='\u{1f3ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(number: u64, expect: &str) {
        assert_eq!(short(number), expect);
    }

    #[test]
    fn numbers_are_shortened() {
        check(999, "999");
        check(1000, "1K");
        check(1250, "1.2K");
        check(99_950, "99.9K");
        check(125_400, "125K");
        check(1_290_000, "1.2M");
    }

    #[test]
    fn text_becomes_html() {
        assert_eq!(rich("a<b\nc & d"), "a&lt;b<br/>c &amp; d");
        assert_eq!(
            rich("x https://a.example/?a=1&b=2."),
            r#"x <a href="https://a.example/?a=1&amp;b=2" target="_blank" rel="noopener">https://a.example/?a=1&amp;b=2</a>."#
        );
        assert_eq!(rich("#жкх!"), r#"<a href="?q=%23%D0%B6%D0%BA%D1%85">#жкх</a>!"#);
        assert!(rich("ок🤷‍♀️❤️.").contains("<b>🤷‍♀️</b>") && rich("ок🤷‍♀️❤️.").contains("<b>❤️</b></i>."));
    }
}
