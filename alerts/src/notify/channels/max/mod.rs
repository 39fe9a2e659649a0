//! A bot of the messenger MAX (<https://dev.max.ru/docs-api>).

mod answer;
mod bot;
mod updates;

#[cfg(test)]
pub mod tests;

pub use bot::Max;
pub use updates::parse_updates;
