//! Tables of labelled texts.

use std::path::Path;

use ::classify::labelled::Table;
use anyhow::{Context, anyhow};

use crate::exit::{Exit, Failure};
use crate::language::say;

/// A table beyond this is not what people labelled, and it is read whole.
const MAX_TABLE_BYTES: u64 = 512 << 20;

/// Rows left out that are named one by one; the rest are counted.
const LEFT_OUT_SHOWN: usize = 20;

/// The text of a table.
pub fn read_text(path: &Path) -> Result<String, Failure> {
    let read = || -> anyhow::Result<String> {
        let length = std::fs::metadata(path)?.len();
        if length > MAX_TABLE_BYTES {
            return Err(anyhow!("it is larger than {} MiB; take a part of it", MAX_TABLE_BYTES >> 20));
        }
        let bytes = std::fs::read(path)?;
        String::from_utf8(bytes).map_err(|_| anyhow!("it is not UTF-8; save it in UTF-8"))
    };
    Ok(read().with_context(|| format!("cannot read {}", path.display()))?)
}

/// Reads a table of labelled texts; one without a single usable row is an error.
pub fn read_table(path: &Path) -> Result<Table, Failure> {
    let text = read_text(path)?;
    let read = || -> anyhow::Result<Table> {
        let table = Table::read(&text)?;
        if table.rows.is_empty() {
            name_left_out(&table);
            return Err(anyhow!("it has no row with a sector and a text"));
        }
        Ok(table)
    };
    Ok(read().with_context(|| format!("cannot read {}", path.display()))?)
}

/// Names the rows that were left out, and gives the exit code that says whether there were any.
pub fn left_out(table: &Table) -> Exit {
    name_left_out(table);
    if table.left_out.is_empty() { Exit::Done } else { Exit::LeftOut }
}

fn name_left_out(table: &Table) {
    name_lines(table.left_out.iter().map(|(line, reason)| format!("{} {line}: {reason}", say("строка", "line"))));
}

/// Names rows that were left out, the first of them one by one.
pub fn name_lines(left_out: impl ExactSizeIterator<Item = String>) {
    let count = left_out.len();
    left_out.take(LEFT_OUT_SHOWN).for_each(|line| eprintln!("{line}"));
    if count > 0 {
        eprintln!("{}: {count}", say("Строк пропущено", "Rows left out"));
    }
}
