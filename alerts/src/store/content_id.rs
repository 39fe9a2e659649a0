//! Ids made from content.

use sha2::{Digest, Sha256};

/// An id made from parts, so that the same content gives the same id on any machine: twelve hex digits.
pub fn content_id(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hex::encode(&hash.finalize()[..6])
}
