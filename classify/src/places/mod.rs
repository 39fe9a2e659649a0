//! Where it happens: the places that a post names, and the line that says what and where.

mod located;
mod street_address;
mod subject;

pub use located::tag;
pub use subject::subject;
