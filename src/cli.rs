//! The command line.

mod alerts;
mod russian;

use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

use crate::language::is_russian;

pub use alerts::{AlertCommand, Alerts, Audit, AuditCommand, Which};

/// Otklik: what residents report in public, recognised, found again, counted, and told to the people who must act.
#[derive(Debug, Parser)]
#[command(name = "otklik", version, arg_required_else_help = true, max_term_width = 100, after_help = AFTER_HELP)]
pub struct Cli {
    #[command(flatten)]
    pub places: Places,
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
        Cli::from_arg_matches(&command.try_get_matches()?)
    }
}

/// Where configuration and data are.
#[derive(Debug, Clone, Args)]
pub struct Places {
    /// Folder of configuration [default: ./config where it has an otklik.toml, then /etc/otklik, then what is built in]
    #[arg(long, global = true, value_name = "DIR", env = "OTKLIK_CONFIG")]
    pub config: Option<PathBuf>,
    /// Data folder, or the one of a running instance [default: ~/.local/share/otklik; the sample's: otklik-sample beside it]
    #[arg(long, global = true, value_name = "DIR", env = "OTKLIK_DATA")]
    pub data: Option<PathBuf>,
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
    /// Compare the sectors told with those set by people in a table of labelled texts
    Evaluate(Evaluate),
    /// Match posts on standard input against many queries: for each post, in order, a JSON array of the ids of those it matches
    Match(Match),
    /// Cut each line of standard input into tokens: a JSON array of token, start and end in characters, and lemmas
    Tokens,
    /// Fill in older posts from files; ends when they are searchable and counted, and notifies nobody
    Import(Import),
    /// Search the posts
    Search(Search),
    /// Show alerts; acknowledge, pass on, close, silence, explain them
    Alerts(Alerts),
    /// Show who did what with alerts, and check that nobody changed the record
    Audit(Audit),
    /// Show or write the digest of a day
    Digest(Digest),
    /// Try a rule on the archive before it is switched on: hits per day, samples, overlap, and the alerts it would have raised
    Rehearse(Rehearse),
    /// Classify again what the journal holds, after a change of the rules
    Replay(Replay),
    /// Show what could not be understood, and why
    DeadLetters(DeadLetters),
    /// List posts deleted at their source: which, when, and from where their text is gone
    Deletions(Deletions),
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

/// `run`.
#[derive(Debug, Args)]
pub struct Run {
    /// Run against the sample district, on its own clock
    #[arg(long)]
    pub sample: bool,
    /// Run only this role; may be repeated; needs the sections kafka and roles of otklik.toml [default: all]
    #[arg(long = "role", value_name = "ROLE")]
    pub roles: Vec<Role>,
    /// The sample with each role as a process of its own, on a Kafka that is started for it
    #[arg(long, requires = "sample", conflicts_with = "roles")]
    pub apart: bool,
    /// Address of the page and the API, instead of the configured one; port 0 takes a free one
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<std::net::SocketAddr>,
}

/// A role of the pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, ValueEnum)]
pub enum Role {
    /// Poll the sources.
    Ingest,
    /// Recognise sector, topics, risks and places.
    Classify,
    /// Keep the search index.
    Store,
    /// Keep the figures.
    Facts,
    /// Raise and send alerts.
    Alerts,
    /// Serve the page and the API.
    Web,
}

/// `sources`, also `source`.
#[derive(Debug, Args)]
pub struct Sources {
    #[command(subcommand)]
    pub command: Option<Source>,
    /// The day [default: today]
    #[arg(long, value_name = "DATE")]
    pub day: Option<Date>,
    /// {"day", "span", "sources": [{"source", "polls", "refusals", "longest_blind_s", …}]}
    #[arg(long)]
    pub json: bool,
}

/// Subcommands of `sources`.
#[derive(Debug, Subcommand)]
pub enum Source {
    /// Fetch a source once, show its last posts with their tags, and print its lines for sources.toml
    Try {
        /// A channel (t.me/name or @name), a community (vk.com/name), a feed or a page that links one
        url: String,
    },
    /// Channels and communities that the archive's posts were forwarded from or link to and that are not read yet
    Suggest {
        /// Posts of so many last days are looked through
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=3650))]
        days: u16,
        /// Posts that must lead to one at least
        #[arg(long, default_value_t = 2)]
        least: u64,
        /// Shown at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
        /// [{"platform", "name", "address", "posts", "sources", "samples": [{"id", "url", "text"}], "toml"}]
        #[arg(long)]
        json: bool,
    },
}

