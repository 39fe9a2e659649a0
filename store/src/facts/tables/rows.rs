//! The rows of the tables and how messages become them.

use clickhouse::Row;
use model::{Counters, Coverage, Event, Kind, Origin, PostId, Scale, TaggedPost, Time, wire};
use serde::{Deserialize, Serialize};

use crate::corrections::KnownCorrections;

/// A row that tells its age.
pub(in crate::facts) trait Dated {
    /// Whether it is of a time before `oldest`, in milliseconds. A tombstone is as old as it likes.
    fn is_older_than(&self, oldest: i64) -> bool;
}

impl Dated for PostRow {
    fn is_older_than(&self, oldest: i64) -> bool {
        self.published_at < oldest && self.deleted == 0
    }
}

impl Dated for CountersRow {
    fn is_older_than(&self, oldest: i64) -> bool {
        self.seen_at < oldest
    }
}

impl Dated for CoverageRow {
    fn is_older_than(&self, oldest: i64) -> bool {
        self.at < oldest
    }
}

/// A row of `posts`.
#[derive(Debug, Row, Serialize, Deserialize)]
pub(in crate::facts) struct PostRow {
    id: String,
    version: u64,
    deleted: u8,
    platform: String,
    source: String,
    kind: String,
    origin: String,
    /// In milliseconds, like the other times.
    published_at: i64,
    seen_at: i64,
    sector: String,
    sectors: Vec<String>,
    topics: Vec<String>,
    risk_kinds: Vec<String>,
    risk_levels: Vec<String>,
    level: String,
    places: Vec<String>,
    event_objects: Vec<String>,
    event_states: Vec<String>,
    event_actualities: Vec<String>,
    event_scales: Vec<String>,
    event_counts: Vec<u32>,
    event_harms: Vec<String>,
    event_who: Vec<String>,
    event_wishes: Vec<String>,
    recipient: String,
    views: Option<u64>,
    reactions: Option<u64>,
    reposts: Option<u64>,
    comments: Option<u64>,
    url: String,
    rules: u32,
    body: String,
}

/// A row of `counters`.
#[derive(Debug, Row, Serialize, Deserialize)]
pub(in crate::facts) struct CountersRow {
    id: String,
    seen_at: i64,
    views: Option<u64>,
    reactions: Option<u64>,
    reposts: Option<u64>,
    comments: Option<u64>,
}

/// A row of `coverage`.
#[derive(Debug, Row, Serialize, Deserialize)]
pub(in crate::facts) struct CoverageRow {
    source: String,
    at: i64,
    outcome: String,
    covers_from: Option<i64>,
    body: String,
}

/// Reads a message of the stream `tagged`, or what another store gave out: then without what a person said of the post.
pub(in crate::facts) fn post_row(json: &[u8]) -> Result<PostRow, wire::WireError> {
    let tagged = wire::read_tagged(json)?;
    if tagged.tags.corrected.is_some() {
        return Ok(row_of(tagged.corrected(None)));
    }
    Ok(row(tagged, text(json.to_vec())))
}

/// The row of a post.
pub(in crate::facts) fn row_of(tagged: TaggedPost) -> PostRow {
    let body = text(wire::write_tagged(&tagged));
    row(tagged, body)
}

fn row(tagged: TaggedPost, body: String) -> PostRow {
    let version = tagged.version().0;
    let level = tagged.level().map_or("", |level| level.as_str()).to_owned();
    let TaggedPost { post, tags } = tagged;
    PostRow {
        version,
        level,
        body,
        deleted: u8::from(post.is_deleted()),
        platform: post.platform.as_str().to_owned(),
        kind: match post.kind {
            Kind::Post => "post".to_owned(),
            Kind::Comment => "comment".to_owned(),
        },
        origin: match post.origin {
            Origin::Live => "live".to_owned(),
            Origin::Import => "import".to_owned(),
            Origin::Replay => "replay".to_owned(),
            Origin::Found => "found".to_owned(),
        },
        published_at: post.published_at.as_millisecond(),
        seen_at: post.seen().as_millisecond(),
        id: post.id.into(),
        source: post.source,
        sector: tags.sector.as_str().to_owned(),
        sectors: tags.sectors.iter().map(|sector| sector.as_str().to_owned()).collect(),
        topics: tags.topics,
        risk_levels: tags.risks.iter().map(|risk| risk.level.as_str().to_owned()).collect(),
        risk_kinds: tags.risks.into_iter().map(|risk| risk.kind).collect(),
        places: tags.places,
        event_objects: slots(&tags.events, |event| &event.object),
        event_states: slots(&tags.events, |event| &event.state),
        event_actualities: slots(&tags.events, |event| event.actuality.as_str()),
        event_scales: slots(&tags.events, |event| event.scale.map_or("", Scale::as_str)),
        event_counts: tags.events.iter().map(|event| event.count.unwrap_or_default()).collect(),
        event_harms: slots(&tags.events, |event| event.harm.as_str()),
        event_who: slots(&tags.events, |event| event.who.as_deref().unwrap_or_default()),
        event_wishes: slots(&tags.events, |event| event.wish.as_deref().unwrap_or_default()),
        recipient: tags.recipient.unwrap_or_default(),
        views: post.views,
        reactions: post.reactions,
        reposts: post.reposts,
        comments: post.comments,
        url: post.url.unwrap_or_default(),
        rules: tags.rules,
    }
}

/// A slot of each event.
fn slots(events: &[Event], slot: impl Fn(&Event) -> &str) -> Vec<String> {
    events.iter().map(|event| slot(event).to_owned()).collect()
}

/// Reads a message of the stream `counters`.
pub(in crate::facts) fn counters_row(json: &[u8]) -> Result<CountersRow, wire::WireError> {
    let Counters { id, seen_at, views, reactions, reposts, comments } = wire::read(json)?;
    Ok(CountersRow { id: id.into(), seen_at: seen_at.as_millisecond(), views, reactions, reposts, comments })
}

/// Reads a message of the stream `coverage`.
pub(in crate::facts) fn coverage_row(json: &[u8]) -> Result<CoverageRow, wire::WireError> {
    let coverage: Coverage = wire::read(json)?;
    Ok(CoverageRow {
        at: coverage.at.as_millisecond(),
        covers_from: coverage.covers_from.map(Time::as_millisecond),
        body: text(wire::write(&coverage)),
        source: coverage.source,
        outcome: coverage.outcome,
    })
}

impl PostRow {
    /// Applies what people said of the post.
    pub(in crate::facts) fn correct(&mut self, known: &KnownCorrections) -> Result<(), String> {
        let concerned = self.deleted == 0 && PostId::new(self.id.clone()).is_ok_and(|id| known.concern(&id));
        if concerned {
            let tagged = wire::read_tagged(self.body.as_bytes()).map_err(|error| error.to_string())?;
            *self = row_of(known.apply(tagged));
        }
        Ok(())
    }
}

impl CountersRow {
    /// The message that this row was made from.
    pub(in crate::facts) fn counters(self) -> Result<Counters, String> {
        let id = PostId::new(self.id).map_err(|error| error.to_string())?;
        let seen_at = Time::from_millisecond(self.seen_at).map_err(|error| error.to_string())?;
        let CountersRow { views, reactions, reposts, comments, .. } = self;
        Ok(Counters { id, seen_at, views, reactions, reposts, comments })
    }
}

/// JSON is UTF-8: nothing is lost here.
fn text(json: Vec<u8>) -> String {
    String::from_utf8(json).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
