//! The folder of the index: opening it, reading its posts, checking and copying its files.

mod authors;
mod copy;
mod damage;
mod earlier;
mod error;
mod open;
mod positions;
mod posts;
mod version;

pub use earlier::Rebuilding;
pub use error::{OpenError, SearchError};
pub use open::SearchIndex;
pub(in crate::search) use positions::Positions;
pub(super) use posts::{StoredFields, each_stored};
