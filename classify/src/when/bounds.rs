//! What stands after «с» and «до»: «с 9 до 17 часов 12 ноября», «с утра», «до пятницы».

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, time};

use super::moment::{Moment, moment};
use super::pieces::Cursor;

/// What a sentence says after «с» and after «до», and the day that it names apart from both.
pub(super) fn bounds(sentence: Cursor, now: DateTime) -> (Option<Moment>, Option<Moment>, Option<Date>) {
    let (mut from, mut to, mut day) = (None, None, None);
    let mut cursor = sentence;
    while let Some(word) = cursor.word() {
        let after = cursor.skip(1);
        let (slot, found) = match word {
            "с" | "со" => (&mut from, moment(after, now)),
            "до" | "по" => (&mut to, moment(after, now)),
            _ if !cursor.may_tell() => {
                cursor = after;
                continue;
            }
            _ => {
                let named = moment(cursor, now).filter(|(found, _)| found.date.is_some());
                cursor = named.map_or(after, |(found, rest)| {
                    day = day.or(found.date);
                    rest
                });
                continue;
            }
        };
        cursor = match found {
            // A bare number is an hour only between two of them: «с 9 до 17», and not «с 5 этажа», «до 18 лет».
            Some((found, rest)) if slot.is_none() => {
                *slot = Some(found);
                rest
            }
            _ => after,
        };
    }
    let sure = |moment: &Option<Moment>| moment.is_some_and(|moment| !moment.bare);
    match (from, to) {
        (Some(a), Some(b)) if a.bare && !sure(&to) && !b.closes => (None, None, day),
        (Some(a), None) if a.bare => (None, None, day),
        (None, Some(b)) if b.bare => (None, None, day),
        (Some(a), Some(b)) if a.bare && b.time.is_none() => {
            day_of_month(a, b).map_or((None, to, day), |a| (Some(a), to, day))
        }
        _ => (from, to, day),
    }
}

/// «с 12 по 15 ноября»: the first number is a day of the month that the second names.
fn day_of_month(first: Moment, second: Moment) -> Option<Moment> {
    let (day, last) = (first.number?, second.date?);
    let date = Date::new(last.year(), last.month(), day).ok()?;
    Some(Moment { date: Some(date), time: None, bare: false, ..first })
}

/// Moments against the day of publication.
pub(super) fn resolve(
    from: Option<Moment>,
    to: Option<Moment>,
    day: Option<Date>,
    now: DateTime,
) -> (Option<DateTime>, Option<DateTime>) {
    let named = day.or(to.and_then(|to| to.date).filter(|_| to.is_some_and(|to| to.time.is_some())));
    let since = from.and_then(|from| {
        let at = from.time.unwrap_or(time(0, 0, 0, 0));
        let moment = from.date.or(named).unwrap_or(now.date()).to_datetime(at);
        // «с вечера» in the morning is yesterday's evening; with an end it is a plan for today.
        let earlier = from.date.is_none() && named.is_none() && to.is_none() && moment > now;
        if earlier { moment.checked_sub(1.day()).ok() } else { Some(moment) }
    });
    let until = to.and_then(|to| {
        let base = to.date.or(day).or(from.and_then(|from| from.date));
        let Some(at) = to.time else {
            // Till the end of the last day.
            return to.date?.to_datetime(time(0, 0, 0, 0)).checked_add(1.day()).ok();
        };
        let moment = base.unwrap_or(now.date()).to_datetime(at);
        let passed = match since {
            Some(since) => to.date.is_none() && moment <= since,
            None => base.is_none() && moment <= now,
        };
        if passed { moment.checked_add(1.day()).ok() } else { Some(moment) }
    });
    (since, until)
}
