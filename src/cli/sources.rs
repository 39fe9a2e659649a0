//! `sources`, `parse` and `import`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;

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
        /// A channel (t.me/name or @name), a community (vk.com/name), a channel or chat of MAX (max.ru/name or max:NUMBER), a feed or a
        /// page that links one; max alone: the chats that its bot has heard of
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
    /// An answer of the API of MAX with messages or events
    Max,
    /// RSS, Atom, RDF or JSON Feed
    Feed,
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
