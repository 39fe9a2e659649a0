//! How long something has lasted: «третий день», «уже неделю», «2 часа», «сутки».

use jiff::Span;
use jiff::civil::{DateTime, time};

use super::duration::{duration, ordinal};
use super::pieces::Cursor;

/// A number after one of these says when or how often, and not how long: «в 2 часа», «через 2 часа», «до 2 часов».
const NOT_SO_LONG: [&str; 13] =
    ["в", "во", "через", "за", "до", "на", "к", "ко", "после", "каждые", "каждый", "с", "раз"];

/// «третий день», «уже неделю», «2 часа», «сутки».
pub(super) fn lasting(sentence: Cursor, now: DateTime) -> Option<DateTime> {
    let mut before = "";
    let mut cursor = sentence;
    while let Some(word) = cursor.word() {
        if !cursor.may_tell() {
            before = word;
            cursor = cursor.skip(1);
            continue;
        }
        let ago = ordinal(cursor).map(|(span, rest)| (span, true, rest));
        let ago = ago.or_else(|| duration(cursor).map(|(span, rest)| (span, false, rest)));
        if let Some((span, is_ordinal, rest)) = ago
            && !NOT_SO_LONG.contains(&before)
            && !matches!(rest.word(), Some("в" | "до" | "после" | "спустя"))
            && (is_ordinal || said_to_last(before, cursor, rest))
        {
            return back(now, span);
        }
        before = word;
        cursor = cursor.skip(1);
    }
    None
}

/// A number with a unit lasts; «неделю», «сутки» alone only after «уже», «больше», «почти».
fn said_to_last(before: &str, cursor: Cursor, rest: Cursor) -> bool {
    let counted = rest.at() - cursor.at() > 1 || cursor.word().is_some_and(|word| word.starts_with("пол"));
    counted
        || matches!(before, "уже" | "больше" | "более" | "почти" | "целую" | "целый" | "целые" | "около" | "полную")
        || matches!(rest.word(), Some("без" | "нет" | "не" | "сидим"))
}

/// So long ago; whole days begin at midnight.
fn back(now: DateTime, span: Span) -> Option<DateTime> {
    let moment = now.checked_sub(span).ok()?;
    let hours = span.get_hours() != 0 || span.get_minutes() != 0;
    Some(if hours { moment } else { moment.date().to_datetime(time(0, 0, 0, 0)) })
}
