//! From messages to rows.

use journal::{Applied, Entry, Rejected};
use model::wire::WireError;

/// Reads messages into rows that are to be inserted; what cannot be read is told.
pub fn read_rows<R>(entries: &[Entry], read: fn(&[u8]) -> Result<R, WireError>, rows: &mut Vec<R>) -> Applied {
    let mut rejected = Vec::new();
    // An empty payload was emptied by a deletion, whose tombstone follows.
    for entry in entries.iter().filter(|entry| !entry.payload.is_empty()) {
        match read(&entry.payload) {
            Ok(row) => rows.push(row),
            Err(error) => {
                rejected.push(Rejected { partition: entry.partition, offset: entry.offset, reason: error.to_string() })
            }
        }
    }
    Applied { rejected }
}