/// `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Also read the whole search index and compare its checksums
    #[arg(long)]
    pub index: bool,
    /// Also ask the running instance: exit code 1 if a critical message did not arrive, a stage fails, or a source is not seen
    #[arg(long)]
    pub live: bool,
}

/// `backup`.
#[derive(Debug, Args)]
pub struct Backup {
    /// The new folder
    pub folder: PathBuf,
    /// Also the keys by which posts of one author can be told; keep such a backup apart
    #[arg(long)]
    pub author_keys: bool,
}

/// `restore`.
#[derive(Debug, Args)]
pub struct Restore {
    /// The folder that `backup` made
    pub folder: PathBuf,
}

/// `rebuild`.
#[derive(Debug, Subcommand)]
pub enum Rebuild {
    /// The search index
    Index {
        /// Where the posts come from
        #[arg(long, default_value = "facts")]
        from: crate::instance::refill::From,
    },
    /// The figures' posts, from the search index
    Facts,
}

/// `parse`.
#[derive(Debug, Args)]
pub struct Parse {
    /// What the file is
    pub format: Format,
    /// The file; `-` for standard input
    pub file: PathBuf,
    /// Source id written into the posts
    #[arg(long, default_value = "file")]
    pub source: String,
}

/// A format of `parse`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A page of the public web preview, t.me/s/CHANNEL
    Telegram,
    /// An answer of the VK API with posts or comments
    Vk,
    /// RSS, Atom, RDF or JSON Feed
    Feed,
}

/// `classify`.
#[derive(Debug, Args)]
pub struct Classify {
    /// Each line of standard input is a text, not JSON
    #[arg(long)]
    pub text: bool,
}

/// `train`.
#[derive(Debug, Args)]
pub struct Train {
    /// Tab-separated, with a header that names its columns: `sector` (a code) and `text` are needed, `title` is read too
    pub file: PathBuf,
    /// Where the model is written; name it in otklik.toml as `[classify] model`
    #[arg(long, value_name = "MODEL")]
    pub out: PathBuf,
}

/// `evaluate`.
#[derive(Debug, Args)]
pub struct Evaluate {
    /// Tab-separated, with a header that names its columns: `sector` (a code) and `text` are needed, `title` is read too
    pub file: PathBuf,
    /// Tell with this model, instead of the configured one
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Cross-validate: train on all parts but one, tell that one, and so for each part
    #[arg(long, conflicts_with = "model")]
    pub train: bool,
    /// Parts of a cross-validation; copies of a text stay in one
    #[arg(long, value_name = "K", default_value_t = 5, requires = "train", value_parser = clap::value_parser!(u8).range(2..=100))]
    pub folds: u8,
    /// {"macro_f1", "accuracy", "sectors": […], "confusion": {…}, "mistakes": […], …}
    #[arg(long)]
    pub json: bool,
}

/// `match`.
#[derive(Debug, Args)]
pub struct Match {
    /// Lines of an id, a tab and a query
    pub queries: PathBuf,
    /// Each line of standard input is a text, not JSON
    #[arg(long)]
    pub text: bool,
}

/// `import`.
#[derive(Debug, Args)]
pub struct Import {
    /// What the files are
    pub format: ImportFormat,
    /// The files
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
}

/// A format of `import`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ImportFormat {
    /// Posts, one a line, in the format that `parse` prints
    Ndjson,
    /// result.json of a channel exported by Telegram Desktop
    TelegramExport,
    /// A JSON array of messages with message_id, sender_id, date, text, channel
    TelegramChannel,
}

/// `search`.
#[derive(Debug, Args)]
pub struct Search {
    /// Words in any form; "phrase"; "a b"~3; =exact; prefix*; |; -; parentheses; сектор:жкх, риск:…, дата:2026-11-01..2026-11-24
    #[arg(default_value = "")]
    pub query: String,
    /// Published on or after: a day or a time
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Published before: a time, or a day that is the last one included
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// jkh, tko, social, education, roads, transport or other
    #[arg(long)]
    pub sector: Option<String>,
    /// Topic id
    #[arg(long)]
    pub topic: Option<String>,
    /// Kind of risk
    #[arg(long)]
    pub risk: Option<String>,
    /// Level of risk at least: low, medium, high, critical
    #[arg(long)]
    pub level: Option<String>,
    /// Place id
    #[arg(long)]
    pub place: Option<String>,
    /// Source id
    #[arg(long)]
    pub source: Option<String>,
    /// vk, telegram or portal
    #[arg(long)]
    pub platform: Option<String>,
    /// Order of the hits
    #[arg(long, default_value = "time")]
    pub sort: Sort,
    /// Hits shown at most
    #[arg(long, default_value_t = 20)]
    pub limit: usize,
    /// Hits left out first
    #[arg(long, default_value_t = 0)]
    pub offset: usize,
    /// {"total": N, "hits": [tagged post, …]}
    #[arg(long)]
    pub json: bool,
    /// Write all hits as CSV that Excel in Russia opens
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub csv: Option<PathBuf>,
}

