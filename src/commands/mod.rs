//! What each subcommand does.

mod alerts;
mod audit;
mod backup;
mod bench;
mod check;
mod classify;
mod dead_letters;
mod deletions;
mod digest;
mod evaluate;
mod import;
mod input;
mod match_queries;
mod parse;
mod rebuild;
mod rehearse;
mod replay;
mod run;
mod search;
mod source;
mod sources;
mod status;
mod suggest;
mod time;
mod tokens;
mod topics;
mod train;

use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use config::{Config, Files};
use serde::Serialize;

use crate::cli::{Cli, Command, Places, Source};
use crate::instance::leads::Query;
use crate::{Exit, Failure};

/// Runs a subcommand.
pub fn run(cli: Cli) -> Result<Exit, Failure> {
    let places = &cli.places;
    match cli.command {
        Command::Run(args) => in_runtime(run::run(places, args)),
        Command::Check(args) => check::check(places, &args),
        Command::Sources(args) => match args.command {
            None => in_runtime(sources::sources(places, args.day, args.json)),
            Some(Source::Try { url }) => in_runtime(source::try_source(places, &url)),
            Some(Source::Suggest { days, least, limit, json }) => {
                in_runtime(suggest::suggest(places, Query { days, least, limit }, json))
            }
        },
        Command::Parse(args) => parse::parse(&args),
        Command::Classify(args) => classify::classify(places, &args),
        Command::Train(args) => train::train(&args),
        Command::Evaluate(args) => evaluate::evaluate(places, &args),
        Command::Match(args) => match_queries::match_queries(places, &args),
        Command::Tokens => tokens::tokens(),
        Command::Import(args) => in_runtime(import::import(places, args)),
        Command::Search(args) => in_runtime(search::search(places, args)),
        Command::Alerts(args) => in_runtime(alerts::alerts(places, args)),
        Command::Audit(args) => in_runtime(audit::audit(places, args)),
        Command::Digest(args) => in_runtime(digest::digest(places, args)),
        Command::Rehearse(args) => in_runtime(rehearse::rehearse(places, args)),
        Command::Replay(args) => in_runtime(replay::replay(places, args)),
        Command::DeadLetters(args) => in_runtime(dead_letters::dead_letters(places, args)),
        Command::Deletions(args) => in_runtime(deletions::deletions(places, args)),
        Command::Status(args) => in_runtime(status::status(places, args)),
        Command::Topics(args) => topics::topics(places, &args),
        Command::Backup(args) => in_runtime(backup::backup(places, args)),
        Command::Restore(args) => in_runtime(backup::restore(places, args)),
        Command::Rebuild(args) => in_runtime(rebuild::rebuild(places, args)),
        Command::Bench(args) => in_runtime(bench::bench(places, args)),
    }
}

/// How long work that nobody waits for any more may go on before the process ends.
const LET_GO: Duration = Duration::from_secs(2);

fn in_runtime(command: impl Future<Output = Result<Exit, Failure>>) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    let done = runtime.block_on(command);
    // What still waits, as for a broker that is away, holds up nobody.
    runtime.shutdown_timeout(LET_GO);
    done
}

/// The files of the configuration in force: a folder's, or what is built in; with an overlay, such as the sample's.
pub fn files(places: &Places, overlay: Vec<(String, String)>) -> Result<Files, Failure> {
    let files = match config_folder(places) {
        Some(folder) => Files::read(&folder).map_err(|error| Failure::usage(error.to_string()))?,
        None => Files::shipped(),
    };
    Ok(files.overlay(overlay))
}

/// The configuration in force, valid as a whole.
pub fn configuration(places: &Places) -> Result<Config, Failure> {
    valid(&files(places, Vec::new())?)
}

/// Validates files; what is wrong with them is wrong use.
pub fn valid(files: &Files) -> Result<Config, Failure> {
    Config::parse(files).map_err(|problems| Failure::usage(problems.to_string()))
}

/// The folder given, else `./config`, else `/etc/otklik`, where they have an `otklik.toml`.
fn config_folder(places: &Places) -> Option<std::path::PathBuf> {
    places.config.clone().or_else(|| {
        let usual = [Path::new("config"), Path::new("/etc/otklik")];
        usual.into_iter().find(|folder| folder.join("otklik.toml").exists()).map(Path::to_owned)
    })
}

/// Writes one line of JSON to standard output. A reader that went away, as `head` does, ends the command quietly.
pub fn print_json(value: &impl Serialize) -> Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, value)?;
    writeln!(out)?;
    Ok(())
}
