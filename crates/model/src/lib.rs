//! What travels through Otklik: posts, their tags, coverage and counters, and the versioned JSON they are written in.
//!
//! A leaf without I/O, clock or async. Field names are an interface: dashboards, exports and outside checks read them.

mod coverage;
mod flat;
mod id;
pub mod ledger;
mod outcome_words;
mod post;
mod sketch;
mod tags;
pub mod wire;

use std::sync::Arc;

pub use coverage::{Counters, Coverage, DeadLetter};
pub use id::{IdError, MAX_ID_BYTES, Platform, PostId};
pub use outcome_words::outcome_ru;
pub use post::{Kind, MAX_RULE_SET, Origin, Poll, Post, Version};
pub use sketch::{MAX_TERMS, SAME_EVENT, Sketch, SketchError, Term};
pub use tags::{Level, Risk, Sector, Signature, TaggedPost, Tags};

/// A moment, in UTC. Written as RFC 3339.
pub type Time = jiff::Timestamp;

/// Where "now" comes from. Passed in, so that a test or the sample runs on a time of its own.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;
