//! The text of elements of the preview, with the line breaks a reader sees.

use std::borrow::Cow;

use ego_tree::iter::Edge;
use scraper::{ElementRef, Node};

use crate::parsing::text::{tidy, visible};

/// The text of a message: `<br>` and blocks break lines, emoji are the characters behind their pictures, links are their
/// visible text.
pub(super) fn lines(element: ElementRef<'_>) -> String {
    let mut text = String::new();
    let mut verbatim = 0usize;
    for edge in element.traverse() {
        let (node, opens) = match edge {
            Edge::Open(node) => (node, true),
            Edge::Close(node) => (node, false),
        };
        match node.value() {
            Node::Text(piece) if opens && verbatim > 0 => text.push_str(piece),
            Node::Text(piece) if opens => {
                text.extend(piece.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c }));
            }
            Node::Element(tag) => match tag.name() {
                "br" if opens => text.push('\n'),
                "pre" => {
                    verbatim = if opens { verbatim + 1 } else { verbatim.saturating_sub(1) };
                    break_line(&mut text);
                }
                "blockquote" | "div" | "p" | "ul" | "ol" | "li" | "h1" | "h2" | "h3" => break_line(&mut text),
                _ => {}
            },
            _ => {}
        }
    }
    let lines: Vec<Cow<'_, str>> = text.lines().map(visible).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

/// The text of a short element as one line.
pub(super) fn line(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    tidy(&text).replace('\n', " ")
}

/// A number as the preview shortens it: `748`, `1 234`, `6.74K`, `12,5M`.
pub(super) fn count(text: &str) -> Option<u64> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let text = text.to_uppercase();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let unit = match unit {
        "" => 1,
        "K" | "К" => 1_000,
        "M" | "М" => 1_000_000,
        "B" | "В" => 1_000_000_000,
        _ => return None,
    };
    let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    if unit == 1 && fraction.len() == 3 {
        return format!("{whole}{fraction}").parse().ok();
    }
    let mut number = whole.parse::<u64>().ok()?.checked_mul(unit)?;
    let mut place = unit;
    for digit in fraction.chars() {
        place /= 10;
        number = number.checked_add(u64::from(digit.to_digit(10)?) * place)?;
    }
    Some(number)
}

fn break_line(text: &mut String) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, expect: &str) {
        assert_eq!(lines(scraper::Html::parse_fragment(html).root_element()), expect, "{html}");
    }

    #[test]
    fn lines_are_those_a_reader_sees() {
        check("Нет воды<br/>Мира, 5<br/><br/>Ждём", "Нет воды\nМира, 5\n\nЖдём");
        check("до<blockquote>цитата</blockquote>после", "до\nцитата\nпосле");
        check(
            "<i class=\"emoji\"><b>🚰</b></i> <a href=\"https://a.example/?x=1&amp;y=2\">a.example/?x=1&amp;y=2</a>",
            "🚰 a.example/?x=1&y=2",
        );
        check("<pre>a\n b</pre>", "a\nb");
        check("<a href=\"https://telegra.ph/1\">&#8203;</a>Ночью<br/>&#8288;на Лесной", "Ночью\nна Лесной");
        check("<a href=\"?q=%23вода\">#вода</a> &lt;b&gt;", "#вода <b>");
    }

    #[test]
    fn numbers_are_read_as_shortened() {
        for (text, expect) in [
            ("748", Some(748)),
            ("1 234", Some(1234)),
            ("1,234", Some(1234)),
            ("6.74K", Some(6740)),
            ("12,5M", Some(12_500_000)),
            ("1.2К", Some(1200)),
            ("3M", Some(3_000_000)),
            ("", None),
            ("many", None),
            ("1.2.3K", None),
            ("99999999999999999999K", None),
        ] {
            assert_eq!(count(text), expect, "{text}");
        }
    }
}
