//! Mentions of people, which stand in a text as names.

use std::ops::Range;

use serde_json::Value;

/// Mentions of one message; each is some characters of a text of 4,000.
const MAX_MENTIONS: usize = 1000;

/// The text of a body. In the place of a person's name stands the link to the person, which the masks know.
///
/// The markup counts in UTF-16, as MAX's applications do, though no document says so. Where an emoji before a mention makes a difference,
/// what either count means is taken for the name: a letter too much is gone rather than a name left.
pub(super) fn without_mentions(body: &Value) -> String {
    let text = body["text"].as_str().unwrap_or_default();
    let markup = body["markup"].as_array().into_iter().flatten();
    let mentions = markup.filter(|element| element["type"] == "user_mention").take(MAX_MENTIONS);
    let mut spans: Vec<(Range<usize>, String)> = mentions
        .filter_map(|element| {
            let from = usize::try_from(element["from"].as_u64()?).ok()?;
            let to = from.checked_add(usize::try_from(element["length"].as_u64()?).ok()?)?;
            Some((either(bytes(text, from..to, char::len_utf16), bytes(text, from..to, |_| 1)), link(element)))
        })
        .filter(|(span, _)| !span.is_empty())
        .collect();
    spans.sort_by_key(|(span, _)| span.start);
    let (mut read, mut until) = (String::with_capacity(text.len()), 0);
    for (span, link) in spans {
        // Those that overlap are one.
        if span.start >= until {
            read.push_str(&text[until..span.start]);
            read.push_str(&link);
        }
        until = until.max(span.end);
    }
    read.push_str(&text[until..]);
    read
}

fn link(mention: &Value) -> String {
    let name = mention["user_link"].as_str().map(|link| link.rsplit(['/', '@']).next().unwrap_or(link));
    let name = name
        .filter(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')));
    let number = mention["user_id"].as_i64().map(|number| number.unsigned_abs().to_string());
    format!("https://max.ru/u/{}", number.as_deref().or(name).unwrap_or("0"))
}

/// The bytes of a range that is counted by `width` of each character, whole characters alone.
fn bytes(text: &str, range: Range<usize>, width: impl Fn(char) -> usize) -> Range<usize> {
    let (mut counted, mut start, mut end) = (0, text.len(), text.len());
    for (at, c) in text.char_indices() {
        if counted + width(c) > range.start {
            start = start.min(at);
        }
        if counted >= range.end {
            end = at;
            break;
        }
        counted += width(c);
    }
    start.min(end)..end
}

fn either(one: Range<usize>, other: Range<usize>) -> Range<usize> {
    match (one.is_empty(), other.is_empty()) {
        (true, _) => other,
        (_, true) => one,
        _ => one.start.min(other.start)..one.end.max(other.end),
    }
}
