//! The command line as a whole.

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use super::alerts::{Alerts, Audit};
use super::bench::Bench;
use super::corrections::Correct;
use super::forget::Forget;
use super::maintenance::{Backup, DeadLetters, Deletions, Rebuild, Restore};
use super::minus::advice;
use super::rules::{Classify, Evaluate, Match, Rehearse, Replay, Train};
use super::running::{Check, Run, Status, Topics};
use super::russian;
use super::search::{Digest, Search, Thread};
use super::sources::{Import, Parse, Sources};
use crate::configuration::Locations;
use crate::language::is_russian;

/// Otklik: what residents report in public, recognised, found again, counted, and told to the people who must act.
#[derive(Debug, Parser)]
#[command(name = "otklik", version, arg_required_else_help = true, max_term_width = 100, after_help = AFTER_HELP)]
pub struct Cli {
    #[command(flatten)]
    pub locations: Locations,
    #[command(subcommand)]
    pub command: Command,
}

const AFTER_HELP: &str = "\
Exit codes: 0 done; 1 failed; 2 wrong use or invalid configuration; 3 done, but something was left out.
Messages are Russian or English by LC_ALL, LC_MESSAGES or LANG. OTKLIK_LOG=info shows what goes on.
First steps: `otklik run --sample` plays fifteen days of an invented district; then, beside it, `otklik search 'нет воды'`.";

impl Cli {
    /// Reads the arguments of the process; the error is help, the version, or what is wrong with them.
    pub fn read() -> Result<Cli, clap::Error> {
        let command = if is_russian() { russian::help(Cli::command()) } else { Cli::command() };
        let matches = command.clone().try_get_matches().map_err(|error| {
            let arguments: Vec<String> =
                std::env::args_os().skip(1).map(|a| a.to_string_lossy().into_owned()).collect();
            let advice = if error.kind() == ErrorKind::UnknownArgument { advice(&command, &arguments) } else { None };
            advice.map_or(error, |advice| command.clone().error(ErrorKind::UnknownArgument, advice))
        })?;
        Cli::from_arg_matches(&matches)
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant)] // One is made in the life of the process.
pub enum Command {
    /// Run the pipeline: collect, classify, index, count, alert, and serve the page
    Run(Run),
    /// Validate the configuration as a whole: every problem with file and line, and every rule against its examples
    Check(Check),
    /// Show what was seen of every source on a day and what was not; try a source; suggest unknown ones
    #[command(visible_alias = "source", args_conflicts_with_subcommands = true)]
    Sources(Sources),
    /// Read a saved page, answer or feed: posts as NDJSON on standard output, problems on standard error
    Parse(Parse),
    /// Tag posts: NDJSON (or with --text a text a line) on standard input, tagged posts on standard output
    Classify(Classify),
    /// Train a model of the sectors on a table of labelled texts; the rules stay, and both are weighed
    Train(Train),
    /// Compare the sectors told, or with --risks what rings, with what people set for the same texts
    Evaluate(Evaluate),
    /// Match posts on standard input against many queries: for each post, in order, a JSON array of the ids of those it matches
    Match(Match),
    /// Cut each line of standard input into tokens: a JSON array of token, start and end in characters, and lemmas
    Tokens,
    /// Fill in older posts from files; ends when they are searchable and counted, and notifies nobody
    Import(Import),
    /// Search the posts
    Search(Search),
    /// Show a post and the conversation under it, each answer below what it answers
    Thread(Thread),
    /// Show alerts; acknowledge, pass on, close, silence, explain them
    Alerts(Alerts),
    /// Correct a post's sector, risk or topics: a person's word outranks rules and model until it is withdrawn
    Correct(Correct),
    /// Show who did what with alerts and posts, and check that nobody changed the record
    Audit(Audit),
    /// Show or write the digest of a day
    Digest(Digest),
    /// Try a rule on the archive before it is switched on: hits per day, samples, overlap, and the alerts it would have raised
    Rehearse(Rehearse),
    /// Classify again what the journal and the archive hold, after a change of the rules
    Replay(Replay),
    /// Show what could not be understood, and why
    DeadLetters(DeadLetters),
    /// List posts deleted at their source: which, when, and from where their text is gone
    Deletions(Deletions),
    /// Find what one person asks to have removed, and with --yes remove it for good; nothing brings it back
    Forget(Forget),
    /// Show every role, source, position, lag and size
    Status(Status),
    /// Make the topics of the configured Kafka and check them
    Topics(Topics),
    /// Copy the data folder into a new one, while the instance runs or not
    Backup(Backup),
    /// Make a data folder from a backup
    Restore(Restore),
    /// Make the search index or the figures anew, after damage or for a new version; nobody may run meanwhile
    #[command(subcommand)]
    Rebuild(Rebuild),
    /// Measure this machine: generated posts through the whole path, in a temporary folder (TMPDIR)
    Bench(Bench),
}
