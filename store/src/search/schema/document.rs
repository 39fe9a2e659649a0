//! From a post to a document of the index.

use std::collections::BTreeSet;

use model::{TaggedPost, Tags};
use tantivy::TantivyDocument;
use tantivy::schema::Field;

use super::events::event_term;
use super::fields::{Fields, level_number, millis};
use super::tokenizer;

/// What is indexed of a version of a post; `body` is its JSON. Of a tombstone the version is kept, so that an older version that
/// arrives later does not bring the post back, and its JSON, which has no text.
pub(in crate::search) fn document(fields: &Fields, tagged: &TaggedPost, body: &[u8]) -> TantivyDocument {
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
    document.add_text(fields.words, tokenizer::encode(post));
    document.add_i64(fields.published_at, millis(post.published_at));
    document.add_i64(fields.seen_at, millis(post.seen()));
    document.add_text(fields.source, &post.source);
    document.add_text(fields.platform, post.platform.as_str());
    if let Some(above) = &post.in_reply_to {
        document.add_text(fields.thread, above);
    }
    document.add_text(fields.sector, tags.sector.as_str());
    let other_sectors = tags.sectors.iter().filter(|&&sector| sector != tags.sector);
    other_sectors.for_each(|sector| document.add_text(fields.sector, sector.as_str()));
    tags.topics.iter().for_each(|topic| document.add_text(fields.topic, topic));
    tags.risks.iter().for_each(|risk| document.add_text(fields.risk, &risk.kind));
    tags.places.iter().for_each(|place| document.add_text(fields.place, place));
    for (field, value) in distinct_event_terms(fields, tags) {
        document.add_text(field, value);
    }
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

/// The terms of the events of a post, each once: a post counts once for an object, however many of its events are of it.
fn distinct_event_terms(fields: &Fields, tags: &Tags) -> BTreeSet<(Field, String)> {
    let terms = |event: &model::Event| {
        [(fields.object, event.object.clone()), (fields.state, event.state.clone()), (fields.event, event_term(event))]
    };
    tags.events.iter().flat_map(terms).collect()
}
