//! Portals: sites read through a feed, or through a page of news.

mod articles;
mod connector;
mod feed;
mod find_feeds;
mod foreign;
mod parse;

pub(crate) use connector::PortalConnector;
pub use parse::{Identity, ListReading, Reading, article_text, parse_feed, parse_feed_by, parse_list};
