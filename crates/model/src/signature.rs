//! The fingerprint that near-copies share.

use serde::{Deserialize, Serialize};

/// A fingerprint: near-copies are a small Hamming distance apart. Written as 16 hex digits, since JSON numbers lose bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Signature(pub u64);

impl TryFrom<String> for Signature {
    type Error = std::num::ParseIntError;

    fn try_from(hex: String) -> Result<Signature, Self::Error> {
        u64::from_str_radix(&hex, 16).map(Signature)
    }
}

impl From<Signature> for String {
    fn from(signature: Signature) -> String {
        format!("{:016x}", signature.0)
    }
}
