//! What the index keeps of a post, and how its texts become terms.

mod document;
mod events;
mod fields;
mod terms;
mod tokenizer;

pub(super) use document::document;
pub(super) use events::{event_of, object_prefix};
pub(super) use fields::{
    DELETED, Fields, ID, LEVEL, OBJECT, PUBLISHED_AT, RISK, SCHEMA_VERSION, SECTOR, SOURCE, STATE, TOPIC, VERSION,
    VIEWS, build, level_number, millis,
};
pub(super) use terms::{SENTENCE_END, form_term};
pub(super) use tokenizer::{TOKENIZER, WordsTokenizer};
