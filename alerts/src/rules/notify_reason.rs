//! Whether people are to be notified of an alert, and why: a pure decision over what they know and what is now.

use model::Level;

use crate::store::alert::LastNotification;
use crate::stories::story::Size;

/// People are notified again when the voices or sources of an alert have grown by this factor; anything less is an update.
const MUCH_MORE: u64 = 10;

/// Why people are to be notified of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotifyReason {
    /// For the first time.
    First,
    /// Its level rose.
    Level,
    /// Ten times as many voices or sources as at the last notification.
    MuchMore,
}

/// The reason to notify people, if there is one.
pub fn notify_reason(last: Option<LastNotification>, level: Level, size: Size) -> Option<NotifyReason> {
    match last {
        None => Some(NotifyReason::First),
        Some(last) if level > last.level => Some(NotifyReason::Level),
        Some(last)
            if size.voices >= last.voices.max(1) * MUCH_MORE || size.sources >= last.sources.max(1) * MUCH_MORE =>
        {
            Some(NotifyReason::MuchMore)
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use model::Time;

    use super::*;

    #[test]
    fn people_are_notified_first_when_it_gets_worse_and_when_it_is_ten_times_as_large() {
        let at = Time::from_second(1_790_000_000).unwrap();
        let last = |voices, sources| Some(LastNotification { at, level: Level::High, voices, sources });
        let cases = [
            (None, Level::Low, 1, 1, Some(NotifyReason::First)),
            (last(1, 1), Level::High, 9, 9, None),
            (last(1, 1), Level::Critical, 1, 1, Some(NotifyReason::Level)),
            (last(2, 1), Level::High, 20, 1, Some(NotifyReason::MuchMore)),
            (last(3, 2), Level::High, 29, 20, Some(NotifyReason::MuchMore)),
            (last(3, 2), Level::High, 29, 19, None),
            (last(0, 0), Level::High, 10, 0, Some(NotifyReason::MuchMore)),
        ];
        for (last, level, voices, sources, expect) in cases {
            let reason = notify_reason(last, level, Size { voices, sources });
            assert_eq!(reason, expect, "{last:?} {level:?} {voices} {sources}");
        }
    }
}
