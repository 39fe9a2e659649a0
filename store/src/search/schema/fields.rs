//! The fields of the index.

use model::{Level, Time};
use tantivy::schema::{
    BytesOptions, FAST, Field, INDEXED, IndexRecordOption, NumericOptions, STRING, Schema, TextFieldIndexing,
    TextOptions,
};

/// Number of this schema. An index with another number is refused; `otklik rebuild index` makes a new one.
pub(in crate::search) const SCHEMA_VERSION: u32 = 4;

/// Fast field of the id, by which ties are ordered.
pub(in crate::search) const ID: &str = "id";
/// Fast field of [`model::TaggedPost::version`].
pub(in crate::search) const VERSION: &str = "version";
/// Fast field of whether a post is a tombstone.
pub(in crate::search) const DELETED: &str = "deleted";
/// Fast field of the time of publication, in milliseconds since 1970, UTC.
pub(in crate::search) const PUBLISHED_AT: &str = "published_at";
/// Fast field of a post's sectors.
pub(in crate::search) const SECTOR: &str = "sector";
/// Fast field of its topics.
pub(in crate::search) const TOPIC: &str = "topic";
/// Fast field of the kinds of its risks.
pub(in crate::search) const RISK: &str = "risk";
/// Fast field of the objects of its events.
pub(in crate::search) const OBJECT: &str = "object";
/// Fast field of the states of its events.
pub(in crate::search) const STATE: &str = "state";
/// Fast field of its source.
pub(in crate::search) const SOURCE: &str = "source";
/// Fast field of views.
pub(in crate::search) const VIEWS: &str = "views";

/// Fast field of the highest level of a post's risks, see [`level_number`].
pub(in crate::search) const LEVEL: &str = "level";

/// The fields, by name.
#[derive(Debug, Clone, Copy)]
pub(in crate::search) struct Fields {
    pub id: Field,
    pub version: Field,
    pub deleted: Field,
    /// Lemmas and marked forms, see [`super::tokenizer`].
    pub words: Field,
    pub published_at: Field,
    pub seen_at: Field,
    pub source: Field,
    pub platform: Field,
    /// The post that a comment stands under, or that a post answers.
    pub thread: Field,
    pub sector: Field,
    pub topic: Field,
    pub risk: Field,
    pub level: Field,
    pub place: Field,
    pub object: Field,
    pub state: Field,
    /// Each event as one term, see [`super::events`].
    pub event: Field,
    pub views: Field,
    pub reactions: Field,
    pub reposts: Field,
    pub comments: Field,
    /// The tagged post as JSON; the store compresses it.
    pub body: Field,
    /// The tombstone as JSON, which no search may show.
    pub tombstone: Field,
}

/// Builds the schema.
pub(in crate::search) fn build() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let words = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(super::tokenizer::TOKENIZER)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions),
    );
    let number = NumericOptions::from(FAST);
    let fields = Fields {
        id: schema.add_text_field(ID, STRING | FAST),
        version: schema.add_u64_field(VERSION, number.clone()),
        deleted: schema.add_bool_field(DELETED, INDEXED | FAST),
        words: schema.add_text_field("words", words),
        published_at: schema.add_i64_field(PUBLISHED_AT, number.clone()),
        seen_at: schema.add_i64_field("seen_at", number.clone()),
        source: schema.add_text_field(SOURCE, STRING | FAST),
        platform: schema.add_text_field("platform", STRING),
        thread: schema.add_text_field("thread", STRING),
        sector: schema.add_text_field(SECTOR, STRING | FAST),
        topic: schema.add_text_field(TOPIC, STRING | FAST),
        risk: schema.add_text_field(RISK, STRING | FAST),
        level: schema.add_u64_field(LEVEL, number.clone()),
        place: schema.add_text_field("place", STRING),
        object: schema.add_text_field(OBJECT, STRING | FAST),
        state: schema.add_text_field(STATE, STRING | FAST),
        event: schema.add_text_field("event", STRING),
        views: schema.add_u64_field(VIEWS, number.clone()),
        reactions: schema.add_u64_field("reactions", number.clone()),
        reposts: schema.add_u64_field("reposts", number.clone()),
        comments: schema.add_u64_field("comments", number),
        body: schema.add_bytes_field("body", BytesOptions::default().set_stored()),
        tombstone: schema.add_bytes_field("tombstone", BytesOptions::default().set_stored()),
    };
    (schema.build(), fields)
}

/// Levels as numbers that order like them.
pub(in crate::search) fn level_number(level: Level) -> u64 {
    level as u64
}

/// A moment as the index keeps it.
pub(in crate::search) fn millis(time: Time) -> i64 {
    time.as_millisecond()
}
