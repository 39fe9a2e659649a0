//! The report at the end of each shift, which goes out even when nothing happened, so that silence means a fault.

use config::PersonRole;
use jiff::ToSpan;
use model::Time;
use rusqlite::{Connection, Transaction};

use crate::notify::letter::Letter;
use crate::notify::shift_report::ShiftReport;
use crate::store::error::AlertError;
use crate::store::handle::Alerts;
use crate::store::{meta, sources_seen};

impl Alerts {
    /// Puts the report of a shift that is over into the outbox, once.
    pub(crate) fn shift_report(&self, transaction: &Transaction<'_>, now: Time) -> Result<(), AlertError> {
        let config = self.config();
        let Some((from, to)) = last_shift(&config.alerts.shift.at, now, config.timezone()) else { return Ok(()) };
        let last = meta::get(transaction, "shift_reported")?.and_then(|at| at.parse::<i64>().ok());
        match last {
            // The first shift to end after the first start: nothing was watched before it.
            None => return meta::set(transaction, "shift_reported", &to.as_second().to_string()),
            Some(last) if last >= to.as_second() => return Ok(()),
            Some(_) => {}
        }
        meta::set(transaction, "shift_reported", &to.as_second().to_string())?;
        let report = self.shift_between(transaction, from, to)?;
        let text = report.text(config.timezone());
        let letter = Letter {
            event: "report".into(),
            subject: text.lines().next().unwrap_or_default().to_owned(),
            payload: serde_json::json!({ "from": report.from, "to": report.to, "posts": report.posts, "seen": report.seen,
                "sources": report.sources, "raised": report.raised, "waiting": report.waiting, "held": report.held }),
            text,
            buttons: Vec::new(),
            attachment: None,
            heading: String::new(),
        };
        let roles: Vec<PersonRole> = config.alerts.shift.to.iter().filter_map(|role| PersonRole::parse(role)).collect();
        self.report(transaction, &format!("shift-{}", to.as_second()), &letter, &roles, now)
    }

    fn shift_between(&self, database: &Connection, from: Time, to: Time) -> Result<ShiftReport, AlertError> {
        let (first, last) = (from.as_second().div_euclid(3600), to.as_second().div_euclid(3600));
        let (from_ms, to_ms) = (from.as_millisecond(), to.as_millisecond());
        let number =
            |sql: &str, values: &[&dyn rusqlite::ToSql]| database.query_row(sql, values, |row| row.get::<_, u64>(0));
        let seen = sources_seen::all(database)?;
        let enabled: Vec<_> = self.config().sources.iter().filter(|source| source.enabled).collect();
        let was_seen = |id: &str| seen.get(id).copied().flatten().is_some_and(|at| at >= from);
        let unseen: Vec<String> =
            enabled.iter().filter(|source| !was_seen(&source.id)).map(|source| source.name.clone()).collect();
        Ok(ShiftReport {
            from,
            to,
            posts: number(
                "SELECT coalesce(sum(posts), 0) FROM taken WHERE hour >= ?1 AND hour < ?2",
                &[&first, &last],
            )?,
            seen: enabled.len() - unseen.len(),
            sources: enabled.len(),
            unseen,
            raised: number("SELECT count(*) FROM alert WHERE opened_at >= ?1 AND opened_at < ?2", &[&from_ms, &to_ms])?,
            waiting: number("SELECT count(*) FROM alert WHERE life = 'sent'", &[])?,
            held: number(
                "SELECT count(DISTINCT alert) FROM suppressed WHERE at >= ?1 AND at < ?2",
                &[&from_ms, &to_ms],
            )?,
            critical_late: number(
                "SELECT count(*) FROM outbox WHERE level = 3 AND state IN ('undelivered', 'unconfirmed')",
                &[],
            )?,
        })
    }
}

/// The last shift that is over: from one of the configured hours to the next.
fn last_shift(hours: &[jiff::civil::Time], now: Time, zone: &jiff::tz::TimeZone) -> Option<(Time, Time)> {
    let today = now.to_zoned_datetime(zone.clone()).date();
    let mut ends: Vec<Time> = (-2..=0)
        .filter_map(|day| today.checked_add(day.days()).ok())
        .flat_map(|date| {
            hours
                .iter()
                .filter_map(move |hour| Some(date.to_datetime(*hour).to_zoned_datetime(zone.clone()).ok()?.timestamp()))
        })
        .filter(|end| *end <= now)
        .collect();
    ends.sort();
    let to = ends.pop()?;
    Some((ends.pop()?, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shift_reaches_from_one_set_hour_to_the_next() {
        let zone = jiff::tz::TimeZone::get("Europe/Moscow").unwrap();
        let hour = |hour| jiff::civil::time(hour, 0, 0, 0);
        let at = |text: &str| text.parse::<Time>().unwrap();
        let night = (at("2026-11-27T17:00:00Z"), at("2026-11-28T05:00:00Z"));
        assert_eq!(last_shift(&[hour(8), hour(20)], at("2026-11-28T05:00:00Z"), &zone), Some(night));
        assert_eq!(last_shift(&[hour(8), hour(20)], at("2026-11-28T16:59:00Z"), &zone), Some(night));
        let day = (at("2026-11-27T05:00:00Z"), at("2026-11-28T05:00:00Z"));
        assert_eq!(last_shift(&[hour(8)], at("2026-11-28T16:59:00Z"), &zone), Some(day));
        assert_eq!(last_shift(&[], at("2026-11-28T16:59:00Z"), &zone), None);
    }
}
