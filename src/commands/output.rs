//! What commands print.

use std::io::{self, BufWriter, Write};

use anyhow::Result;
use serde::Serialize;

use crate::language::say;
use crate::terminal::ShownJson;

/// Writes one line of JSON to standard output. A reader that went away, as `head` does, ends the command quietly.
pub fn print_json(value: &impl Serialize) -> Result<()> {
    let mut out = ShownJson(BufWriter::new(io::stdout().lock()));
    serde_json::to_writer(&mut out, value)?;
    writeln!(out)?;
    out.flush()?;
    Ok(())
}

/// What goes on while the index of an earlier version is made anew.
pub fn rebuilding() -> &'static str {
    say("индекс прежней версии строится заново", "the index of an earlier version is being made anew")
}
