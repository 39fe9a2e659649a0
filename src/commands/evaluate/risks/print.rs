//! What an evaluation of risks prints for people.

use std::io::{self, Write};

use config::Config;
use model::Level;

use super::report::{Report, code};
use crate::commands::evaluate::print::one_line;
use crate::language::say;

/// A mistake's text is cut there on a terminal.
const TEXT_CHARS: usize = 300;

/// The levels of the table, mildest first.
const LEVELS: [Option<Level>; 5] =
    [None, Some(Level::Low), Some(Level::Medium), Some(Level::High), Some(Level::Critical)];

/// Prints a report.
pub fn print(out: &mut impl Write, report: &Report, config: &Config) -> io::Result<()> {
    let (ring, critical) = (&report.ring, &report.critical);
    writeln!(
        out,
        "{}: {}\n{}: {}, {}: {}\n{} {:.2}, {} {:.2}, F1 {:.2}\n{}: {:.1}\n{}: {}, {}: {}, {}: {}",
        say("Текстов", "Texts"),
        ring.texts,
        say("Должны поднять тревогу", "Should ring"),
        ring.should,
        say("подняли", "rang"),
        ring.rang,
        say("Точность", "Precision"),
        ring.precision,
        say("полнота", "recall"),
        ring.recall,
        ring.f1,
        say("Ложных тревог на тысячу спокойных текстов", "False rings per thousand that should not"),
        ring.false_per_1000,
        say("Названо критическим", "Told critical"),
        critical.told,
        say("верно", "rightly"),
        critical.right,
        say("на деле среднее или ничего", "judged medium or milder"),
        critical.far,
    )?;
    print_kinds(out, report, config)?;
    print_levels(out, report)?;
    print_mistakes(out, report, config)?;
    out.flush()
}

fn print_kinds(out: &mut impl Write, report: &Report, config: &Config) -> io::Result<()> {
    writeln!(
        out,
        "\n{:<44}{:>8}{:>9}{:>7}",
        say("вид риска", "kind"),
        say("должны", "should"),
        say("подняли", "rang"),
        say("верно", "right")
    )?;
    for kind in &report.kinds {
        let name = say(config.risk_name(kind.kind), kind.kind);
        writeln!(out, "{name:<44}{:>8}{:>9}{:>7}", kind.should, kind.rang, kind.right)?;
    }
    Ok(())
}

fn print_levels(out: &mut impl Write, report: &Report) -> io::Result<()> {
    writeln!(out, "\n{}", say("Строка: как оценили люди; столбец: как определено", "Row: as judged; column: as told"))?;
    write!(out, "{:<14}", "")?;
    for level in LEVELS {
        write!(out, "{:>13}", name(level))?;
    }
    writeln!(out)?;
    for judged in LEVELS {
        let Some(told) = report.levels.get(code(judged)) else { continue };
        write!(out, "{:<14}", name(judged))?;
        for level in LEVELS {
            write!(out, "{:>13}", told.get(code(level)).copied().unwrap_or_default())?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn print_mistakes(out: &mut impl Write, report: &Report, config: &Config) -> io::Result<()> {
    if !report.mistakes.is_empty() {
        writeln!(out, "\n{}", say("Худшие ошибки", "The worst mistakes"))?;
    }
    for mistake in &report.mistakes {
        let level = |code: &str| name(Level::parse(code));
        let kind = mistake.kind.map_or("", |kind| say(config.risk_name(kind), kind));
        writeln!(out, "{}: {} → {} {kind}", one_line(mistake.id), level(mistake.judged), level(mistake.told))?;
        for why in mistake.why {
            writeln!(out, "    · {}", one_line(why))?;
        }
        let end = mistake.text.char_indices().nth(TEXT_CHARS).map_or(mistake.text.len(), |(end, _)| end);
        writeln!(out, "    {}", one_line(&mistake.text[..end]))?;
    }
    Ok(())
}

fn name(level: Option<Level>) -> &'static str {
    match level {
        Some(level) => say(level.name_ru(), level.as_str()),
        None => say("нет", "none"),
    }
}
