//! A post with its tags: flat on the wire, and read in one pass.

use serde::{Deserialize, Serialize};

use crate::corrected::Corrected;
use crate::event::Event;
use crate::id::{Platform, PostId};
use crate::post::{Kind, Origin, Poll, Post};
use crate::risk::{Level, Risk};
use crate::sector::Sector;
use crate::signature::Signature;
use crate::sketch::Sketch;
use crate::tags::Tags;
use crate::time::Time;
use crate::version::Version;

/// A post with its tags; flat on the wire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Flat")]
pub struct TaggedPost {
    /// What was read.
    #[serde(flatten)]
    pub post: Post,
    /// What was recognised.
    #[serde(flatten)]
    pub tags: Tags,
}

impl TaggedPost {
    /// Its place in the order of versions.
    pub fn version(&self) -> Version {
        Version::new(self.post.seen(), self.tags.rules)
    }

    /// The worst level of its risks.
    pub fn level(&self) -> Option<Level> {
        self.tags.risks.iter().map(|risk| risk.level).max()
    }
}

/// Every field of [`Post`] and [`Tags`], with their types and defaults: serde's own flattening would keep every field in between.
#[derive(Deserialize)]
struct Flat {
    #[serde(default = "crate::format::current_format")]
    v: u32,
    id: PostId,
    platform: Platform,
    source: String,
    #[serde(default)]
    kind: Kind,
    url: Option<String>,
    published_at: Time,
    edited_at: Option<Time>,
    seen_at: Option<Time>,
    deleted_at: Option<Time>,
    title: Option<String>,
    text: String,
    poll: Option<Poll>,
    views: Option<u64>,
    reactions: Option<u64>,
    reposts: Option<u64>,
    comments: Option<u64>,
    author: Option<String>,
    in_reply_to: Option<String>,
    #[serde(default)]
    answers: Option<String>,
    forwarded_from: Option<String>,
    #[serde(default)]
    advert: bool,
    #[serde(default)]
    origin: Origin,
    #[serde(default)]
    rules: u32,
    language: Option<String>,
    #[serde(default)]
    sector: Sector,
    #[serde(default)]
    sectors: Vec<Sector>,
    #[serde(default)]
    topics: Vec<String>,
    #[serde(default)]
    events: Vec<Event>,
    #[serde(default)]
    risks: Vec<Risk>,
    #[serde(default)]
    places: Vec<String>,
    recipient: Option<String>,
    subject: Option<String>,
    since: Option<Time>,
    until: Option<Time>,
    elsewhere: Option<String>,
    #[serde(default)]
    why: Vec<String>,
    #[serde(default)]
    matched: Vec<String>,
    signature: Option<Signature>,
    sketch: Option<Sketch>,
    corrected: Option<Box<Corrected>>,
}

impl From<Flat> for TaggedPost {
    fn from(flat: Flat) -> TaggedPost {
        let post = Post {
            v: flat.v,
            id: flat.id,
            platform: flat.platform,
            source: flat.source,
            kind: flat.kind,
            url: flat.url,
            published_at: flat.published_at,
            edited_at: flat.edited_at,
            seen_at: flat.seen_at,
            deleted_at: flat.deleted_at,
            title: flat.title,
            text: flat.text,
            poll: flat.poll,
            views: flat.views,
            reactions: flat.reactions,
            reposts: flat.reposts,
            comments: flat.comments,
            author: flat.author,
            in_reply_to: flat.in_reply_to,
            answers: flat.answers,
            forwarded_from: flat.forwarded_from,
            advert: flat.advert,
            origin: flat.origin,
        };
        let tags = Tags {
            rules: flat.rules,
            language: flat.language,
            sector: flat.sector,
            sectors: flat.sectors,
            topics: flat.topics,
            events: flat.events,
            risks: flat.risks,
            places: flat.places,
            recipient: flat.recipient,
            subject: flat.subject,
            since: flat.since,
            until: flat.until,
            elsewhere: flat.elsewhere,
            why: flat.why,
            matched: flat.matched,
            signature: flat.signature,
            sketch: flat.sketch,
            corrected: flat.corrected,
        };
        TaggedPost { post, tags }
    }
}
