//! The hash of a lemma, which signatures, sketches and stored posts agree on: it never changes.

/// The hash of a word's first lemma; none for an emoji.
pub(crate) fn lemma_hash(form: &str, lemma: &str) -> Option<u64> {
    form.starts_with(char::is_alphanumeric).then(|| mix(fnv(lemma.as_bytes())))
}

/// FNV-1a, 64 bits (<http://www.isthe.com/chongo/tech/comp/fnv/>).
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The finalizer of MurmurHash3: spreads a change of one bit over all.
fn mix(mut x: u64) -> u64 {
    x = (x ^ x >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    x = (x ^ x >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    x ^ x >> 33
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stored signatures and sketches are compared with new ones: these values may not change.
    #[test]
    fn the_hash_never_changes() {
        assert_eq!(lemma_hash("воды", "вода"), Some(0x6798_7fff_0297_13f8));
        assert_eq!(lemma_hash("35", "35"), Some(0x4cc8_ab31_500c_b39e));
        assert_eq!(lemma_hash("🔥", "🔥"), None);
    }
}
