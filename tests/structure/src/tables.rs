//! The tables of ARCHITECTURE.md, told apart by their header rows.

use std::collections::BTreeSet;

/// A row: a path, and what it may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// As written, without backticks: `crates/model/`, `alerts/src/stories/`, `alerts/src/error.rs`.
    pub path: String,
    /// The names in backticks in the third column.
    pub uses: BTreeSet<String>,
}

/// All rows that this tool knows how to compare.
#[derive(Debug, Default)]
pub struct Tables {
    /// `| folder | what it is | may depend on |`
    pub crates: Vec<Row>,
    /// `| folder | what it is |`
    pub folders: Vec<Row>,
    /// `| room | what it is | may use |`
    pub rooms: Vec<Row>,
    /// `| hop | what happens | file | function |`: the files and functions of each row.
    pub hops: Vec<(Vec<String>, Vec<String>)>,
}

/// A kind of table.
#[derive(Clone, Copy)]
enum Kind {
    Crates,
    Folders,
    Rooms,
    Hops,
}

impl Tables {
    /// Reads a Markdown page. Tables with other headers are left alone.
    pub fn read(page: &str) -> Self {
        let mut tables = Self::default();
        let mut kind = None;
        for line in page.lines() {
            let Some(cells) = cells(line) else {
                kind = None;
                continue;
            };
            match cells.as_slice() {
                ["folder", "what it is", "may depend on"] => kind = Some(Kind::Crates),
                ["folder", "what it is"] => kind = Some(Kind::Folders),
                ["room", "what it is", "may use"] => kind = Some(Kind::Rooms),
                ["hop", "what happens", "file", "function"] => kind = Some(Kind::Hops),
                cells => tables.add(kind, cells),
            }
        }
        tables
    }

    fn add(&mut self, kind: Option<Kind>, cells: &[&str]) {
        let cell = |number: usize| cells.get(number).map(|cell| in_backticks(cell)).unwrap_or_default();
        let rows = match kind {
            None => return,
            Some(Kind::Crates) => &mut self.crates,
            Some(Kind::Folders) => &mut self.folders,
            Some(Kind::Rooms) => &mut self.rooms,
            Some(Kind::Hops) => return self.hops.push((cell(2), cell(3))),
        };
        if let Some(path) = cell(0).into_iter().next() {
            rows.push(Row { path, uses: cell(2).into_iter().collect() });
        }
    }
}

fn cells(line: &str) -> Option<Vec<&str>> {
    let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    Some(inner.split('|').map(str::trim).collect())
}

/// What stands in backticks.
pub fn in_backticks(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_told_apart_by_their_headers() {
        let tables = Tables::read(
            "| folder | what it is | may depend on |\n|---|---|---|\n| `a/` | leaf | – |\n| `b/` | more | `a`, `c` |\n\n\
             | in the data folder | owner | what |\n|---|---|---|\n| `index/` | `store` | `x` |\n\n\
             | room | what it is | may use |\n|---|---|---|\n| `b/src/x/` | x of `b` | `y` |\n",
        );
        let row = |path: &str, uses: &[&str]| Row {
            path: path.to_owned(),
            uses: uses.iter().map(|&name| name.to_owned()).collect(),
        };
        assert_eq!(tables.crates, [row("a/", &[]), row("b/", &["a", "c"])]);
        assert_eq!(tables.folders, []);
        assert_eq!(tables.rooms, [row("b/src/x/", &["y"])]);
    }
}
