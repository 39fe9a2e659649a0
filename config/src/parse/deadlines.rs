//! `deadlines.toml`.

use std::time::Duration;

use deadlines::{ByLevel, DeadlineRules, Term};
use jiff::civil::Date;
use model::Level;

use super::reader::{Ids, Located, Table, duration_within};
use super::values::by_level;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const YEAR: Duration = Duration::from_secs(366 * 24 * 3600);

/// More reminders of one deadline are noise.
const MAX_REMINDERS: usize = 8;

pub fn read(mut table: Table) -> Vec<DeadlineRules> {
    let given = table.holds("rules");
    let mut days = Ids::new("первый день");
    let mut rules: Vec<DeadlineRules> =
        table.tables("rules").into_iter().filter_map(|table| read_rules(table, &mut days)).collect();
    table.finish();
    if !given {
        rules.push(conditional());
    }
    rules.sort_by_key(|rules| rules.from);
    rules
}

/// Where no act binds anybody.
fn conditional() -> DeadlineRules {
    DeadlineRules {
        from: Date::constant(2026, 1, 1),
        act: "условный срок".to_owned(),
        clause: String::new(),
        first_answer: first_answer(),
        final_answer: first_answer(),
        after_interim: after_interim(),
        remind: remind(),
    }
}

fn first_answer() -> ByLevel<Term> {
    ByLevel::new(|level| if level == Level::Critical { Term::Clock(4 * HOUR) } else { Term::WorkingHours(9) })
}

fn after_interim() -> ByLevel<Term> {
    ByLevel::new(|_| Term::WorkingDays(7))
}

fn remind() -> Vec<Duration> {
    vec![HOUR, 15 * MINUTE]
}

fn read_rules(mut table: Table, days: &mut Ids) -> Option<DeadlineRules> {
    let given = table.holds("from");
    let from = table.date("from");
    match &from {
        Some(from) => days.unique(table.report(), &Located { value: from.value.to_string(), at: from.at.clone() }),
        None if !given => table.report().add(&table.at(), "нет ключа `from`; укажите первый день, например 2026-01-01"),
        None => {}
    }
    let act = table.required("act");
    let clause = table.string("clause").map_or_else(String::new, |clause| clause.value);
    let first_answer = by_level(&mut table, "first_answer", &first_answer(), term);
    let final_answer = by_level(&mut table, "final_answer", &first_answer, term);
    let after_interim = by_level(&mut table, "after_interim", &after_interim(), term);
    let remind = reminders(&mut table);
    table.finish();
    Some(DeadlineRules {
        from: from?.value,
        act: act?.value,
        clause,
        first_answer,
        final_answer,
        after_interim,
        remind,
    })
}

fn reminders(table: &mut Table) -> Vec<Duration> {
    let given = table.holds("remind");
    let texts = table.list("remind");
    if texts.len() > MAX_REMINDERS {
        table.report().add(&table.at(), format!("в `remind` больше {MAX_REMINDERS} напоминаний; оставьте меньше"));
    }
    let mut before: Vec<Duration> = Vec::new();
    for text in texts {
        match duration_within(&text.value, &(MINUTE..=YEAR)) {
            Ok(duration) => before.push(duration),
            Err(message) => table.report().add(&text.at, format!("`remind`: {message}")),
        }
    }
    before.sort_unstable_by(|a, b| b.cmp(a));
    before.dedup();
    if given { before } else { remind() }
}

/// `"4h"`, `"9 working hours"` or `"7 working days"`.
fn term(text: &str) -> Result<Term, String> {
    let working = |units: [&str; 2], most: u32| {
        let number = units.into_iter().find_map(|unit| text.strip_suffix(unit))?;
        number.trim().parse::<u32>().ok().filter(|number| (1..=most).contains(number))
    };
    if let Some(hours) = working([" working hours", " working hour"], 1000) {
        return Ok(Term::WorkingHours(hours));
    }
    if let Some(days) = working([" working days", " working day"], 250) {
        return Ok(Term::WorkingDays(days));
    }
    duration_within(text, &(MINUTE..=YEAR)).map(Term::Clock).map_err(|_| {
        format!("{text:?} — не срок; пишите, например, \"4h\", \"9 working hours\" (от 1 до 1000) или \"7 working days\" (от 1 до 250)")
    })
}
