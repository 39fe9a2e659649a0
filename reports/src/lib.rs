//! The daily digest: one page for the head of the centre.
//!
//! Figures come from the facts, decisions from the alerts, and what was not seen from the coverage that travels with the posts.

mod chart;
mod compose;
mod coverage;
mod digest;
mod error;
mod html;
mod local;
mod reports;
mod store;
mod text;

pub use coverage::{SourceSeen, Span};
pub use digest::{AlertLine, Decision, Digest, HeldLine, RiskLine, SectorVolume, TopicLine};
pub use error::ReportError;
pub use reports::Reports;
