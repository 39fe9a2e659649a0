//! `calendar.toml`.

use ::deadlines::{Calendar, CalendarYear, DayPart, Moved};
use jiff::civil::{Time as ClockTime, Weekday};

use super::reader::{At, Ids, Located, Table};

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

const HOURS: DayPart = DayPart { from: ClockTime::constant(9, 0, 0, 0), to: ClockTime::constant(18, 0, 0, 0) };

/// The shortest working day: an hour less on the eve of a holiday, and lunch, must leave something to work.
const LEAST_MINUTES: i64 = 120;

pub fn read(mut table: Table) -> Calendar {
    let working_day = |text: &str| {
        day_part(text).and_then(|hours| match minutes(hours) >= LEAST_MINUTES {
            true => Ok(hours),
            false => Err(format!("{text:?}: слишком коротко; в рабочем дне не меньше двух часов")),
        })
    };
    let hours = table.parsed("hours", working_day).unwrap_or(HOURS);
    let lunch = table.parsed("lunch", |text| {
        let lunch = day_part(text)?;
        let within = hours.from < lunch.from && lunch.to < hours.to;
        if !within || minutes(hours) - minutes(lunch) < LEAST_MINUTES {
            return Err(format!("{text:?}: обед выходит за рабочий день или оставляет от него меньше двух часов"));
        }
        Ok(lunch)
    });
    let days = days(&mut table);
    let mut seen = Ids::new("год");
    let years = table.tables("year").into_iter().filter_map(|table| year(table, &mut seen)).collect();
    table.finish();
    Calendar { hours, lunch, days, years }
}

fn minutes(part: DayPart) -> i64 {
    part.from.duration_until(part.to).as_mins()
}

/// `"09:00-18:00"`.
fn day_part(text: &str) -> Result<DayPart, String> {
    let clock = |text: &str| ClockTime::strptime("%H:%M", text).ok();
    text.split_once('-')
        .and_then(|(from, to)| Some(DayPart { from: clock(from.trim())?, to: clock(to.trim())? }))
        .filter(|part| part.from < part.to)
        .ok_or_else(|| {
            format!("{text:?} — не часть дня; пишите, например, \"09:00-18:00\", сначала более раннее время")
        })
}

fn days(table: &mut Table) -> Vec<Weekday> {
    let given = table.holds("days");
    let codes = table.list("days");
    if given && codes.is_empty() {
        table.report().add(&table.at(), "в `days` нет ни одного дня недели; добавьте");
    }
    let mut seen = Ids::new("день");
    let mut days = Vec::new();
    for code in codes {
        seen.unique(table.report(), &code);
        match DAYS.iter().find(|(name, _)| *name == code.value) {
            Some((_, day)) => days.push(*day),
            None => {
                let names = DAYS.map(|(name, _)| name).join(", ");
                table.report().add(&code.at, format!("{:?} — не день недели; бывают {names}", code.value));
            }
        }
    }
    if given { days } else { DAYS[..5].iter().map(|(_, day)| *day).collect() }
}

fn year(mut table: Table, seen: &mut Ids) -> Option<CalendarYear> {
    let at = table.at();
    let number = table.integer("year");
    if let Some(number) = &number {
        seen.unique(table.report(), &Located { value: number.value.to_string(), at: number.at.clone() });
    }
    let year =
        number.as_ref().map(|number| i16::try_from(number.value).ok().filter(|year| (2000..2200).contains(year)));
    match (&number, year) {
        (None, _) => table.report().add(&at, "нет ключа `year` или в нём не число; пишите, например, 2026"),
        (Some(number), Some(None)) => {
            table.report().add(&number.at, format!("{}: такого года не ждали; пишите, например, 2026", number.value))
        }
        _ => {}
    }
    let year = year.flatten();
    let mut moved = Vec::new();
    for mut table in table.tables("moved") {
        let (at, from, to) = (table.at(), table.date("from"), table.date("to"));
        match (from, to) {
            (Some(from), Some(to)) => {
                within(&table, &at, year, [from.value, to.value].into_iter());
                moved.push(Moved { from: from.value, to: to.value });
            }
            _ => table.report().add(&at, "пишите { from = 2026-01-03, to = 2026-01-09 }: нужны оба дня"),
        }
        table.finish();
    }
    let (days_off, shortened) = (table.dates("days_off"), table.dates("shortened"));
    for day in days_off.iter().chain(&shortened) {
        within(&table, &day.at, year, [day.value].into_iter());
    }
    table.finish();
    let values = |days: Vec<Located<_>>| days.into_iter().map(|day| day.value).collect();
    Some(CalendarYear { year: year?, moved, days_off: values(days_off), shortened: values(shortened) })
}

/// A day of another year would silently do nothing.
fn within(table: &Table, at: &At, year: Option<i16>, days: impl Iterator<Item = jiff::civil::Date>) {
    for day in days {
        if let Some(year) = year
            && day.year() != year
        {
            table.report().add(at, format!("{day} — не из {year} года; перенесите в [[year]] своего года"));
        }
    }
}
