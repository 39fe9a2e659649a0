//! The alerts' SQLite file: the handle on it, its tables, and the rows that more than one room reads.

pub mod action;
pub mod alert;
pub mod alert_posts;
pub mod alert_state;
pub mod alert_table;
pub mod audit;
pub mod columns;
pub mod content_id;
pub mod error;
pub mod handle;
pub mod link_key;
pub mod meta;
pub mod own_thread;
pub mod positions;
pub mod post;
pub mod post_table;
pub mod readers;
pub mod schema;
pub mod sources_seen;
pub mod tag_corrections;
pub mod writer;
