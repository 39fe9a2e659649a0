//! How long a slow peer is waited for.

use std::time::Duration;

/// Whoever moves this many bytes is waited for anew: a slow line is none that is dead.
pub const PIECE: usize = 64 * 1024;

/// What is left of the time that a peer may keep us waiting for one [`PIECE`]. Only waiting counts: a peer whom we keep waiting loses nothing.
#[derive(Debug)]
pub struct Patience {
    limit: Duration,
    waited: Duration,
    moved: usize,
}

impl Patience {
    pub fn new(limit: Duration) -> Patience {
        Patience { limit, waited: Duration::ZERO, moved: 0 }
    }

    /// How much longer it may last.
    pub fn left(&self) -> Duration {
        self.limit.saturating_sub(self.waited)
    }

    /// The peer moved bytes after it was waited for.
    pub fn moved(&mut self, bytes: usize, waited: Duration) {
        self.waited += waited;
        self.moved += bytes;
        if self.moved >= PIECE {
            *self = Patience::new(self.limit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_trickle_uses_it_up_and_a_piece_gives_it_back() {
        let mut patience = Patience::new(10 * SECOND);
        patience.moved(1, 4 * SECOND);
        patience.moved(1, 5 * SECOND);
        assert_eq!(patience.left(), SECOND);
        patience.moved(PIECE, SECOND / 2);
        assert_eq!(patience.left(), 10 * SECOND);
        patience.moved(1, 60 * SECOND);
        assert_eq!(patience.left(), Duration::ZERO);
    }
}
