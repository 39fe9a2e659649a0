//! Percentiles of measured times.

use std::time::Duration;

/// The median and the 99th percentile of latencies, in milliseconds.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Percentiles {
    /// Half were faster.
    pub p50: f64,
    /// All but one in a hundred were faster.
    pub p99: f64,
}

impl Percentiles {
    /// Of measured times, in any order.
    pub fn of(times: &mut [Duration]) -> Percentiles {
        times.sort_unstable();
        let at = |share: f64| {
            let last = times.len().saturating_sub(1);
            times.get((last as f64 * share).round() as usize).map_or(0.0, |time| time.as_secs_f64() * 1e3)
        };
        Percentiles { p50: at(0.5), p99: at(0.99) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_do_not_depend_on_the_order_and_of_nothing_are_zero() {
        let mut times: Vec<Duration> = (0..=100).rev().map(Duration::from_millis).collect();
        let of_times = Percentiles::of(&mut times);
        assert_eq!((of_times.p50, of_times.p99), (50.0, 99.0));
        let of_nothing = Percentiles::of(&mut []);
        assert_eq!((of_nothing.p50, of_nothing.p99), (0.0, 0.0));
    }
}
