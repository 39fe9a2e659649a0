//! The rows of the tables and how messages become them.

use clickhouse::Row;
use model::{Counters, Coverage, Kind, Origin, TaggedPost, Time, wire};
use serde::{Deserialize, Serialize};

/// A row of `posts`.
#[derive(Debug, Row, Serialize, Deserialize)]
pub struct PostRow {
    id: String,
    version: u64,
    deleted: u8,
    platform: String,
    source: String,
    kind: String,
    origin: String,
    /// Milliseconds, as in the other columns of time.
    published_at: i64,
    seen_at: i64,
    sector: String,
    sectors: Vec<String>,
    topics: Vec<String>,
    risk_kinds: Vec<String>,
    risk_levels: Vec<String>,
    level: String,
    places: Vec<String>,
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
pub struct CountersRow {
    id: String,
    seen_at: i64,
    views: Option<u64>,
    reactions: Option<u64>,
    reposts: Option<u64>,
    comments: Option<u64>,
}

/// A row of `coverage`.
#[derive(Debug, Row, Serialize, Deserialize)]
pub struct CoverageRow {
    source: String,
    at: i64,
    outcome: String,
    covers_from: Option<i64>,
    body: String,
}

/// Reads a message of the stream `tagged`.
pub fn post_row(json: &[u8]) -> Result<PostRow, wire::Refused> {
    let tagged = wire::read_tagged(json)?;
    let body = text(json.to_vec());
    let version = tagged.version().0;
    let level = tagged.level().map_or("", |level| level.as_str()).to_owned();
    let TaggedPost { post, tags } = tagged;
    Ok(PostRow {
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
        recipient: tags.recipient.unwrap_or_default(),
        views: post.views,
        reactions: post.reactions,
        reposts: post.reposts,
        comments: post.comments,
        url: post.url.unwrap_or_default(),
        rules: tags.rules,
    })
}

/// Reads a message of the stream `counters`.
pub fn counters_row(json: &[u8]) -> Result<CountersRow, wire::Refused> {
    let Counters { id, seen_at, views, reactions, reposts, comments } = wire::read(json)?;
    Ok(CountersRow { id: id.into(), seen_at: seen_at.as_millisecond(), views, reactions, reposts, comments })
}

/// Reads a message of the stream `coverage`.
pub fn coverage_row(json: &[u8]) -> Result<CoverageRow, wire::Refused> {
    let coverage: Coverage = wire::read(json)?;
    Ok(CoverageRow {
        at: coverage.at.as_millisecond(),
        covers_from: coverage.covers_from.map(Time::as_millisecond),
        body: text(wire::write(&coverage)),
        source: coverage.source,
        outcome: coverage.outcome,
    })
}

impl CountersRow {
    /// The message that this row was made of.
    pub fn counters(self) -> Result<Counters, String> {
        let id = model::PostId::new(self.id).map_err(|error| error.to_string())?;
        let seen_at = Time::from_millisecond(self.seen_at).map_err(|error| error.to_string())?;
        let CountersRow { views, reactions, reposts, comments, .. } = self;
        Ok(Counters { id, seen_at, views, reactions, reposts, comments })
    }
}

/// JSON is UTF-8: nothing is lost here.
fn text(json: Vec<u8>) -> String {
    String::from_utf8(json).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
