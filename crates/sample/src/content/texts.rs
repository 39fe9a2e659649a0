//! `posts/*.toml` and `changes.toml`.

use model::{Poll, Sector};
use serde::Deserialize;

use super::story::Ring;

/// What a post is, for the generator and for counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Something is wrong.
    Complaint,
    /// Asks neighbours or the authorities.
    Question,
    /// Thanks.
    Praise,
    /// Advertisement.
    Ad,
    /// An authority or service announces.
    Notice,
    /// An authority answers.
    Answer,
    /// News.
    News,
    /// Everything else people write.
    Talk,
    /// A short reply to another post.
    Reply,
    /// A repost or forward.
    Repost,
    /// A near-copy of another post.
    Copy,
    /// A poll.
    Poll,
    /// Part of a story.
    Story,
}

/// Texts of one kind about one sector.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    pub sector: Sector,
    pub kind: Kind,
    /// Where such posts stand.
    pub sources: Vec<String>,
    /// Share among the groups of a source.
    #[serde(default = "one")]
    pub weight: f64,
    /// For a source with titles the first line is the title.
    pub texts: Vec<String>,
    /// Those of the texts that must ring; the others must not.
    #[serde(default)]
    pub rings: Vec<RingingText>,
    /// Polls to choose from; with them `texts` stand above the poll.
    #[serde(default)]
    pub polls: Vec<Poll>,
}

/// A text that must ring by itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RingingText {
    /// A part of the text that no other text of its group has.
    pub text: String,
    pub kind: String,
    pub level: model::Level,
}

impl Group {
    /// The alert that must ring for a text of the group.
    pub fn ring(&self, text: &str) -> Option<Ring> {
        let ringing = self.rings.iter().find(|ringing| text.contains(&ringing.text))?;
        Some(Ring { kind: ringing.kind.clone(), level: ringing.level })
    }
}

/// The usual weight.
fn one() -> f64 {
    1.0
}

/// `changes.toml`: what happens to posts later.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Changes {
    /// Added below a complaint by its author.
    pub complaint_updates: Vec<String>,
    /// Added below a notice.
    pub notice_updates: Vec<String>,
    /// Around a text that somebody carries to another place; `{text}` is the text.
    pub copies: Vec<String>,
    /// Above a repost.
    pub comments: Vec<String>,
    /// Which source reposts from which.
    pub reposts: Vec<[String; 2]>,
}
