//! The analysts' page of the query language says what is true: every example on it is tried.

use text::{Analyzer, IndexedDocument, Query, matches};

const PAGE: &str = include_str!("../../../../docs/query-language.ru.md");

/// The rows of the tables whose first heading is `запрос` and that have so many columns.
fn rows(columns: usize) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut wanted = false;
    for line in PAGE.lines() {
        let cells = cells(line);
        match cells.first().map(String::as_str) {
            None => wanted = false,
            Some("запрос") => wanted = cells.len() == columns,
            Some(first) if wanted && !first.starts_with("---") => rows.push(cells),
            Some(_) => {}
        }
    }
    rows
}

/// The cells of a row of a table; none where the line is no row.
fn cells(line: &str) -> Vec<String> {
    let Some(inside) = line.strip_prefix('|').and_then(|line| line.strip_suffix('|')) else { return Vec::new() };
    // A bar that does not divide is written `\|`.
    let cell = |cell: &str| cell.replace('\u{1}', "|").trim().trim_matches('`').to_owned();
    inside.replace("\\|", "\u{1}").split('|').map(cell).collect()
}

/// The texts in «…» of a cell.
fn texts(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('«').skip(1).filter_map(|rest| rest.split('»').next())
}

fn finds(query: &str, text: &str) -> bool {
    let query = Query::parse(query).unwrap_or_else(|error| panic!("{error}"));
    matches(&query, &IndexedDocument::new(&Analyzer::new().document(None, text)), None).is_some()
}

#[test]
fn examples_find_what_the_page_says() {
    let rows = rows(3);
    assert!(rows.len() >= 20, "{} rows", rows.len());
    for row in rows {
        texts(&row[1]).for_each(|text| assert!(finds(&row[0], text), "{} does not find {text}", row[0]));
        texts(&row[2]).for_each(|text| assert!(!finds(&row[0], text), "{} finds {text}", row[0]));
        assert!(texts(&row[1]).count() > 0, "{row:?}");
    }
}

#[test]
fn fields_are_written_as_the_page_says() {
    let section = PAGE.split("## Поля").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap_or_default();
    let examples: Vec<&str> = section.split('`').skip(1).step_by(2).filter(|code| code.contains(':')).collect();
    assert!(examples.len() >= 20, "{examples:?}");
    for example in examples {
        assert!(Query::parse(example).is_ok_and(|query| !query.fields().is_empty()), "{example}");
    }
}

#[test]
fn errors_say_what_the_page_says() {
    let rows = rows(2);
    assert!(rows.len() >= 10, "{} rows", rows.len());
    for row in rows {
        let error = Query::parse(&row[0]).err().unwrap_or_else(|| panic!("{} is accepted", row[0]));
        assert!(error.message.contains(&row[1]), "{}: {error}", row[1]);
    }
}
