//! `otklik train`.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use ::classify::training;
use anyhow::Context;
use indicatif::ProgressBar;

use super::evaluate::{left_out, read_table};
use crate::cli;
use crate::exit::{Exit, Failure};
use crate::language::say;
use crate::private;

/// Trains a model on a table of labelled texts.
pub fn train(args: &cli::Train) -> Result<Exit, Failure> {
    let table = read_table(&args.file)?;
    let bar = ProgressBar::new_spinner().with_message(say("Обучение", "Training"));
    bar.enable_steady_tick(Duration::from_millis(100));
    let model = training::train(table.rows.iter(), &mut || bar.tick());
    bar.finish_and_clear();
    let model = model.with_context(|| format!("cannot train on {}", args.file.display()))?;
    let bytes = model.to_bytes();
    let written = || -> std::io::Result<()> {
        // Beside its place and moved there, so that a running instance never finds half a model.
        let mut beside = args.out.clone().into_os_string();
        beside.push(".part");
        let mut file = private::create_as_usual(Path::new(&beside))?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        std::fs::rename(&beside, &args.out)
    };
    written().with_context(|| format!("cannot write {}", args.out.display()))?;
    println!(
        "{}: {}, {} {}, {} {}, {} {}",
        say("Модель", "Model"),
        args.out.display(),
        say("текстов", "texts"),
        table.rows.len(),
        say("признаков", "features"),
        model.len(),
        say("килобайт", "kilobytes"),
        bytes.len().div_ceil(1024),
    );
    Ok(left_out(&table))
}
