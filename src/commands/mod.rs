//! What each subcommand does.

mod alerts;
mod audit;
mod backup;
mod bench;
mod by;
mod check;
mod classify;
mod correct;
mod dead_letters;
mod deletions;
mod digest;
mod evaluate;
mod exposure;
mod forget;
mod import;
mod input;
mod lines;
mod match_queries;
mod output;
mod parse;
mod rebuild;
mod rehearse;
mod replay;
mod run;
mod runtime;
mod search;
mod source;
mod sources;
mod status;
mod suggest;
mod thread;
mod time;
mod tokens;
mod topics;
mod train;

use crate::cli::{Cli, Command, Source};
use crate::exit::{Exit, Failure};
use crate::instance::operations::suggestions::Query;
use runtime::in_runtime;

/// Runs a subcommand.
pub fn run(cli: Cli) -> Result<Exit, Failure> {
    let locations = &cli.locations;
    match cli.command {
        Command::Run(args) => in_runtime(run::run(locations, args)),
        Command::Check(args) => check::check(locations, &args),
        Command::Sources(args) => match args.command {
            None => in_runtime(sources::sources(locations, args.day, args.json)),
            Some(Source::Try { url }) => in_runtime(source::try_source(locations, &url)),
            Some(Source::Suggest { days, least, limit, json }) => {
                in_runtime(suggest::suggest(locations, Query { days, least, limit }, json))
            }
        },
        Command::Parse(args) => parse::parse(locations, &args),
        Command::Classify(args) => classify::classify(locations, &args),
        Command::Train(args) => train::train(&args),
        Command::Evaluate(args) => evaluate::evaluate(locations, &args),
        Command::Match(args) => match_queries::match_queries(locations, &args),
        Command::Tokens => tokens::tokens(),
        Command::Import(args) => in_runtime(import::import(locations, args)),
        Command::Search(args) => in_runtime(search::search(locations, args)),
        Command::Thread(args) => in_runtime(thread::thread(locations, args)),
        Command::Alerts(args) => in_runtime(alerts::alerts(locations, args)),
        Command::Correct(args) => in_runtime(correct::correct(locations, args)),
        Command::Audit(args) => in_runtime(audit::audit(locations, args)),
        Command::Digest(args) => in_runtime(digest::digest(locations, args)),
        Command::Rehearse(args) => in_runtime(rehearse::rehearse(locations, args)),
        Command::Replay(args) => in_runtime(replay::replay(locations, args)),
        Command::DeadLetters(args) => in_runtime(dead_letters::dead_letters(locations, args)),
        Command::Deletions(args) => in_runtime(deletions::deletions(locations, args)),
        Command::Forget(args) => in_runtime(forget::forget(locations, args)),
        Command::Status(args) => in_runtime(status::status(locations, args)),
        Command::Topics(args) => topics::topics(locations, &args),
        Command::Backup(args) => in_runtime(backup::backup(locations, args)),
        Command::Restore(args) => in_runtime(backup::restore(locations, args)),
        Command::Rebuild(args) => in_runtime(rebuild::rebuild(locations, args)),
        Command::Bench(args) => in_runtime(bench::bench(locations, args)),
    }
}
