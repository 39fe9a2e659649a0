//! Parsers of what portals publish: feeds (RSS 0.9–2.0, RDF, Atom 0.3 and 1.0, JSON Feed), pages of news, articles.

mod article;
mod date;
mod entry;
mod feed;
mod insertions;
mod json;
mod list;
mod posts;
#[cfg(test)]
mod tests;
mod xml;

pub use article::article_text;
pub use config::Identity;
pub use feed::{parse_feed, parse_feed_by};
pub use list::{ListReading, parse_list};
pub use posts::Reading;
