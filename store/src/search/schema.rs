//! What the index keeps of a post.

use super::analysis;
use model::{Level, TaggedPost, Time};
use tantivy::TantivyDocument;
use tantivy::schema::{
    BytesOptions, FAST, Field, INDEXED, IndexRecordOption, NumericOptions, STRING, Schema, TextFieldIndexing,
    TextOptions,
};

/// Number of this schema. An index of another number is refused: it is made anew by `otklik rebuild index`.
pub(super) const SCHEMA_VERSION: u32 = 2;

/// Fast field of the id, by which ties are ordered.
pub(super) const ID: &str = "id";
/// Fast field of [`TaggedPost::version`].
pub(super) const VERSION: &str = "version";
/// Fast field of whether a post is a tombstone.
pub(super) const DELETED: &str = "deleted";
/// Fast field of the time of publication, in milliseconds since 1970, UTC.
pub(super) const PUBLISHED_AT: &str = "published_at";
/// Fast field of a post's sectors.
pub(super) const SECTOR: &str = "sector";
/// Fast field of its topics.
pub(super) const TOPIC: &str = "topic";
/// Fast field of the kinds of its risks.
pub(super) const RISK: &str = "risk";
/// Fast field of its source.
pub(super) const SOURCE: &str = "source";
/// Fast field of views.
pub(super) const VIEWS: &str = "views";

/// Fast field of the worst level of a post's risks, see [`level_number`].
pub(super) const LEVEL: &str = "level";

/// The fields, by name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    pub id: Field,
    pub version: Field,
    pub deleted: Field,
    /// Lemmas and marked forms, see [`analysis`].
    pub words: Field,
    pub published_at: Field,
    pub seen_at: Field,
    pub source: Field,
    pub platform: Field,
    pub sector: Field,
    pub topic: Field,
    pub risk: Field,
    pub level: Field,
    pub place: Field,
    pub views: Field,
    pub reactions: Field,
    pub reposts: Field,
    pub comments: Field,
    /// The tagged post as JSON; the store compresses it.
    pub body: Field,
    /// The same of a tombstone, which no search may show.
    pub tombstone: Field,
}

/// Makes the schema.
pub(super) fn build() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let words = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(analysis::TOKENIZER)
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
        sector: schema.add_text_field(SECTOR, STRING | FAST),
        topic: schema.add_text_field(TOPIC, STRING | FAST),
        risk: schema.add_text_field(RISK, STRING | FAST),
        level: schema.add_u64_field(LEVEL, number.clone()),
        place: schema.add_text_field("place", STRING),
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
pub(super) fn level_number(level: Level) -> u64 {
    level as u64
}

/// A moment as the index keeps it.
pub(super) fn millis(time: Time) -> i64 {
    time.as_millisecond()
}

/// What is indexed of a version of a post; `body` is its JSON. A tombstone keeps its place in the order of versions, so
/// that an older version that arrives later does not bring the post back, and its JSON, which has no text.
pub(super) fn document(fields: &Fields, tagged: &TaggedPost, body: &[u8]) -> TantivyDocument {
    let TaggedPost { post, tags } = tagged;
    // The JSON, the text once more, and room for the rest.
    let mut document = TantivyDocument::with_capacity(body.len() + post.text.len() + 512);
    document.add_text(fields.id, post.id.as_str());
    document.add_u64(fields.version, tagged.version().0);
    document.add_bool(fields.deleted, post.is_deleted());
    if post.is_deleted() {
        document.add_bytes(fields.tombstone, body);
        return document;
    }
    document.add_text(fields.words, analysis::encode(post));
    document.add_i64(fields.published_at, millis(post.published_at));
    document.add_i64(fields.seen_at, millis(post.seen()));
    document.add_text(fields.source, &post.source);
    document.add_text(fields.platform, post.platform.as_str());
    document.add_text(fields.sector, tags.sector.as_str());
    let other_sectors = tags.sectors.iter().filter(|&&sector| sector != tags.sector);
    other_sectors.for_each(|sector| document.add_text(fields.sector, sector.as_str()));
    tags.topics.iter().for_each(|topic| document.add_text(fields.topic, topic));
    tags.risks.iter().for_each(|risk| document.add_text(fields.risk, &risk.kind));
    tags.places.iter().for_each(|place| document.add_text(fields.place, place));
    if let Some(level) = tagged.level() {
        document.add_u64(fields.level, level_number(level));
    }
    let counters = [
        (fields.views, post.views),
        (fields.reactions, post.reactions),
        (fields.reposts, post.reposts),
        (fields.comments, post.comments),
    ];
    for (field, count) in counters {
        if let Some(count) = count {
            document.add_u64(field, count);
        }
    }
    document.add_bytes(fields.body, body);
    document
}
