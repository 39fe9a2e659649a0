//! A length of time: «2 часа», «трое суток», «третий день», «полчаса».

use jiff::{Span, ToSpan};

use super::lexicon::ORDINALS;
use super::pieces::Cursor;

/// «третий день»: two days ago; «вторую неделю», «3-й час».
pub(super) fn ordinal(cursor: Cursor) -> Option<(Span, Cursor)> {
    let word = cursor.word()?;
    let (count, after) = match cursor.digits() {
        Some(count) => {
            let ending = cursor.skip(1);
            let is_ending =
                ["й", "и", "е", "ю", "ый", "ий", "ья", "ьи", "ые", "ую", "ая", "го"].contains(&ending.word()?);
            if !is_ending || cursor.glue().len() > 1 {
                return None;
            }
            (count, ending.skip(1))
        }
        None => {
            let (_, count) = ORDINALS.iter().find(|(stem, _)| {
                let ending = word.strip_prefix(stem);
                ending.is_some_and(|ending| {
                    ["ый", "ой", "ий", "ые", "ие", "ьи", "ую", "ью", "ая", "ья", "ого", "ьего"].contains(&ending)
                })
            })?;
            (*count, cursor.skip(1))
        }
    };
    let after = if after.word() == Some("уже") { after.skip(1) } else { after };
    Some((unit(after.word()?, count - 1)?, after.skip(1)))
}

/// «2 часа», «трое суток», «неделю», «полчаса».
pub(super) fn duration(cursor: Cursor) -> Option<(Span, Cursor)> {
    let word = cursor.word()?;
    match word {
        "полчаса" => return Some((30.minutes(), cursor.skip(1))),
        "полдня" => return Some((6.hours(), cursor.skip(1))),
        "полгода" => return Some((6.months(), cursor.skip(1))),
        "неделю" | "сутки" | "суток" | "месяц" | "недели" | "месяца" | "час" => {
            return Some((unit(word, 1)?, cursor.skip(1)));
        }
        _ => {}
    }
    let count = cursor.number().filter(|count| (1..=366).contains(count))?;
    let after = cursor.skip(1);
    Some((unit(after.word()?, count)?, after.skip(1)))
}

fn unit(word: &str, count: i64) -> Option<Span> {
    let span = match word {
        "минут" | "минуты" | "минуту" | "мин" => Span::new().try_minutes(count),
        "час" | "часа" | "часов" | "ч" => Span::new().try_hours(count),
        "день" | "дня" | "дней" | "дн" | "сутки" | "суток" | "ночь" | "ночи" | "ночей" | "вечер" | "вечера" => {
            Span::new().try_days(count)
        }
        "неделя" | "неделю" | "недели" | "недель" => Span::new().try_weeks(count),
        "месяц" | "месяца" | "месяцев" => Span::new().try_months(count),
        _ => return None,
    };
    span.ok()
}
