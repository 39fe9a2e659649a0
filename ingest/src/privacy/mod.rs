//! People are not the subject: authors become keyed hashes, and what names a private person in a text is masked before the text
//! leaves `ingest`. [`TABLE`] says what is masked where.

mod authors;
mod find;
mod letters;
mod mask;
mod person;
mod plain;
mod posts;
mod public_numbers;
mod table;

pub(crate) use authors::AuthorKeys;
pub use authors::{AuthorError, Random, os_random};
pub use letters::reason;
pub use mask::{MASKS, Masks};
pub use person::PersonOnPlatform;
pub use posts::is_on_a_private_wall;
pub use table::{EMAIL, NAME, NUMBER, PHONE, PLATE, Row, TABLE, USER, Voice, What};
