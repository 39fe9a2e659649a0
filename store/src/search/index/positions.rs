//! The positions in the journal that a commit carries.

use journal::Checkpoint;
use serde::{Deserialize, Serialize};

/// Everything before them is in the index.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(in crate::search) struct Positions {
    /// In the stream of tagged posts.
    pub tagged: Checkpoint,
    /// In the stream of corrections.
    pub corrections: Checkpoint,
}

impl Positions {
    /// Takes the greater of both.
    pub fn merge(&mut self, other: &Positions) {
        self.tagged.merge(&other.tagged);
        self.corrections.merge(&other.corrections);
    }

    /// Reads them from a commit. Earlier builds knew no corrections, and wrote the position in the tagged posts alone.
    pub fn read(json: &str) -> serde_json::Result<Positions> {
        serde_json::from_str::<Checkpoint>(json)
            .map(|tagged| Positions { tagged, corrections: Checkpoint::default() })
            .or_else(|_| serde_json::from_str(json))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_position_that_an_earlier_build_wrote_is_read() {
        let positions = Positions { tagged: Checkpoint::at(7), corrections: Checkpoint::at(3) };
        assert_eq!(Positions::read(&serde_json::to_string(&positions).unwrap()).unwrap(), positions);
        let earlier = Positions { tagged: Checkpoint([(0, 7), (1, 9)].into()), ..Positions::default() };
        assert_eq!(Positions::read(r#"{"0":7,"1":9}"#).unwrap(), earlier);
        assert!(Positions::read("{").is_err());
    }
}
