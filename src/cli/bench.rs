//! `bench`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BenchBackend {
    /// One file, for one process.
    Embedded,
    /// A cluster.
    Kafka,
}

impl BenchBackend {
    /// Its name in the report.
    pub fn name(self) -> &'static str {
        match self {
            BenchBackend::Embedded => "embedded",
            BenchBackend::Kafka => "kafka",
        }
    }
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
