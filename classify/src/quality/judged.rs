//! Texts that people have judged as a duty officer would: a file of judgements and a file of the texts, joined by their ids.

use std::collections::BTreeMap;

use model::{Level, Platform, Post, PostId, Time};

/// All texts are read as of this moment: a weekday in the heating season.
pub const READ_AT: &str = "2026-11-24T09:30:00Z";

/// A judged text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Its line in the file of judgements, from 1.
    pub line: usize,
    /// The first column of both files.
    pub id: String,
    /// How bad a person judged it; none for no risk.
    pub level: Option<Level>,
    /// The kind of risk, where one was given.
    pub kind: Option<String>,
    /// The text.
    pub text: String,
}

/// The rows of both files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgements {
    /// Judgements with their texts, in the order of their file.
    pub rows: Vec<Judgement>,
    /// What could not be read, and why: which file, line, reason.
    pub left_out: Vec<(File, usize, String)>,
    /// Texts that nobody judged.
    pub unjudged: usize,
}

/// Which of the two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    /// Id, level, kind, and columns that are not read.
    Labels,
    /// Id and text.
    Texts,
}

/// Every other row, for who tunes rules on one half and measures on the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// The first, the third …
    Odd,
    /// The second, the fourth …
    Even,
}

impl Judgements {
    /// Reads two files of tab-separated values without quoting. A first line whose first cell is `id` is a header.
    pub fn read(labels: &str, texts: &str, half: Option<Half>) -> Judgements {
        let mut read = Judgements { rows: Vec::new(), left_out: Vec::new(), unjudged: 0 };
        let mut by_id: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        for (line, row) in lines(texts) {
            match row.split_once('\t') {
                Some((id, text)) if !id.trim().is_empty() && !text.trim().is_empty() => {
                    if by_id.contains_key(id.trim()) {
                        read.leave_out(File::Texts, line, format!("a second text of {:?}", id.trim()));
                    } else {
                        by_id.insert(id.trim(), Some(text.trim()));
                    }
                }
                _ => read.leave_out(File::Texts, line, "needs an id, a tab and a text".to_owned()),
            }
        }
        for (number, (line, row)) in lines(labels).enumerate() {
            // Counted from 1: the first row is odd.
            let own = if number % 2 == 0 { Half::Odd } else { Half::Even };
            let judged = judgement(line, row).and_then(|mut judged| {
                let text = by_id.get_mut(judged.id.as_str());
                let text = text.ok_or_else(|| format!("there is no text of {:?}", judged.id))?;
                judged.text = text.take().ok_or_else(|| format!("a second judgement of {:?}", judged.id))?.to_owned();
                Ok(judged)
            });
            match judged {
                _ if half.is_some_and(|half| half != own) => {}
                Ok(judged) => read.rows.push(judged),
                Err(reason) => read.leave_out(File::Labels, line, reason),
            }
        }
        read.unjudged = by_id.values().flatten().count();
        read
    }

    fn leave_out(&mut self, file: File, line: usize, reason: String) {
        self.left_out.push((file, line, reason));
    }
}

impl Judgement {
    /// The text as a post, of no particular source.
    #[allow(clippy::expect_used)] // A prefix and a number always make an id, and the time is a constant.
    pub fn post(&self) -> Post {
        let id = PostId::new(format!("portal:judged/{}", self.line)).expect("a well-formed id");
        let at: Time = READ_AT.parse().expect("a time");
        Post::new(id, Platform::Portal, "judged", at, self.text.clone())
    }
}

/// Lines with their numbers from 1, without a header and blank ones.
fn lines(file: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = (1..).zip(file.trim_start_matches('\u{feff}').lines()).filter(|(_, row)| !row.trim().is_empty());
    lines.skip_while(|(line, row)| *line == 1 && row.split('\t').next().is_some_and(|cell| cell.trim() == "id"))
}

fn judgement(line: usize, row: &str) -> Result<Judgement, String> {
    let mut cells = row.split('\t').map(str::trim);
    let id = cells.next().filter(|id| !id.is_empty()).ok_or("no id")?.to_owned();
    let level =
        match cells.next().unwrap_or_default() {
            "0" | "none" => None,
            "1" => Some(Level::Medium),
            "2" => Some(Level::High),
            "3" => Some(Level::Critical),
            code => Some(Level::parse(code).ok_or_else(|| {
                format!("{code:?} is no level; write 0, 1, 2, 3 or none, low, medium, high, critical")
            })?),
        };
    let kind = cells.next().filter(|kind| !kind.is_empty() && *kind != "-").map(str::to_owned);
    Ok(Judgement { line, id, level, kind, text: String::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_files_are_joined_by_id() {
        let labels = "\u{feff}id\tlevel\tkind\r\na\t2\tfire\tjkh\t1\r\n\r\nb\tnone\t-\r\nc\t1\r\n";
        let texts = "c\tХолодно\nb\tСпасибо\nd\tЛишний\na\tГорит дом\tи сарай\n";
        let read = Judgements::read(labels, texts, None);
        let row = |line, id: &str, level, kind: Option<&str>, text: &str| Judgement {
            line,
            id: id.to_owned(),
            level,
            kind: kind.map(str::to_owned),
            text: text.to_owned(),
        };
        let expect = [
            row(2, "a", Some(Level::High), Some("fire"), "Горит дом\tи сарай"),
            row(4, "b", None, None, "Спасибо"),
            row(5, "c", Some(Level::Medium), None, "Холодно"),
        ];
        assert_eq!(read.rows, expect);
        assert_eq!((read.left_out.len(), read.unjudged), (0, 1));
    }

    #[test]
    fn halves_go_by_rows_and_a_header_is_none() {
        let texts = "a\tА\nb\tБ\nc\tВ\n";
        let ids = |labels: &str, half| -> Vec<String> {
            Judgements::read(labels, texts, Some(half)).rows.into_iter().map(|row| row.id).collect()
        };
        for labels in ["a\t0\nb\t0\nc\t0\n", "id\tlevel\na\t0\nb\t0\nc\t0\n"] {
            assert_eq!(ids(labels, Half::Odd), ["a", "c"]);
            assert_eq!(ids(labels, Half::Even), ["b"]);
        }
    }

    #[test]
    fn a_row_that_cannot_be_read_is_named() {
        let labels = "a\t2\nb\t5\nq\t1\na\t0\n\t0\n";
        let read = Judgements::read(labels, "a\tА\nb\tБ\nc\na\tЕщё\n", None);
        let told: Vec<String> =
            read.left_out.iter().map(|(file, line, reason)| format!("{file:?} {line}: {reason}")).collect();
        assert_eq!(read.rows.len(), 1);
        assert_eq!(
            told,
            [
                "Texts 3: needs an id, a tab and a text",
                "Texts 4: a second text of \"a\"",
                "Labels 2: \"5\" is no level; write 0, 1, 2, 3 or none, low, medium, high, critical",
                "Labels 3: there is no text of \"q\"",
                "Labels 4: a second judgement of \"a\"",
                "Labels 5: no id",
            ]
        );
    }
}
