//! What of the rules matched.

/// Positions of the words that matched, sorted.
pub type Positions = Vec<u32>;

/// The topics and places that matched, each list in the order of the configuration.
pub struct TopicAndPlaceHits {
    /// Topics by number, without those excepted: the positions of each match.
    pub topics: Vec<(usize, Vec<Positions>)>,
    /// Places by number: the positions of each match.
    pub places: Vec<(usize, Vec<Positions>)>,
    /// Places by number that may be meant, while others may be as well.
    pub unsure: Vec<(usize, Vec<Positions>)>,
}

/// Adds a match to the list of its owner; matches come in the order of the configuration.
pub(super) fn push(owners: &mut Vec<(usize, Vec<Positions>)>, owner: usize, positions: Positions) {
    match owners.last_mut() {
        Some((last, matches)) if *last == owner => matches.push(positions),
        _ => owners.push((owner, vec![positions])),
    }
}
