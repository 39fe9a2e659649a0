//! How often each source is read when calls are scarce, and what delay that guarantees. Pure.
//!
//! A call to a source finds what was published since the one before, so over a day posts wait in sum `rate · pause / 2`.
//! With `Σ calls / pause` bounded that sum, weighted by risk, is least where the pause is in proportion to
//! `√(calls / (weight · rate))`: a source that posts four times as often is read twice as often.

use std::time::Duration;

const DAY_S: f64 = 24.0 * 3600.0;

/// Bisections of the one unknown: beyond sixty a double has no digits left.
const STEPS: u32 = 60;

/// What a source needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Demand {
    /// Posts a day.
    pub rate: f64,
    /// How risky it is; 1 is usual.
    pub weight: f64,
    /// Calls that one poll takes.
    pub calls: f64,
    /// It is polled no more often than this.
    pub at_least: Duration,
}

/// What there is to spend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Budget {
    /// Calls a day.
    pub per_day: f64,
    /// No source rests longer than this while the calls suffice.
    pub slowest: Duration,
}

/// The pause between two polls of each source.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Allocation {
    /// In the order of the demands.
    pub pauses: Vec<Duration>,
    /// How many of the sources, from the first on, can be read at the slowest allowed pace.
    pub afforded: usize,
}

/// Spreads the calls of a day.
pub(crate) fn allocate(demands: &[Demand], budget: Budget) -> Allocation {
    let slowest = budget.slowest.as_secs_f64();
    let longest = |demand: &Demand| slowest.max(demand.at_least.as_secs_f64());
    let mut needed = 0.0;
    let least: Vec<f64> = demands
        .iter()
        .map(|demand| {
            needed += demand.calls * DAY_S / longest(demand);
            needed
        })
        .collect();
    let afforded = least.iter().filter(|needed| **needed <= budget.per_day).count();
    if afforded < demands.len() {
        let stretch = needed / budget.per_day.max(1.0);
        let pauses = demands.iter().map(|demand| seconds(longest(demand) * stretch)).collect();
        return Allocation { pauses, afforded };
    }
    let pause = |demand: &Demand, scale: f64| {
        let ideal = scale * (demand.calls / (demand.weight * demand.rate).max(f64::MIN_POSITIVE)).sqrt();
        ideal.clamp(demand.at_least.as_secs_f64(), longest(demand))
    };
    let spent = |scale: f64| demands.iter().map(|demand| demand.calls * DAY_S / pause(demand, scale)).sum::<f64>();
    // The least scale that the calls suffice for; at the greatest every source rests as long as it may.
    let (mut low, mut high) = (1e-9_f64, 1e15_f64);
    for _ in 0..STEPS {
        let middle = (low * high).sqrt();
        if spent(middle) <= budget.per_day { high = middle } else { low = middle }
    }
    Allocation { pauses: demands.iter().map(|demand| seconds(pause(demand, high))).collect(), afforded }
}

/// Whole seconds, rounded up: rounded down, the calls would not suffice.
fn seconds(seconds: f64) -> Duration {
    Duration::from_secs(seconds.ceil().clamp(1.0, 1e9) as u64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn demand(rate: f64, weight: f64) -> Demand {
        Demand { rate, weight, calls: 1.0, at_least: 5 * MINUTE }
    }

    fn budget(per_day: f64) -> Budget {
        Budget { per_day, slowest: 360 * MINUTE }
    }

    #[track_caller]
    fn check(demands: &[Demand], per_day: f64, minutes: &[u64], afforded: usize) {
        let allocation = allocate(demands, budget(per_day));
        let found: Vec<u64> = allocation.pauses.iter().map(|pause| pause.as_secs() / 60).collect();
        assert_eq!((found.as_slice(), allocation.afforded), (minutes, afforded));
    }

    #[test]
    fn calls_go_where_posts_and_risks_are() {
        check(&[demand(1.0, 1.0), demand(1.0, 1.0)], 48.0, &[60, 60], 2);
        // Four times the posts, or four times the risk: half the pause.
        check(&[demand(1.0, 1.0), demand(4.0, 1.0), demand(1.0, 4.0)], 60.0, &[120, 60, 60], 3);
        // Nobody is polled more often than he asks for, and what he leaves goes to the others.
        check(&[demand(1e6, 1.0), demand(1.0, 1.0)], 288.0 + 24.0, &[5, 60], 2);
        // A source without posts is read all the same.
        check(&[demand(0.0, 1.0), demand(100.0, 1.0)], 4.0 + 24.0, &[360, 60], 2);
    }

    #[test]
    fn what_cannot_be_afforded_is_said_and_everybody_is_read_less() {
        check(&[demand(1.0, 1.0); 4], 8.0, &[720, 720, 720, 720], 2);
        check(&[], 8.0, &[], 0);
        check(&[demand(1.0, 1.0)], 0.0, &[1440], 0);
    }

    proptest! {
        #[test]
        fn never_more_calls_than_there_are(
            rates in prop::collection::vec((0.0f64..500.0, 0.1f64..10.0, 1.0f64..4.0), 1..80),
            per_day in 10.0f64..20_000.0,
        ) {
            let demands: Vec<Demand> =
                rates.iter().map(|(rate, weight, calls)| Demand { calls: *calls, ..demand(*rate, *weight) }).collect();
            let allocation = allocate(&demands, budget(per_day));
            let spent: f64 = demands.iter().zip(&allocation.pauses).map(|(d, pause)| d.calls * DAY_S / pause.as_secs_f64()).sum();
            prop_assert!(spent <= per_day * 1.000_001, "{spent} of {per_day}");
            for (demand, pause) in demands.iter().zip(&allocation.pauses) {
                prop_assert!(*pause >= demand.at_least);
                prop_assert!(allocation.afforded < demands.len() || *pause <= 361 * MINUTE);
            }
        }

        #[test]
        fn who_posts_more_is_never_read_less(rate in 0.1f64..100.0, more in 1.0f64..50.0, per_day in 10.0f64..2000.0) {
            let allocation = allocate(&[demand(rate, 1.0), demand(rate * more, 1.0)], budget(per_day));
            prop_assert!(allocation.pauses[1] <= allocation.pauses[0]);
        }
    }
}
