//! Commands that try rules, queries and models.

use std::path::PathBuf;

use clap::Args;

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
    #[arg(required_unless_present = "risks")]
    pub file: Option<PathBuf>,
    /// Compare what rings with these judgements: a line an id, a level (0 none, 1 medium, 2 high: somebody must know within the hour,
    /// 3 critical) and a kind or -, separated by tabs; further columns and a header that begins with id are skipped
    #[arg(long, value_name = "LABELS", requires = "texts", conflicts_with_all = ["file", "model", "train"])]
    pub risks: Option<PathBuf>,
    /// The texts of the judgements: a line an id, a tab and a text; they are read as published on 24 November 2026, in the heating season
    #[arg(long, value_name = "TEXTS", requires = "risks")]
    pub texts: Option<PathBuf>,
    /// Every other row of the judgements, so that what rules were tuned on is measured apart: odd or even
    #[arg(long, value_name = "HALF", requires = "risks", value_parser = ["odd", "even"])]
    pub rows: Option<String>,
    /// At most so many mistakes, the worst first
    #[arg(long, value_name = "N", requires = "risks", default_value_t = 50)]
    pub mistakes: usize,
    /// Tell with this model, instead of the configured one
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Cross-validate: train on all parts but one, tell that one, and so for each part
    #[arg(long, conflicts_with = "model")]
    pub train: bool,
    /// Parts of a cross-validation; copies of a text stay in one
    #[arg(long, value_name = "K", default_value_t = 5, requires = "train", value_parser = clap::value_parser!(u8).range(2..=100))]
    pub folds: u8,
    /// {"macro_f1", "accuracy", "sectors": […], "confusion": {…}, "mistakes": […], …}; of risks {"ring", "critical", "kinds", "levels", "mistakes"}
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
    /// Posts that came into the journal at this time or later, and those that it has let go and that were read then or later: a day or a time
    #[arg(long, value_name = "TIME")]
    pub from: String,
}
