//! What the parsers of all platforms share: the page they return, the encodings of the bytes they get, text and trees out of HTML.

mod budget;
mod decode;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod markup;
mod notice;
mod page;
mod page_error;
pub(crate) mod text;
mod tree_sink;

pub use budget::{Budget, Stopwatch};
pub(crate) use decode::decode;
pub(crate) use notice::{is_notice_of_blocking, title};
pub(crate) use page::NO_DATE;
pub use page::{Page, PageProblem, Parsed};
pub use page_error::PageError;
