//! The parser: recursive descent, with every doubt an error.

mod cursor;
mod grammar;
mod items;
mod quotes;
mod width;

use super::ast::Query;
use super::error::QueryError;
use cursor::Parser;
use width::Width;

impl Query {
    /// Parses a query.
    ///
    /// # Errors
    /// Everything that is not surely understood, and what would cost too much to answer, in Russian, with its place.
    pub fn parse(text: &str) -> Result<Query, QueryError> {
        let result = Parser { text, at: 0, width: Width::default() }.whole();
        result.map_err(|(at, message)| QueryError { at, message, query: text.to_owned() })
    }
}
