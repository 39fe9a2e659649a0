//! What happened in a shift, in words.

use model::Time;

/// What happened in a shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftReport {
    /// When it began.
    pub from: Time,
    /// When it ended.
    pub to: Time,
    /// Posts read in it.
    pub posts: u64,
    /// Sources that were seen in it.
    pub seen: usize,
    /// Sources that should have been.
    pub sources: usize,
    /// Names of those that were not seen.
    pub unseen: Vec<String>,
    /// Alerts raised in it.
    pub raised: u64,
    /// Alerts that people were notified of and nobody has acknowledged.
    pub waiting: u64,
    /// Alerts held back in it.
    pub held: u64,
    /// Critical messages that did not arrive.
    pub critical_late: u64,
}

impl ShiftReport {
    /// In words: «за ночь: 214 публикаций, источников видно 41 из 43, тревог 0».
    pub fn text(&self, zone: &jiff::tz::TimeZone) -> String {
        let local = |time: Time| time.to_zoned_datetime(zone.clone()).strftime("%d.%m %H:%M").to_string();
        let mut lines = vec![format!(
            "С {} по {}: {} публикаций, источников видно {} из {}, тревог {}",
            local(self.from),
            local(self.to),
            self.posts,
            self.seen,
            self.sources,
            self.raised
        )];
        if self.waiting > 0 {
            lines.push(format!("Ждут, чтобы их приняли: {}", self.waiting));
        }
        if self.held > 0 {
            lines.push(format!("Сдержано тишиной и известными причинами: {}", self.held));
        }
        if self.critical_late > 0 {
            lines.push(format!("⚠ НЕ ДОСТАВЛЕНО критических сообщений: {}", self.critical_late));
        }
        if !self.unseen.is_empty() {
            lines.push(format!("Не видно: {}", self.unseen.join(", ")));
        }
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_that_nothing_happened() {
        let zone = jiff::tz::TimeZone::UTC;
        let at = |text: &str| text.parse::<Time>().unwrap();
        let report = ShiftReport {
            from: at("2026-11-27T20:00:00Z"),
            to: at("2026-11-28T08:00:00Z"),
            posts: 214,
            seen: 41,
            sources: 43,
            unseen: vec!["Портал".into(), "Канал".into()],
            raised: 0,
            waiting: 0,
            held: 0,
            critical_late: 0,
        };
        let expect = "С 27.11 20:00 по 28.11 08:00: 214 публикаций, источников видно 41 из 43, тревог 0\nНе видно: Портал, Канал";
        assert_eq!(report.text(&zone), expect);
    }
}
