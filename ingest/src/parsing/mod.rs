//! What the parsers of all platforms share: the page they return, the encodings of the bytes they get, text and trees out of HTML.

pub(crate) mod api_answer;
mod budget;
mod decode;
mod elements;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod markup;
pub(crate) mod mojibake;
mod notice;
mod page;
mod page_error;
pub(crate) mod text;
mod tree_sink;

pub use budget::{Budget, Stopwatch};
pub(crate) use decode::decode;
pub(crate) use notice::{is_notice_of_blocking, title};
pub(crate) use page::{NO_DATE, is_possible};
pub use page::{Page, PageProblem, Parsed};
pub use page_error::PageError;
