//! A tagged post as it stands on the wire, read in one pass: serde's own flattening would keep every field in between.

use serde::Deserialize;

use crate::{Kind, Origin, Platform, Poll, Post, PostId, Risk, Sector, Signature, Sketch, TaggedPost, Tags, Time};

/// Every field of [`Post`] and [`Tags`], with their types and defaults.
#[derive(Deserialize)]
pub(crate) struct Flat {
    #[serde(default = "crate::wire::current_format")]
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
}

impl From<Flat> for TaggedPost {
    fn from(flat: Flat) -> TaggedPost {
        let Flat {
            v,
            id,
            platform,
            source,
            kind,
            url,
            published_at,
            edited_at,
            seen_at,
            deleted_at,
            title,
            text,
            poll,
            views,
            reactions,
            reposts,
            comments,
            author,
            in_reply_to,
            forwarded_from,
            advert,
            origin,
            rules,
            language,
            sector,
            sectors,
            topics,
            risks,
            places,
            recipient,
            subject,
            since,
            until,
            elsewhere,
            why,
            matched,
            signature,
            sketch,
        } = flat;
        let post = Post {
            v,
            id,
            platform,
            source,
            kind,
            url,
            published_at,
            edited_at,
            seen_at,
            deleted_at,
            title,
            text,
            poll,
            views,
            reactions,
            reposts,
            comments,
            author,
            in_reply_to,
            forwarded_from,
            advert,
            origin,
        };
        let tags = Tags {
            rules,
            language,
            sector,
            sectors,
            topics,
            risks,
            places,
            recipient,
            subject,
            since,
            until,
            elsewhere,
            why,
            matched,
            signature,
            sketch,
        };
        TaggedPost { post, tags }
    }
}
