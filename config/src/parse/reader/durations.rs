//! Durations as the files write them: a whole number and a unit.

use std::ops::RangeInclusive;
use std::time::Duration;

/// A duration within bounds, or what is wrong with it.
pub fn duration_within(text: &str, bounds: &RangeInclusive<Duration>) -> Result<Duration, String> {
    let duration = duration(text)
        .ok_or_else(|| format!("{text:?} — не длительность; пишите, например, \"90s\", \"5m\", \"24h\" или \"7d\""))?;
    if bounds.contains(&duration) {
        return Ok(duration);
    }
    let (least, most) = (written(*bounds.start()), written(*bounds.end()));
    Err(format!("{text:?}: допустимо от {least} до {most}"))
}

/// A duration as the file would have it, in the largest unit that fits.
fn written(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let units = [(86400, 'd'), (3600, 'h'), (60, 'm')];
    let fits = units.into_iter().find(|(unit, _)| seconds > 0 && seconds.is_multiple_of(*unit));
    let (unit, letter) = fits.unwrap_or((1, 's'));
    format!("{}{letter}", seconds / unit)
}

fn duration(text: &str) -> Option<Duration> {
    let unit = text.chars().last()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86400,
        _ => return None,
    };
    let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
    number.checked_mul(seconds).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_whole_number_and_a_unit() {
        let cases = [("90s", Some(90)), ("5m", Some(300)), ("24h", Some(86400)), ("7d", Some(604800))];
        let refused = ["", "5", "m", "1.5h", "-1s", "5 m", "5м", "99999999999999999999d", "9999999999999999999d"];
        for (text, seconds) in cases.into_iter().chain(refused.map(|text| (text, None))) {
            assert_eq!(duration(text), seconds.map(Duration::from_secs), "{text:?}");
        }
        for text in ["0s", "90s", "5m", "25h", "7d"] {
            assert_eq!(written(duration(text).unwrap()), text);
        }
    }
}
