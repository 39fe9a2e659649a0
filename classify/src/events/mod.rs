//! What a post reports: an object and its state in one clause, then when, for how many and with what harm, then how bad that is.

mod actuality;
mod days;
mod find;
mod grammar;
mod judge;
mod marks;
mod rows;
mod scale;
mod slots;
mod tag;

use crate::rules::lexicon;
pub use judge::deciding_rows;
pub use tag::tag;
