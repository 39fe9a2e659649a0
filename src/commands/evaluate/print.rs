//! What an evaluation prints for people.

use std::io::{self, Write};

use ::classify::evaluation::{Evaluation, Prediction};
use ::classify::labelled::Table;
use model::Sector;

use super::report::{Mistake, mistakes};
use crate::language::say;

/// Prints an evaluation.
pub fn print(
    out: &mut impl Write,
    evaluation: &Evaluation,
    predictions: &[Prediction],
    table: &Table,
) -> io::Result<()> {
    print_sectors(out, evaluation)?;
    print_confusion(out, evaluation)?;
    print_mistakes(out, evaluation, predictions, table)?;
    out.flush()
}

fn print_sectors(out: &mut impl Write, evaluation: &Evaluation) -> io::Result<()> {
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
    )
}

/// Rows are the sectors that people set, columns those that were predicted.
fn print_confusion(out: &mut impl Write, evaluation: &Evaluation) -> io::Result<()> {
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
    Ok(())
}

fn print_mistakes(
    out: &mut impl Write,
    evaluation: &Evaluation,
    predictions: &[Prediction],
    table: &Table,
) -> io::Result<()> {
    if !evaluation.mistakes.is_empty() {
        writeln!(
            out,
            "\n{} {}",
            say("Самые уверенные ошибки из", "The most confident mistakes of"),
            evaluation.mistakes.len()
        )?;
    }
    for mistake in mistakes(evaluation, predictions, table) {
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
    Ok(())
}

fn name(sector: Sector) -> &'static str {
    say(sector.name_ru(), sector.as_str())
}

/// A text of somebody else on a terminal: control characters would steer it.
pub fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
