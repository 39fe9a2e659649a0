//! `otklik evaluate`.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use ::classify::evaluation::{self, Evaluation, Told};
use ::classify::labelled::{Labelled, Table};
use ::classify::{Classifier, training};
use anyhow::{Context, anyhow};
use config::{Config, TrainedModel};
use indicatif::ProgressBar;
use model::Sector;
use serde::Serialize;

use crate::cli::{self, Places};
use crate::commands::{configuration, print_json};
use crate::language::say;
use crate::{Exit, Failure};

/// A table beyond this is not what people labelled, and it is read whole.
const MAX_TABLE_BYTES: u64 = 512 << 20;

/// Rows left out that are named one by one; the rest are counted.
const LEFT_OUT_SHOWN: usize = 20;

/// Mistakes shown, the most confident first.
const MISTAKES_SHOWN: usize = 20;

/// A mistake's text is cut there: enough to see what it is about.
const MISTAKE_CHARS: usize = 160;

/// Compares what is told with what people set.
pub fn evaluate(places: &Places, args: &cli::Evaluate) -> Result<Exit, Failure> {
    let mut config = configuration(places)?;
    let table = read_table(&args.file)?;
    let told = if args.train {
        cross_validate(&config, &table, usize::from(args.folds))?
    } else {
        if let Some(path) = &args.model {
            let model = TrainedModel::read(path).map_err(Failure::usage)?;
            config.settings.classify.model = Some(Arc::new(model));
        }
        let mut classifier = Classifier::new(Arc::new(config), 0);
        table.rows.iter().map(|row| tell(&mut classifier, row)).collect()
    };
    let evaluation = Evaluation::new(&told);
    if args.json {
        print_json(&report(&evaluation, &told, &table))?;
    } else {
        print(&mut io::stdout().lock(), &evaluation, &told, &table).context("cannot write")?;
    }
    Ok(left_out(&table))
}

/// Reads a table of labelled texts; one without a single usable row is an error.
pub fn read_table(path: &Path) -> Result<Table, Failure> {
    let read = || -> anyhow::Result<Table> {
        let length = std::fs::metadata(path)?.len();
        if length > MAX_TABLE_BYTES {
            return Err(anyhow!("it is larger than {} MiB; take a part of it", MAX_TABLE_BYTES >> 20));
        }
        let bytes = std::fs::read(path)?;
        let text = String::from_utf8(bytes).map_err(|_| anyhow!("it is not UTF-8; save it in UTF-8"))?;
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
    for (line, reason) in table.left_out.iter().take(LEFT_OUT_SHOWN) {
        eprintln!("{} {line}: {reason}", say("строка", "line"));
    }
    if !table.left_out.is_empty() {
        eprintln!("{}: {}", say("Строк пропущено", "Rows left out"), table.left_out.len());
    }
}

/// Tells each part by a model trained on the others.
fn cross_validate(config: &Config, table: &Table, folds: usize) -> Result<Vec<Told>, Failure> {
    let part = evaluation::deal(table.rows.iter().map(|row| (row.sector, row.text.as_str())), folds);
    let bar = ProgressBar::new(folds as u64).with_message(say("Обучение", "Training"));
    let mut told = vec![None; table.rows.len()];
    for fold in 0..folds {
        let others = table.rows.iter().zip(&part).filter(|(_, part)| **part != fold).map(|(row, _)| row);
        let model = training::train(others, &mut || bar.tick()).context("cannot train on a part of the file")?;
        // By way of its bytes, so that what is measured is what a file gives.
        let model = TrainedModel::from_bytes(&model.to_bytes()).context("cannot read back what was trained")?;
        let mut config = config.clone();
        config.settings.classify.model = Some(Arc::new(model));
        let mut classifier = Classifier::new(Arc::new(config), 0);
        for (at, row) in table.rows.iter().enumerate().filter(|(at, _)| part[*at] == fold) {
            told[at] = Some(tell(&mut classifier, row));
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(told.into_iter().flatten().collect())
}

fn tell(classifier: &mut Classifier, row: &Labelled) -> Told {
    let (told, shares) = classifier.sectors(&row.post());
    Told { gold: row.sector, told, shares }
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    texts: usize,
    left_out: usize,
    accuracy: f64,
    macro_f1: f64,
    sectors: Vec<SectorReport>,
    confusion: BTreeMap<Sector, BTreeMap<Sector, usize>>,
    mistakes: Vec<Mistake<'a>>,
}

#[derive(Serialize)]
struct SectorReport {
    sector: Sector,
    texts: usize,
    precision: f64,
    recall: f64,
    f1: f64,
}

#[derive(Serialize)]
struct Mistake<'a> {
    line: usize,
    sector: Sector,
    told: Sector,
    margin: f32,
    text: &'a str,
}

fn report<'a>(evaluation: &Evaluation, told: &[Told], table: &'a Table) -> Report<'a> {
    let row = |counts: &[usize; Sector::ALL.len()]| Sector::ALL.into_iter().zip(*counts).collect();
    let sectors = evaluation.sectors.iter().map(|figures| SectorReport {
        sector: figures.sector,
        texts: figures.texts,
        precision: figures.precision,
        recall: figures.recall,
        f1: figures.f1,
    });
    Report {
        texts: evaluation.texts,
        left_out: table.left_out.len(),
        accuracy: evaluation.accuracy,
        macro_f1: evaluation.macro_f1,
        sectors: sectors.collect(),
        confusion: Sector::ALL.into_iter().zip(evaluation.confusion.iter().map(row)).collect(),
        mistakes: mistakes(evaluation, told, table).collect(),
    }
}

