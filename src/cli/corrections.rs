//! `correct`.

use std::path::PathBuf;

use clap::Args;

/// `correct`.
#[derive(Debug, Args)]
pub struct Correct {
    /// Id of the post
    #[arg(value_name = "POST", required_unless_present_any = ["list", "labels"])]
    pub id: Option<String>,
    /// Its sector: jkh, tko, social, education, roads, transport or other
    #[arg(long, value_name = "SECTOR", value_parser = ["jkh", "tko", "social", "education", "roads", "transport", "other"])]
    pub sector: Option<String>,
    /// Level of its risk; none: it reports no risk
    #[arg(long, value_name = "LEVEL", value_parser = ["none", "low", "medium", "high", "critical"])]
    pub level: Option<String>,
    /// Kind of its risk, an id of risks/
    #[arg(long, value_name = "ID")]
    pub kind: Option<String>,
    /// Its topic, an id of taxonomy/; may be repeated; none: no topic
    #[arg(long, value_name = "ID")]
    pub topic: Vec<String>,
    /// Why, in your words
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// Who says it: a name, as the audit keeps it [default: the user's name on this machine]
    #[arg(long, value_name = "WHO")]
    pub by: Option<String>,
    /// Take back what was said of the post: the rules count again
    #[arg(long, conflicts_with_all = ["sector", "level", "kind", "topic", "note"])]
    pub withdraw: bool,
    /// Show the corrections in force, the newest first
    #[arg(long, conflicts_with_all = ["id", "sector", "level", "kind", "topic", "note", "by", "withdraw"])]
    pub list: bool,
    /// [{"id", "at", "by", "sector", "level", "kind", "topics", "note"}]
    #[arg(long, requires = "list")]
    pub json: bool,
    /// Write the corrected posts as labelled texts: id, sector, level, kind, text; `evaluate` and `train` read them
    #[arg(long, value_name = "FILE", conflicts_with_all = ["id", "sector", "level", "kind", "topic", "note", "by", "withdraw", "list"])]
    pub labels: Option<PathBuf>,
}
