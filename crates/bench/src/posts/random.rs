//! Random numbers from a seed.

/// SplitMix64 (Steele, Lea, Flood 2014). Ours, because the figures of docs/measurements.md are of the posts that it makes: another
/// generator makes other posts, and figures before and after could no longer be compared.
pub struct Random(u64);

impl Random {
    /// The same seed gives the same numbers.
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// A number from 0 up to but not including `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n.max(1)
    }

    /// A rank below `n`, each with a probability close to one over itself.
    pub fn zipf(&mut self, n: u64) -> u64 {
        let unit = self.below(1 << 53) as f64 / (1_u64 << 53) as f64;
        ((n as f64).powf(unit) as u64).min(n - 1)
    }
}
