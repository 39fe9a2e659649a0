//! `forget`.

use std::path::PathBuf;

use clap::Args;

/// `forget`.
#[derive(Debug, Args)]
pub struct Forget {
    /// Ids of posts, stored or not
    #[arg(value_name = "POST", required_unless_present_any = ["author", "query", "ids", "list"])]
    pub posts: Vec<String>,
    /// Posts of a person: vk:NUMBER of the page, or tg:NAME as in t.me/NAME; found by every key of a month that is left
    #[arg(long, value_name = "WHO")]
    pub author: Option<String>,
    /// Posts that a query finds, as of a name in them
    #[arg(long, value_name = "QUERY")]
    pub query: Option<String>,
    /// Posts whose ids a file holds, one a line, as --list prints them
    #[arg(long, value_name = "FILE")]
    pub ids: Option<PathBuf>,
    /// Remove them; without it they are only listed
    #[arg(long)]
    pub yes: bool,
    /// Who does it: a name, as the audit keeps it [default: the user's name on this machine]
    #[arg(long, value_name = "WHO")]
    pub by: Option<String>,
    /// Print the ids of all that was ever forgotten: kept apart from the data folder, they are for --ids after a restore
    #[arg(long, conflicts_with_all = ["posts", "author", "query", "ids", "yes", "by"])]
    pub list: bool,
    /// {"forgotten", "posts": [{"id", "published_at", "source", "words"}], "unknown": ["id"]}; with --list ["id"]
    #[arg(long)]
    pub json: bool,
}
