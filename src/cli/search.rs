//! `search`, `thread` and `digest`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::civil::Date;

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
    /// Object of an event, e.g. cold_water
    #[arg(long)]
    pub object: Option<String>,
    /// State of an event, e.g. absent; with --object, of that object
    #[arg(long)]
    pub state: Option<String>,
    /// Source id
    #[arg(long)]
    pub source: Option<String>,
    /// vk, telegram, max or portal
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

/// `thread`.
#[derive(Debug, Args)]
pub struct Thread {
    /// The id or the link of the post, or of any comment under it
    #[arg(value_name = "POST")]
    pub of: String,
    /// {"root", "post", "total", "comments": [{"depth", "comment"}]}
    #[arg(long)]
    pub json: bool,
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
