//! What travels through Otklik: posts, their tags, coverage and counters, and the versioned JSON they are written in.
//!
//! A leaf without I/O, clock or async. Field names are an interface: dashboards, exports and outside checks read them.

mod corrected;
mod correction;
mod counters;
mod coverage;
mod dead_letter;
mod event;
mod format;
mod id;
pub mod ledger;
mod link;
mod max_message;
mod outcomes;
mod post;
mod risk;
mod sector;
mod signature;
mod sketch;
mod surrogates;
mod tagged_post;
mod tags;
mod time;
mod version;
pub mod wire;

pub use corrected::{Corrected, RuleTags};
pub use correction::{Correction, SaidLevel};
pub use counters::Counters;
pub use coverage::Coverage;
pub use dead_letter::DeadLetter;
pub use event::{Actuality, Event, Harm, Scale};
pub use id::{IdError, MAX_ID_BYTES, Platform, PostId};
pub use link::{PageLink, PostLink, canonical_link};
pub use max_message::MaxMessage;
pub use outcomes::{NETWORK_DOWN, outcome_ru};
pub use post::{Kind, Origin, Poll, Post};
pub use risk::{Level, Risk};
pub use sector::Sector;
pub use signature::Signature;
pub use sketch::{MAX_TERMS, SAME_EVENT, Sketch, SketchError, Term};
pub use tagged_post::TaggedPost;
pub use tags::Tags;
pub use time::{Clock, Time};
pub use version::{MAX_RULE_SET, Version};
