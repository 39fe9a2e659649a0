//! When people write.

use jiff::SignedDuration;
use jiff::civil::Weekday;
use model::Time;

use crate::content::Rhythm;
use crate::rng::Rng;
use crate::time::{after, local};

/// A moment at which people of a rhythm write.
pub(super) fn moment(rhythm: Rhythm, from: Time, to: Time, rng: &mut Rng) -> Time {
    const PEOPLE: [u32; 24] = [2, 1, 1, 1, 1, 2, 5, 8, 9, 8, 7, 7, 8, 8, 7, 7, 8, 9, 10, 10, 9, 8, 6, 4];
    const OFFICE: [u32; 24] = [0, 0, 0, 0, 0, 0, 1, 3, 8, 10, 10, 9, 7, 8, 10, 9, 8, 6, 3, 2, 1, 0, 0, 0];
    const BUSIEST: u32 = 10;
    // Enough tries to leave the night; a window that lies in it all the same keeps its last.
    const TRIES: usize = 200;
    let span = to.duration_since(from).as_secs().max(1);
    let mut at = from;
    for _ in 0..TRIES {
        at = after(from, SignedDuration::from_secs(rng.below(span as usize) as i64));
        let there = local(at);
        let hour = usize::from(there.hour().unsigned_abs());
        let weekend = matches!(there.weekday(), Weekday::Saturday | Weekday::Sunday);
        let busy = match rhythm {
            Rhythm::People => PEOPLE[hour],
            Rhythm::Office if weekend => OFFICE[hour] / 3,
            Rhythm::Office => OFFICE[hour],
        };
        if rng.below(BUSIEST as usize) < busy as usize {
            break;
        }
    }
    at
}
