//! Rows of the table of levels that do nothing are named.

use config::Problem;

use super::*;
use crate::{shadowed_rows, unreached_rows};

const TABLE: &str = r#"
[[kind]]
code = "fire"
name = "Пожар"
[[state]]
code = "burns"
name = "горит"
title = "Горит: {name}"
[[object]]
code = "fire"
name = "пожар"
of = "пожара"
words = ["пожар"]
itself = "burns"
[[object]]
code = "grass"
name = "трава"
of = "травы"
words = ["пал"]
itself = "burns"
[[scale]]
code = "house"
name = "дом"
words = ["дом"]
"#;

fn table(rows: &str) -> Arc<Config> {
    let files = [("risks/all.toml".to_owned(), format!("{TABLE}{rows}"))].into_iter().collect();
    Arc::new(Config::parse(&files).unwrap_or_else(|problems| panic!("{problems}")))
}

/// The first line of each row, counted from the first of them.
fn lines(problems: &[Problem]) -> Vec<usize> {
    problems.iter().map(|problem| problem.line - TABLE.lines().count() - 1).collect()
}

#[test]
fn a_row_that_no_example_reaches_is_named() {
    let rows = "[[row]]\nlevel = 'none'\nobject = ['grass']\n\
        [[row]]\nkind = 'fire'\nlevel = 'critical'\nscale = ['house']\n\
        [[row]]\nkind = 'fire'\nlevel = 'high'\n[row.examples]\nmatch = ['Пожар на лугу']\nmiss = ['Пал травы']\n";
    let told = unreached_rows(&table(rows));
    assert_eq!(lines(&told), [3], "the first is reached by an example of another row");
    assert!(told[0].message.contains("[row.examples]"), "{}", told[0]);
}

#[test]
fn a_row_that_never_decides_is_named_with_the_one_before_it() {
    let row = |rest: &str| format!("[[row]]\nkind = 'fire'\nlevel = 'high'\n{rest}\n");
    let shadowed = |first: &str, second: &str| !shadowed_rows(&table(&[row(first), row(second)].concat())).is_empty();
    for (first, second) in [
        ("object = ['fire', 'grass']", "object = ['grass']"),
        ("state = ['burns']", "state = ['burns']\nwhen = ['now']"),
        ("scale = ['house+', 'unknown']", "scale = ['street']"),
        ("scale = ['flat+', 'unknown']", "object = ['fire']"),
        ("harm = 'feared'\ndays = 2\nevidence = 1", "harm = 'dead'\ndays = 3\nevidence = 1\nseason = true"),
    ] {
        assert!(shadowed(first, second), "{first} hides {second}");
        assert!(!shadowed(second, first), "{second} does not hide {first}");
    }
    assert!(!shadowed("object = ['fire']", "object = ['grass']"));
    assert!(!shadowed("object = ['fire', 'grass']\nwhen = ['now']", "object = ['grass']"));
    assert!(!shadowed("scale = ['flat+']", "object = ['fire']"), "the scale may be unknown");
    let told = shadowed_rows(&table(&[row("object = ['fire']"), row("object = ['fire']\ndays = 1")].concat()));
    let first = TABLE.lines().count() + 1;
    assert!(told[0].message.contains(&format!("risks/all.toml:{first};")) && told[0].line == first + 4, "{}", told[0]);
}
