//! Fetching from other people's servers, with manners and defences.

mod error;
mod fetcher;
mod guard;
mod headers;
mod host_limiter;
mod preference;
mod response;
mod robots;
mod routes;
#[cfg(test)]
mod tests;

pub use error::FetchError;
pub(crate) use fetcher::ApiCall;
pub use fetcher::Fetcher;
pub(crate) use preference::Preference;
pub use response::{Response, Validators};
pub use robots::robots_allow;
pub use routes::SetupError;
