//! `alerts` and `audit` on the command line.

use clap::{Args, Subcommand};

/// `alerts`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Alerts {
    #[command(subcommand)]
    pub command: Option<AlertCommand>,
    /// Closed ones too
    #[arg(long)]
    pub all: bool,
    /// Go on and show each alert that is raised or changes
    #[arg(long, conflicts_with = "json")]
    pub follow: bool,
    /// [{"id", "kind", "level", "opened_at", "state", "life", "posts", …}]
    #[arg(long)]
    pub json: bool,
}

/// Who does it.
#[derive(Debug, Args)]
pub struct By {
    /// Who does it: a name, as the audit keeps it
    #[arg(long, value_name = "WHO")]
    pub by: String,
}

/// Subcommands of `alerts`.
#[derive(Debug, Subcommand)]
pub enum AlertCommand {
    /// Show one alert with its history
    Show {
        id: String,
        /// Note in the audit who has seen it
        #[arg(long, value_name = "WHO")]
        by: Option<String>,
        /// Only the text that is ready to be forwarded to the recipient
        #[arg(long)]
        forward: bool,
    },
    /// Acknowledge: it no longer goes up the chain
    Ack {
        id: String,
        #[command(flatten)]
        by: By,
    },
    /// Take it into work
    Work {
        id: String,
        #[command(flatten)]
        by: By,
    },
    /// Pass it on to the recipient that answers for it
    Assign {
        id: String,
        #[command(flatten)]
        by: By,
        /// An id of recipients.toml [default: the one its posts name]
        #[arg(long, value_name = "RECIPIENT")]
        to: Option<String>,
        #[arg(long, default_value = "", hide_default_value = true)]
        reason: String,
    },
    /// Close it: resolved, or with --false a false alarm
    Close {
        id: String,
        #[command(flatten)]
        by: By,
        #[arg(long)]
        reason: String,
        /// There was nothing: it counts against its rule
        #[arg(long = "false")]
        is_false: bool,
    },
    /// Note that a public answer was given: an interim one, or with --mark the final one
    Answer {
        id: String,
        #[command(flatten)]
        by: By,
        /// What kind of answer: substantive (по существу), runaround (отписка), misconduct (ошибка общения)
        #[arg(long, value_name = "MARK", value_parser = ["substantive", "runaround", "misconduct"])]
        mark: Option<String>,
    },
    /// Put a post into the story of another alert, or into one of its own; it stays there
    Move {
        /// Id of the post
        post: String,
        #[command(flatten)]
        by: By,
        /// The alert [default: a story of its own]
        #[arg(long, value_name = "ALERT")]
        to: Option<String>,
    },
    /// Hold alerts back for a time; critical ones pass
    Silence {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        by: By,
        #[arg(long)]
        reason: String,
        /// A day or a time
        #[arg(long, value_name = "TIME")]
        until: String,
    },
    /// Note planned work that explains complaints; it ends with the work, or when more people complain
    Cause {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        by: By,
        #[arg(long)]
        reason: String,
        /// When the work begins [default: now]
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
        /// When it is over
        #[arg(long, value_name = "TIME")]
        until: String,
        /// So many authors it explains
        #[arg(long, default_value_t = 20)]
        expected: u64,
    },
    /// End a silence or a cause early
    End {
        id: String,
        #[command(flatten)]
        by: By,
    },
    /// Show silences, known causes, and what they held back
    Quiet {
        #[arg(long, default_value_t = 30)]
        days: u32,
        #[arg(long)]
        json: bool,
    },
    /// Show the rules by how many of their alerts were false
    Noisy {
        #[arg(long, default_value_t = 30)]
        days: u32,
        #[arg(long)]
        json: bool,
    },
}

/// Which alerts a silence or a cause is about: each option may be repeated, all that are given must fit.
#[derive(Debug, Args)]
pub struct Which {
    /// Kind of risk
    #[arg(long, value_name = "ID")]
    pub kind: Vec<String>,
    /// Topic
    #[arg(long, value_name = "ID")]
    pub topic: Vec<String>,
    /// Sector
    #[arg(long, value_name = "CODE")]
    pub sector: Vec<String>,
    /// Place
    #[arg(long, value_name = "ID")]
    pub place: Vec<String>,
    /// Rule of alerts.toml
    #[arg(long, value_name = "ID")]
    pub rule: Vec<String>,
}

/// `audit`.
#[derive(Debug, Args)]
pub struct Audit {
    #[command(subcommand)]
    pub command: Option<AuditCommand>,
    /// Only what was done with this alert, post, silence or cause
    #[arg(long, value_name = "ID")]
    pub subject: Option<String>,
    /// The newest so many entries
    #[arg(long, default_value_t = 200)]
    pub limit: usize,
    /// [{"n", "at", "who", "what", "subject", "detail", "hash"}]
    #[arg(long)]
    pub json: bool,
}

/// Subcommands of `audit`.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Recompute the chain of hashes; exit code 1 where it is broken
    Verify {
        /// {"entries", "broken_at", "last_hash"}
        #[arg(long)]
        json: bool,
    },
}
