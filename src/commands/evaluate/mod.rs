//! `otklik evaluate`.

mod print;
mod report;
mod risks;
mod table;

use std::io;
use std::sync::Arc;

use ::classify::evaluation::{self, Evaluation, Prediction};
use ::classify::labelled::{Labelled, Table};
use ::classify::{Classifier, training};
use anyhow::Context;
use config::{Config, TrainedModel};
use indicatif::ProgressBar;

use crate::cli;
use crate::commands::output::print_json;
use crate::configuration::{Locations, configuration};
use crate::exit::{Exit, Failure};
use crate::language::say;
use crate::terminal::Shown;
use print::print;
use report::report;
pub use table::{left_out, read_table};

/// Compares predicted sectors, or what rings, with what people set.
pub fn evaluate(locations: &Locations, args: &cli::Evaluate) -> Result<Exit, Failure> {
    let mut config = configuration(locations)?;
    if let (Some(labels), Some(texts)) = (&args.risks, &args.texts) {
        return risks::evaluate(config, labels, texts, args);
    }
    let file = args.file.as_deref().ok_or_else(|| Failure::usage("evaluate: no file was given"))?;
    let table = read_table(file)?;
    let predictions = if args.train {
        cross_validate(&config, &table, usize::from(args.folds))?
    } else {
        if let Some(path) = &args.model {
            let model = TrainedModel::read(path).map_err(Failure::usage)?;
            config.settings.classify.model = Some(Arc::new(model));
        }
        let mut classifier = Classifier::new(Arc::new(config), 0);
        table.rows.iter().map(|row| predict(&mut classifier, row)).collect()
    };
    let evaluation = Evaluation::new(&predictions);
    if args.json {
        print_json(&report(&evaluation, &predictions, &table))?;
    } else {
        print(&mut Shown(io::stdout().lock()), &evaluation, &predictions, &table).context("cannot write")?;
    }
    Ok(left_out(&table))
}

/// Predicts each part by a model trained on the others.
fn cross_validate(config: &Config, table: &Table, folds: usize) -> Result<Vec<Prediction>, Failure> {
    let part = evaluation::deal(table.rows.iter().map(|row| (row.sector, row.text.as_str())), folds);
    let bar = ProgressBar::new(folds as u64).with_message(say("Обучение", "Training"));
    let mut predictions = vec![None; table.rows.len()];
    for fold in 0..folds {
        let others = table.rows.iter().zip(&part).filter(|(_, part)| **part != fold).map(|(row, _)| row);
        let model = training::train(others, &mut || bar.tick()).context("cannot train on a part of the file")?;
        // By way of its bytes, so that what is measured is what a file gives.
        let model = TrainedModel::from_bytes(&model.to_bytes()).context("cannot read back what was trained")?;
        let mut config = config.clone();
        config.settings.classify.model = Some(Arc::new(model));
        let mut classifier = Classifier::new(Arc::new(config), 0);
        for (at, row) in table.rows.iter().enumerate().filter(|(at, _)| part[*at] == fold) {
            predictions[at] = Some(predict(&mut classifier, row));
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(predictions.into_iter().flatten().collect())
}

fn predict(classifier: &mut Classifier, row: &Labelled) -> Prediction {
    let (predicted, shares) = classifier.sectors(&row.post());
    Prediction { gold: row.sector, predicted, shares }
}
