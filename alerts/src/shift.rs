//! The sign of life: a report at set hours that goes out even when nothing happened.

use config::PersonRole;
use jiff::ToSpan;
use model::Time;
use rusqlite::{Connection, Transaction};

use crate::audit::{self, OTKLIK, Record};
use crate::book::{meta, set_meta};
use crate::outbox::{self, Entry, Letter};
use crate::watch::seen_sources;
use crate::{AlertError, Alerts};

/// What a shift was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftReport {
    /// Its span.
    pub from: Time,
    /// See `from`.
    pub to: Time,
    /// Posts read in it.
    pub posts: u64,
    /// Sources that were seen in it.
    pub seen: usize,
    /// Sources that were to be seen.
    pub sources: usize,
    /// Names of those that were not.
    pub unseen: Vec<String>,
    /// Alerts raised in it.
    pub raised: u64,
    /// Alerts that were told and that nobody has acknowledged.
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

impl Alerts {
    /// Puts the report of a shift that is over into the outbox, once.
    pub(crate) fn shift_report(&self, transaction: &Transaction<'_>, now: Time) -> Result<(), AlertError> {
        let config = self.config();
        let Some((from, to)) = last_shift(&config.alerts.shift.at, now, config.timezone()) else { return Ok(()) };
        let last = meta(transaction, "shift_reported")?.and_then(|at| at.parse::<i64>().ok());
        match last {
            // The first shift that is over after the first start: before it nothing was watched.
            None => return set_meta(transaction, "shift_reported", &to.as_second().to_string()),
            Some(last) if last >= to.as_second() => return Ok(()),
            Some(_) => {}
        }
        set_meta(transaction, "shift_reported", &to.as_second().to_string())?;
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

    /// Puts a report into the outbox for everybody of some roles who has an address.
    pub(crate) fn report(
        &self,
        transaction: &Transaction<'_>,
        purpose: &str,
        letter: &Letter,
        roles: &[PersonRole],
        now: Time,
    ) -> Result<(), AlertError> {
        let people = &self.config().people;
        for person in roles.iter().flat_map(|role| people.with_role(*role)) {
            let Some(contact) = person.addresses.first() else { continue };
            let entry = Entry {
                alert: None,
                purpose,
                person: Some(&person.id),
                rank: 0,
                contact,
                level: None,
                letter,
                not_before: now,
                message_id: None,
            };
            outbox::enqueue(transaction, &entry, now)?;
        }
        audit::append(transaction, &Record { at: now, who: OTKLIK, what: "reported", subject: purpose, detail: "" })
    }

    /// The day of the digest that was put into the outbox last.
    pub fn digest_sent(&self) -> Result<Option<String>, AlertError> {
        meta(&self.database(), "digest_sent")
    }

    /// Puts the digest of a day into the outbox: to every address of whoever is the head, since a page read nowhere is none.
    pub fn send_digest(&self, day: &str, letter: &Letter) -> Result<(), AlertError> {
        let now = self.now();
        let mut database = self.database();
        let transaction = database.transaction()?;
        let purpose = format!("digest-{day}");
        for person in self.config().people.with_role(PersonRole::Head) {
            for (rank, contact) in person.addresses.iter().enumerate() {
                let entry = Entry {
                    alert: None,
                    purpose: &purpose,
                    person: Some(&person.id),
                    rank,
                    contact,
                    level: None,
                    letter,
                    not_before: now,
                    message_id: None,
                };
                outbox::enqueue(&transaction, &entry, now)?;
            }
        }
        set_meta(&transaction, "digest_sent", day)?;
        audit::append(&transaction, &Record { at: now, who: OTKLIK, what: "reported", subject: &purpose, detail: "" })?;
        Ok(transaction.commit()?)
    }

    fn shift_between(&self, database: &Connection, from: Time, to: Time) -> Result<ShiftReport, AlertError> {
        let (first, last) = (from.as_second().div_euclid(3600), to.as_second().div_euclid(3600));
        let (from_ms, to_ms) = (from.as_millisecond(), to.as_millisecond());
        let number =
            |sql: &str, values: &[&dyn rusqlite::ToSql]| database.query_row(sql, values, |row| row.get::<_, u64>(0));
        let seen = seen_sources(database)?;
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

/// The last shift that is over: from one set hour to the next.
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
