//! Names and numbers that outlive a restart.

use rusqlite::{Connection, OptionalExtension};

use super::error::AlertError;

/// The stored value, if there is one.
pub fn get(database: &Connection, name: &str) -> Result<Option<String>, AlertError> {
    let mut select = database.prepare_cached("SELECT value FROM meta WHERE name = ?1")?;
    Ok(select.query_row([name], |row| row.get(0)).optional()?)
}

/// Stores a value.
pub fn set(database: &Connection, name: &str, value: &str) -> Result<(), AlertError> {
    let mut write = database.prepare_cached("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)")?;
    write.execute([name, value])?;
    Ok(())
}
