//! `otklik tokens`.

use std::io::{BufWriter, Write};

use anyhow::Context;
use serde::Serialize;
use text::Analyzer;

use super::input::each_line;
use crate::exit::{Exit, Failure};
use crate::terminal::ShownJson;

/// A token as it is printed; its place is in characters of the line.
#[derive(Serialize)]
struct Printed<'a> {
    token: &'a str,
    start: usize,
    end: usize,
    lemmas: Vec<&'a str>,
    sentence: u32,
}

/// Prints the tokens of each line of standard input as a JSON array.
pub fn tokens() -> Result<Exit, Failure> {
    let mut analyzer = Analyzer::new();
    let mut out = ShownJson(BufWriter::new(std::io::stdout().lock()));
    each_line(|line| {
        let text = String::from_utf8_lossy(line.bytes);
        let tokens = analyzer.tokens(&text);
        let (mut bytes, mut characters) = (0, 0);
        // Tokens come in order and do not overlap, so that each character is counted once.
        let mut place = |byte: u32| {
            characters += text[bytes..byte as usize].chars().count();
            bytes = byte as usize;
            characters
        };
        let printed: Vec<Printed> = tokens
            .iter()
            .map(|token| Printed {
                token: &token.form,
                start: place(token.start),
                end: place(token.end),
                lemmas: token.lemmas.iter().map(|lemma| &**lemma).collect(),
                sentence: token.sentence,
            })
            .collect();
        serde_json::to_writer(&mut out, &printed).context("cannot write")?;
        out.write_all(b"\n").context("cannot write")?;
        Ok(())
    })?;
    out.flush().context("cannot write")?;
    Ok(Exit::Done)
}
