//! `[[kind]]` and `[[row]]` of `risks/levels.toml`: which event is which risk, and how bad.

use model::{Actuality, Harm, Scale};

use super::events::{Codes, numbers};
use super::examples::examples;
use crate::events::{EventRules, Row};
use crate::parse::names::Names;
use crate::parse::reader::Table;
use crate::parse::values::level;

/// Reads the rows of a file.
pub fn rows(table: &mut Table, objects: &Codes, states: &Codes, rules: &mut EventRules, names: &mut Names) {
    let who: Codes = rules.who.iter().enumerate().map(|(n, named)| (named.code.clone(), n)).collect();
    let wishes: Codes = rules.wishes.iter().enumerate().map(|(n, named)| (named.code.clone(), n)).collect();
    for table in table.tables("row") {
        if let Some(row) = row(table, objects, states, &who, &wishes, names) {
            rules.rows.push(row);
        }
    }
}

fn row(
    mut table: Table,
    objects: &Codes,
    states: &Codes,
    who: &Codes,
    wishes: &Codes,
    names: &mut Names,
) -> Option<Row> {
    let at = table.at();
    let kind = table.string("kind");
    names.risks_used.extend(kind.clone());
    let written = table.required("level")?;
    let level = match written.value.as_str() {
        "none" => None,
        code => match level(code) {
            Ok(level) => Some(level),
            Err(message) => {
                table.report().add(&written.at, format!("`level`: {message}"));
                return None;
            }
        },
    };
    let (objects, states) = (numbers(&mut table, "object", objects), numbers(&mut table, "state", states));
    let (who, wishes) = (numbers(&mut table, "who", who), numbers(&mut table, "wish", wishes));
    let mut when = Vec::new();
    for code in table.list("when") {
        match Actuality::parse(&code.value) {
            Some(value) => when.push(value),
            None => table.report().add(&code.at, format!("{:?}: такого времени нет", code.value)),
        }
    }
    let mut scales = Vec::new();
    for code in table.list("scale") {
        match read_scale(&code.value) {
            Some(values) => scales.extend(values),
            None => {
                let message = format!("{:?}: такого охвата нет; пишите код, код+ или unknown", code.value);
                table.report().add(&code.at, message);
            }
        }
    }
    let harm = table.parsed("harm", |code| Harm::parse(code).ok_or_else(|| format!("{code:?}: такого вреда нет")));
    let days = table.number("days", 0, 0..=3650);
    let evidence = table.number("evidence", 0, 0..=10);
    let season = table.flag("season", false);
    let examples = examples(&mut table);
    if level.is_some() && kind.is_none() {
        table.report().add(&at, "у строки с уровнем нет `kind`; добавьте вид риска");
    }
    table.finish();
    Some(Row {
        file: at.file.to_string(),
        line: at.line,
        kind: kind.map(|kind| kind.value),
        level,
        objects,
        states,
        when,
        scales,
        harm: harm.unwrap_or_default(),
        who,
        wishes,
        days,
        evidence,
        season,
        examples,
    })
}

/// `house`, `house+` (this or wider), `unknown`.
fn read_scale(code: &str) -> Option<Vec<Option<Scale>>> {
    if code == "unknown" {
        return Some(vec![None]);
    }
    match code.strip_suffix('+') {
        Some(from) => {
            let from = Scale::parse(from)?;
            Some(Scale::ALL.into_iter().filter(|scale| *scale >= from).map(Some).collect())
        }
        None => Some(vec![Some(Scale::parse(code)?)]),
    }
}
