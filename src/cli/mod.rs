//! The command line: what is given, checked and named. What each command does with it is in `commands`.

mod alerts;
mod bench;
mod command;
mod corrections;
mod forget;
mod maintenance;
mod minus;
mod rules;
mod running;
mod russian;
mod search;
mod sources;

pub use alerts::{AlertCommand, Alerts, Audit, AuditCommand, Which};
pub use bench::{Bench, BenchBackend, BenchOf, BenchSearch};
pub use command::{Cli, Command};
pub use corrections::Correct;
pub use forget::Forget;
pub use maintenance::{Backup, DeadLetters, Deletions, Rebuild, RebuildSource, Restore};
pub use rules::{Classify, Evaluate, Match, Rehearse, Replay, Train};
pub use running::{Check, Run, Status, Topics};
pub use search::{Digest, Search, Sort, Thread};
pub use sources::{Format, Import, ImportFormat, Parse, Source};
