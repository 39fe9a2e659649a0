//! Chance from a seed: the same world on every machine and in every build.

/// SplitMix64 (Steele, Lea, Flood 2014): small, and its sequence will never change under us as a library's may.
#[derive(Debug, Clone)]
pub(crate) struct Rng(u64);

impl Rng {
    /// A stream of its own for each `part`, so that a new template in one part does not reshuffle the others.
    pub(crate) fn new(seed: u64, part: &str) -> Rng {
        Rng(seed ^ hash(part.as_bytes()))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// From 0 up to and without `n`; 0 where `n` is 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { (self.next() % n as u64) as usize }
    }

    /// Both ends included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(1) as usize) as i64
    }

    /// From 0 up to and without 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of a slice that is not empty.
    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}

/// FNV-1a with a final mix: short keys spread over all bits.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    mix(bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)))
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Deals items in a shuffled order and shuffles again when all were dealt, so that no text repeats while others wait.
#[derive(Debug, Default)]
pub(crate) struct Deck(Vec<usize>);

impl Deck {
    /// The index of the next of `size` items.
    pub(crate) fn deal(&mut self, size: usize, rng: &mut Rng) -> usize {
        if self.0.is_empty() {
            self.0 = (0..size).collect();
            rng.shuffle(&mut self.0);
        }
        self.0.pop().unwrap_or(0)
    }
}