fn mistakes<'a>(evaluation: &Evaluation, told: &[Told], table: &'a Table) -> impl Iterator<Item = Mistake<'a>> {
    evaluation.mistakes.iter().take(MISTAKES_SHOWN).map(|at| {
        let (row, told) = (&table.rows[*at], &told[*at]);
        let end = row.text.char_indices().nth(MISTAKE_CHARS).map_or(row.text.len(), |(end, _)| end);
        Mistake { line: row.line, sector: told.gold, told: told.told, margin: told.margin(), text: &row.text[..end] }
    })
}

fn print(out: &mut impl Write, evaluation: &Evaluation, told: &[Told], table: &Table) -> io::Result<()> {
    writeln!(
        out,
        "{:<22}{:>8}{:>11}{:>9}{:>7}",
        say("сектор", "sector"),
        say("текстов", "texts"),
        say("точность", "precision"),
        say("полнота", "recall"),
        "F1"
    )?;
    for figures in &evaluation.sectors {
        writeln!(
            out,
            "{:<22}{:>8}{:>11.3}{:>9.3}{:>7.3}",
            name(figures.sector),
            figures.texts,
            figures.precision,
            figures.recall,
            figures.f1
        )?;
    }
    writeln!(
        out,
        "\nmacro-F1 {:.4}, {} {:.4}, {} {}",
        evaluation.macro_f1,
        say("доля верных", "accuracy"),
        evaluation.accuracy,
        say("текстов", "texts"),
        evaluation.texts
    )?;
    writeln!(out, "\n{}", say("Строка: как размечено; столбец: как определено", "Row: as labelled; column: as told"))?;
    write!(out, "{:<22}", "")?;
    for sector in Sector::ALL {
        write!(out, "{:>11}", sector.as_str())?;
    }
    writeln!(out)?;
    for (sector, counts) in Sector::ALL.into_iter().zip(&evaluation.confusion) {
        write!(out, "{:<22}", name(sector))?;
        for count in counts {
            write!(out, "{count:>11}")?;
        }
        writeln!(out)?;
    }
    if !evaluation.mistakes.is_empty() {
        writeln!(
            out,
            "\n{} {}",
            say("Самые уверенные ошибки из", "The most confident mistakes of"),
            evaluation.mistakes.len()
        )?;
    }
    for mistake in mistakes(evaluation, told, table) {
        let Mistake { line, sector, told, margin, text } = mistake;
        writeln!(
            out,
            "{} {line}: {} → {} ({margin:.2})\n    {}",
            say("строка", "line"),
            name(sector),
            name(told),
            one_line(text)
        )?;
    }
    out.flush()
}

fn name(sector: Sector) -> &'static str {
    say(sector.name_ru(), sector.as_str())
}

/// A text of somebody else on a terminal: control characters would steer it.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