/// Order of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Sort {
    /// Newest first
    Time,
    /// Best match first
    Relevance,
    /// Most viewed first
    Views,
}

/// `digest`.
#[derive(Debug, Args)]
pub struct Digest {
    /// The day [default: yesterday]
    #[arg(long, value_name = "DATE")]
    pub date: Option<Date>,
    /// Write it as one HTML file
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// The figures of the page
    #[arg(long, conflicts_with = "out")]
    pub json: bool,
}

/// `rehearse`.
#[derive(Debug, Args)]
pub struct Rehearse {
    /// A query; or a rule file, which takes the place of the one of its name (also alerts.toml); or the kind of a risk or the id of a topic in force
    pub rule: String,
    /// So many days back from now
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=3660))]
    pub days: u16,
    /// Level that a query stands for: low, medium, high or critical
    #[arg(long, default_value = "high")]
    pub level: String,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// `replay`.
#[derive(Debug, Args)]
pub struct Replay {
    /// Posts that came into the journal at this time or later: a day or a time
    #[arg(long, value_name = "TIME")]
    pub from: String,
}

/// `dead-letters`.
#[derive(Debug, Args)]
pub struct DeadLetters {
    /// Shown at most, newest first
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
    /// As a JSON array
    #[arg(long)]
    pub json: bool,
    /// Take all of them up again, after what was wrong is mended: messages go back to the streams they came from
    #[arg(long, conflicts_with_all = ["limit", "json"])]
    pub retry: bool,
}

/// `topics`.
#[derive(Debug, Args)]
pub struct Topics {
    /// Make nothing; exit code 1 if anything is not as the configuration asks
    #[arg(long)]
    pub check: bool,
}

/// `deletions`.
#[derive(Debug, Args)]
pub struct Deletions {
    /// Take the deleted texts out of the files now instead of with the next daily removal
    #[arg(long)]
    pub purge: bool,
    /// Shown at most, the latest first
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
    /// [{"id", "source", "at", "journal", "index", "facts"}]
    #[arg(long)]
    pub json: bool,
}

/// `status`.
#[derive(Debug, Args)]
pub struct Status {
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// `bench`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Bench {
    #[command(subcommand)]
    pub of: Option<BenchOf>,
    #[command(flatten)]
    pub given: BenchGiven,
    /// The journal: a file of SQLite, or Kafka; without the section kafka of otklik.toml it starts a node of its own
    #[arg(long, value_enum, default_value_t = BenchBackend::Embedded)]
    pub backend: BenchBackend,
    /// Posts a second at which the latencies are measured
    #[arg(long, value_name = "POSTS", default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    pub rate: u32,
    /// Let go of messages as soon as every stage has read them: for more posts than the disk has room for twice
    #[arg(long)]
    pub expire: bool,
    /// Keep the index in this folder, which must not be there yet: for `bench search --index`
    #[arg(long, value_name = "DIR")]
    pub index: Option<PathBuf>,
}

/// What every measurement is given.
#[derive(Debug, Clone, Args)]
pub struct BenchGiven {
    /// Posts in all
    #[arg(long, default_value_t = 200_000, value_parser = clap::value_parser!(u64).range(1_000..))]
    pub posts: u64,
    /// The same seed makes the same posts
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Take texts from a file, over and over: posts as NDJSON, or a text a line
    #[arg(long, value_name = "FILE")]
    pub input: Option<PathBuf>,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// A part that is measured by itself.
#[derive(Debug, Subcommand)]
pub enum BenchOf {
    /// Search over the HTTP API, beside tantivy's own call
    Search(BenchSearch),
}

/// The journal that `bench` measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum BenchBackend {
    /// One file, for one process.
    Embedded,
    /// A cluster.
    Kafka,
}

/// `bench search`.
#[derive(Debug, Args)]
pub struct BenchSearch {
    #[command(flatten)]
    pub given: BenchGiven,
    /// Keep the index in this folder, and use the one that is there
    #[arg(long, value_name = "DIR")]
    pub index: Option<PathBuf>,
    /// Searches of each kind
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(10..))]
    pub searches: u32,
}
