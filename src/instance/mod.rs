//! What runs on a data folder: the journal, the stages over it, and the API in front of it.

mod archive;
pub mod backend;
pub mod health;
pub mod http;
mod mode;
mod opened;
pub mod operations;
mod parts;
pub mod peers;
mod proof;
pub mod sample;
pub mod stages;
mod start;
pub mod tls;

pub use mode::OpenMode;
pub use opened::Instance;
