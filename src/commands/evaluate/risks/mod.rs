//! `otklik evaluate --risks`: what rings, against texts that people have judged.

mod print;
mod report;

use std::io;
use std::path::Path;
use std::sync::Arc;

use ::classify::Classifier;
use ::classify::judged::{File, Half, Judgements};
use ::classify::ringing::{Ringing, Told};
use anyhow::{Context, anyhow};
use config::Config;

use super::table::{name_lines, read_text};
use crate::cli;
use crate::commands::output::print_json;
use crate::exit::{Exit, Failure};
use crate::language::say;
use crate::terminal::Shown;
use print::print;
use report::Report;

/// Classifies the texts and compares what rings with the judgements.
pub fn evaluate(config: Config, labels: &Path, texts: &Path, args: &cli::Evaluate) -> Result<Exit, Failure> {
    let half = args.rows.as_deref().map(|half| if half == "odd" { Half::Odd } else { Half::Even });
    let judged = Judgements::read(&read_text(labels)?, &read_text(texts)?, half);
    let name = |file: &File| match file {
        File::Labels => labels.display(),
        File::Texts => texts.display(),
    };
    name_lines(judged.left_out.iter().map(|(file, line, reason)| format!("{}:{line}: {reason}", name(file))));
    if judged.unjudged > 0 && half.is_none() {
        eprintln!("{}: {}", say("Текстов без оценки", "Texts that nobody judged"), judged.unjudged);
    }
    if judged.rows.is_empty() {
        return Err(anyhow!("{}: there is no judgement with a text in it", labels.display()).into());
    }
    let config = Arc::new(config);
    let rings_from = config.alerts.risk_level();
    let mut classifier = Classifier::new(Arc::clone(&config), 0);
    let told: Vec<Told> =
        judged.rows.iter().map(|row| Told::of(&classifier.classify(row.post()).tags, rings_from)).collect();
    let figures = Ringing::new(&judged.rows, &told);
    let report = Report::new(&figures, &judged.rows, &told, args.mistakes);
    if args.json {
        print_json(&report)?;
    } else {
        print(&mut Shown(io::stdout().lock()), &report, &config).context("cannot write")?;
    }
    Ok(if judged.left_out.is_empty() { Exit::Done } else { Exit::LeftOut })
}
