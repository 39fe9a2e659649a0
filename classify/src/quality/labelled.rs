//! Tables of labelled texts: what a control centre exports of appeals whose sector somebody has set.

use model::{Platform, Post, PostId, Sector, Time};

/// A longer text is no appeal; the same bound as a post's on the wire.
const MAX_TEXT_BYTES: usize = 256 * 1024;

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// Its line in the file, from 1.
    pub line: usize,
    /// The sector it was given.
    pub sector: Sector,
    /// The column `title`, where there is one.
    pub title: Option<String>,
    /// The column `text`.
    pub text: String,
}

/// The rows of a file and what is wrong with the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Rows with a sector and a text.
    pub rows: Vec<Labelled>,
    /// Line and reason of each row left out.
    pub left_out: Vec<(usize, String)>,
}

/// Why a file is no table of labelled texts.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TableError {
    /// No header.
    #[error("it is empty; its first line must name its columns, `sector` and `text` among them")]
    Empty,
    /// A column that must be there.
    #[error(
        "its header has no column `{0}`; columns are separated by tabs, and `sector` and `text` must be among them"
    )]
    Column(&'static str),
    /// A column named twice.
    #[error("its header names the column `{0}` twice; rename one of them")]
    Twice(String),
}

impl Table {
    /// Reads tab-separated values without quoting: a header, then a row a line. Columns other than `sector`, `title` and `text` are
    /// left alone.
    pub fn read(file: &str) -> Result<Table, TableError> {
        let mut lines = file.trim_start_matches('\u{feff}').lines();
        let header: Vec<&str> = lines.next().unwrap_or_default().split('\t').map(str::trim).collect();
        if header.iter().all(|name| name.is_empty()) {
            return Err(TableError::Empty);
        }
        if let Some(twice) = header.iter().enumerate().find(|(at, name)| header[..*at].contains(name)) {
            return Err(TableError::Twice((*twice.1).to_owned()));
        }
        let column = |name| header.iter().position(|column| *column == name);
        let sector = column("sector").ok_or(TableError::Column("sector"))?;
        let text = column("text").ok_or(TableError::Column("text"))?;
        let title = column("title");

        let mut table = Table { rows: Vec::new(), left_out: Vec::new() };
        for (line, row) in (2..).zip(lines).filter(|(_, row)| !row.trim().is_empty()) {
            let cells: Vec<&str> = row.split('\t').collect();
            if cells.len() != header.len() {
                let message = format!("{} columns where the header has {}", cells.len(), header.len());
                table.left_out.push((line, message));
                continue;
            }
            match read_row(cells[sector].trim(), cells[text].trim()) {
                Ok(sector) => table.rows.push(Labelled {
                    line,
                    sector,
                    title: title.map(|title| cells[title].trim().to_owned()).filter(|title| !title.is_empty()),
                    text: cells[text].trim().to_owned(),
                }),
                Err(reason) => table.left_out.push((line, reason)),
            }
        }
        Ok(table)
    }
}

fn read_row(sector: &str, text: &str) -> Result<Sector, String> {
    if text.is_empty() {
        return Err("no text".to_owned());
    }
    if text.len() > MAX_TEXT_BYTES {
        return Err(format!("the text is longer than {} KiB", MAX_TEXT_BYTES / 1024));
    }
    Sector::parse(sector)
        .ok_or_else(|| format!("{sector:?} is no sector; write one of {}", Sector::ALL.map(Sector::as_str).join(", ")))
}

impl Labelled {
    /// The text as a post, of no particular source and time.
    #[allow(clippy::expect_used)] // A prefix and a number always make an id.
    pub fn post(&self) -> Post {
        let id = PostId::new(format!("portal:labelled/{}", self.line)).expect("a well-formed id");
        let mut post = Post::new(id, Platform::Portal, "labelled", Time::UNIX_EPOCH, self.text.clone());
        post.title = self.title.clone();
        post
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(file: &str, error: TableError) {
        assert_eq!(Table::read(file), Err(error));
    }

    #[test]
    fn a_header_names_the_columns() {
        let table = Table::read("\u{feff}text\tsector\ttheme\ttitle\r\nНет воды\tjkh\tx\tДом\r\n\r\n").unwrap();
        let row = Labelled {
            line: 2, sector: Sector::Jkh, title: Some("Дом".to_owned()), text: "Нет воды".to_owned()
        };
        assert_eq!(table, Table { rows: vec![row], left_out: vec![] });
        refused("", TableError::Empty);
        refused("sector\ttheme\n", TableError::Column("text"));
        refused("text,sector\n", TableError::Column("sector"));
        refused("text\tsector\ttext\n", TableError::Twice("text".to_owned()));
    }

    #[test]
    fn a_bad_row_is_named_and_the_rest_is_read() {
        let table = Table::read("sector\ttext\njkh\tа\nЖКХ\tб\nroads\t \ntko\nroads\tв\tг\nroads\tд\n").unwrap();
        let lines: Vec<usize> = table.rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [2, 7]);
        let reasons: Vec<String> = table.left_out.iter().map(|(line, reason)| format!("{line}: {reason}")).collect();
        let expected = [
            "3: \"ЖКХ\" is no sector; write one of jkh, tko, social, education, roads, transport, other",
            "4: no text",
            "5: 1 columns where the header has 2",
            "6: 3 columns where the header has 2",
        ];
        assert_eq!(reasons, expected);
    }
}
