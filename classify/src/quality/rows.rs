//! Rows of the table of levels that do nothing: no example reaches them, or an earlier row fits everything that they fit.

use std::collections::BTreeSet;
use std::sync::Arc;

use config::{Config, Problem, Row};
use model::{Actuality, Scale};

use super::examples::example_post;
use crate::classifier::Classifier;

/// The rows that decide on no example of any row.
pub fn unreached_rows(config: &Arc<Config>) -> Vec<Problem> {
    let mut classifier = Classifier::new(config.clone(), 0);
    let examples = config.events.rows.iter().flat_map(|row| row.examples.matching.iter().chain(&row.examples.missing));
    let reached: BTreeSet<usize> =
        examples.flat_map(|example| classifier.deciding_rows(&example_post(example))).collect();
    let rows = config.events.rows.iter().enumerate().filter(|(number, _)| !reached.contains(number));
    let message =
        "до этой строки не доходит ни один пример; добавьте в её [row.examples] match текст, который решает она";
    rows.map(|(_, row)| problem(row, message.to_owned())).collect()
}

/// The rows that can never decide, whatever the text.
pub fn shadowed_rows(config: &Config) -> Vec<Problem> {
    let rows = &config.events.rows;
    let shadowed = rows.iter().enumerate().filter_map(|(number, row)| {
        let earlier = rows[..number].iter().find(|earlier| fits_all(earlier, row))?;
        let message = format!(
            "эта строка никогда не решает: всё, что ей подходит, раньше подходит строке {}:{}; поставьте её выше или удалите",
            earlier.file, earlier.line
        );
        Some(problem(row, message))
    });
    shadowed.collect()
}

fn problem(row: &Row, message: String) -> Problem {
    Problem { file: row.file.clone(), line: row.line, message }
}

/// Whether a row fits every event that another one fits.
fn fits_all(row: &Row, other: &Row) -> bool {
    let scales: Vec<Option<Scale>> = Scale::ALL.into_iter().map(Some).chain([None]).collect();
    // Every event has an object and a state; of the others there may be none, which only a row that does not ask fits.
    holds(&row.objects, &other.objects, None)
        && holds(&row.states, &other.states, None)
        && holds(&row.when, &other.when, Some(&Actuality::ALL))
        && holds(&row.scales, &other.scales, Some(&scales))
        && holds(&row.who, &other.who, None)
        && holds(&row.wishes, &other.wishes, None)
        && row.harm <= other.harm
        && row.days <= other.days
        && row.evidence <= other.evidence
        && (!row.season || other.season)
}

/// Whether what one row allows holds all that another allows. Empty allows everything, which `all` lists where it can be listed.
fn holds<T: PartialEq>(wide: &[T], narrow: &[T], all: Option<&[T]>) -> bool {
    let narrow = if narrow.is_empty() { all.unwrap_or(narrow) } else { narrow };
    wide.is_empty() || !narrow.is_empty() && narrow.iter().all(|value| wide.contains(value))
}
