//! Masks a text per line, and says how fast: `cargo run -p ingest --release --example masks < texts > masked`.
//!
//! `\n` in a line is a line break of its text; the voice is the first argument: `person` (default) or `official`.

use std::io::{BufRead, Write};

use ingest::privacy::{Masks, Voice};

fn main() -> std::io::Result<()> {
    let voice = match std::env::args().nth(1).as_deref() {
        Some("official") => Voice::Official,
        _ => Voice::Person,
    };
    let lines: Vec<String> = std::io::stdin().lock().lines().collect::<Result<_, _>>()?;
    let texts: Vec<String> = lines.iter().map(|line| line.replace("\\n", "\n")).collect();
    let masks = Masks::default();
    let (mut out, mut changed) = (std::io::BufWriter::new(std::io::stdout()), 0);
    // The first pass also builds the automata.
    for text in &texts {
        let masked = masks.text(text, voice);
        changed += usize::from(masked != *text);
        writeln!(out, "{}", masked.replace('\n', "\\n"))?;
    }
    let started = processor_time();
    let length: usize = texts.iter().map(|text| masks.text(text, voice).len()).sum();
    let seconds = (processor_time() - started) as f64 / 1e9;
    eprintln!(
        "{} texts, {changed} changed; {:.0} texts/s, {:.1} MB/s on one core",
        texts.len(),
        texts.len() as f64 / seconds,
        length as f64 / 1e6 / seconds
    );
    out.flush()
}

/// What this thread has used of a processor, in nanoseconds, so that a busy machine measures the same.
fn processor_time() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|used| used.parse().ok()).unwrap_or_default()
}
