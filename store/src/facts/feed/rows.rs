//! From messages to rows.

use journal::{Applied, Entry, Rejected};
use model::wire::WireError;

use crate::facts::tables::Dated;

/// Reads messages into rows that are to be inserted, without those that are older than what is kept; what cannot be read is told.
pub fn read_rows<R: Dated>(
    entries: &[Entry],
    read: fn(&[u8]) -> Result<R, WireError>,
    oldest: i64,
    rows: &mut Vec<R>,
) -> Applied {
    let mut rejected = Vec::new();
    // An empty payload was emptied by a deletion, whose tombstone follows.
    for entry in entries.iter().filter(|entry| !entry.payload.is_empty()) {
        match read(&entry.payload) {
            Ok(row) if row.is_older_than(oldest) => {}
            Ok(row) => rows.push(row),
            Err(error) => {
                rejected.push(Rejected { partition: entry.partition, offset: entry.offset, reason: error.to_string() })
            }
        }
    }
    Applied { rejected }
}
