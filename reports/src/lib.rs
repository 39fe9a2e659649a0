//! The daily digest: one page for the head of the centre.
//!
//! Figures come from the facts, decisions from the alerts, and what was not seen from the coverage that travels with the posts.

mod archive;
mod chart;
mod compose;
mod coverage;
mod digest;
mod html;
mod text;

pub use archive::{ReportError, Reports};
pub use coverage::{SourceSeen, Span};
pub use digest::{AlertLine, Decision, Digest, HeldLine, RiskLine, SectorVolume, TopicLine};
