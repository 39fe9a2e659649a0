//! Commands that look after a data folder.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

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
        from: RebuildSource,
    },
    /// The figures' posts, from the search index
    Facts,
}

/// Where the posts of a new index are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RebuildSource {
    /// The figures: all posts there ever were
    Facts,
    /// The journal alone: posts that it no longer keeps are missing
    Journal,
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
