//! What is to be sent and what became of it. Decision, text and recipient are stored in one transaction before anything is sent.

use std::time::Duration;

use config::{ChannelKind, Contact};
use model::{Level, Time};
use rusqlite::{Connection, Transaction, params};
use serde::{Deserialize, Serialize};

use crate::book::{POST_IDS_TOLD, time};
use crate::channels::{Attachment, Button, Event, Message, Outcome};
use crate::post::{level_of, rank};
use crate::{AlertError, Alerts, alert, render};

/// The longest pause between two tries: a channel that was down is noticed to be back within this.
const MAX_RETRY_S: u64 = 600;

/// After so many tries that failed, about ten minutes, the person's next address is tried as well.
const TRIES_BEFORE_FAILOVER: u32 = 9;

/// A message that is not critical is given up after so many tries, about four days; a critical one never.
const TRIES_AT_MOST: u32 = 600;

/// Messages taken out at once: each is tried before the next are read.
const DUE_AT_ONCE: usize = 200;

/// A message as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    /// `alert`, `digest` or `report`.
    pub event: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// Label, action and link of each button.
    #[serde(default)]
    pub buttons: Vec<(String, String, Option<String>)>,
    /// For programs.
    #[serde(default)]
    pub payload: serde_json::Value,
    /// Name, media type and content of a file.
    #[serde(default)]
    pub attachment: Option<(String, String, String)>,
    /// How the text is made anew when a post of its alert is deleted.
    #[serde(default)]
    pub heading: String,
}

/// A message waiting to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// The same at every try, so that the receiver can tell a repeat.
    pub key: String,
    /// The alert it is about, if it is about one.
    pub alert: Option<String>,
    /// Why it is sent: `raised`, `level-critical`, `step-1`, `update-3`, `shift`, …
    pub purpose: String,
    /// The person, unless it goes everywhere.
    pub person: Option<String>,
    /// Where to.
    pub contact: Contact,
    /// Which of the person's addresses this is, from 0.
    pub rank: usize,
    /// How bad what it tells of is.
    pub level: Option<Level>,
    /// What it says.
    pub letter: Letter,
    /// Tries so far.
    pub attempts: u32,
    /// What became of the last try is not known.
    pub unknown: bool,
    /// The message that an update changes.
    pub message_id: Option<String>,
}

/// Messages by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxCounts {
    /// Waiting or being tried again.
    pub pending: u64,
    /// Accepted by the channel.
    pub sent: u64,
    /// Sent once, and nobody knows whether it arrived.
    pub unconfirmed: u64,
    /// No address of the person took it.
    pub undelivered: u64,
    /// Of critical alerts: waiting for longer than ten minutes, unconfirmed or undelivered.
    pub critical_late: u64,
}

/// A message to put into the outbox.
pub(crate) struct Entry<'a> {
    pub alert: Option<&'a str>,
    pub purpose: &'a str,
    pub person: Option<&'a str>,
    pub rank: usize,
    pub contact: &'a Contact,
    pub level: Option<Level>,
    pub letter: &'a Letter,
    pub not_before: Time,
    pub message_id: Option<&'a str>,
}

/// What is to happen to a message after a try: a pure decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// It was accepted.
    Sent,
    /// Again after so long, under the same key.
    Again(Duration),
    /// Again, and the person's next address as well.
    AgainAndOther(Duration),
    /// Never here: the person's next address.
    Other,
    /// Once more with the mark «повтор», since the channel has no key.
    Repeat(Duration),
    /// Nobody knows whether it arrived, and it is left so.
    Unconfirmed,
    /// Given up.
    Dropped,
}

/// What follows from the outcome of the try number `attempts`.
pub fn next(outcome: &Outcome, attempts: u32, kind: ChannelKind, is_critical: bool, has_other: bool) -> Next {
    let pause = Duration::from_secs(MAX_RETRY_S.min(1_u64 << attempts.min(20)));
    match outcome {
        Outcome::Accepted { .. } => Next::Sent,
        Outcome::Later { after, .. } => {
            let pause = after.map_or(pause, |after| after.max(Duration::from_secs(1)).min(Duration::from_secs(3600)));
            if attempts >= TRIES_AT_MOST && !is_critical {
                Next::Dropped
            } else if attempts == TRIES_BEFORE_FAILOVER && has_other {
                Next::AgainAndOther(pause)
            } else {
                Next::Again(pause)
            }
        }
        Outcome::Refused { .. } if kind == ChannelKind::Webhook && !has_other => Next::Again(pause),
        Outcome::Refused { .. } => Next::Other,
        Outcome::Unknown { .. } if has_key(kind) => Next::Again(pause),
        Outcome::Unknown { .. } if is_critical => Next::Repeat(pause),
        Outcome::Unknown { .. } => Next::Unconfirmed,
    }
}

/// Whether the receiver can tell a repeat by its key.
fn has_key(kind: ChannelKind) -> bool {
    matches!(kind, ChannelKind::Webhook | ChannelKind::Vk | ChannelKind::Email | ChannelKind::Terminal)
}

impl Delivery {
    /// As a channel takes it.
    pub fn message(&self) -> Message {
        let letter = &self.letter;
        Message {
            key: self.key.clone(),
            to: self.contact.to.clone(),
            event: match letter.event.as_str() {
                "digest" => Event::Digest,
                "report" => Event::Report,
                _ => Event::Alert,
            },
            subject: letter.subject.clone(),
            text: letter.text.clone(),
            html: None,
            buttons: letter
                .buttons
                .iter()
                .map(|(label, action, url)| Button { label: label.clone(), action: action.clone(), url: url.clone() })
                .collect(),
            critical: self.level == Some(Level::Critical),
            repeat: self.unknown,
            payload: letter.payload.clone(),
            attachment: letter.attachment.as_ref().map(|(name, media_type, content)| Attachment {
                name: name.clone(),
                media_type: media_type.clone(),
                content: content.clone().into_bytes(),
            }),
        }
    }
}

impl Alerts {
    /// Messages whose time has come, the worst first, then oldest first.
    pub fn due(&self, now: Time) -> Result<Vec<Delivery>, AlertError> {
        let database = self.database();
        let mut select = database.prepare_cached(
            "SELECT key, alert, purpose, person, channel, address, rank, level, message, attempts, state, message_id FROM outbox
             WHERE state IN ('pending', 'trying') AND next_at <= ?1 ORDER BY coalesce(level, 0) DESC, created_at, key LIMIT ?2",
        )?;
        let mut rows = select.query(params![now.as_millisecond(), DUE_AT_ONCE])?;
        let mut due = Vec::new();
        while let Some(row) = rows.next()? {
            let key: String = row.get(0)?;
            let stored = |what: &str| AlertError::Stored(format!("{what} of message {key}"));
            let channel: String = row.get(4)?;
            due.push(Delivery {
                alert: row.get(1)?,
                purpose: row.get(2)?,
                person: row.get(3)?,
                contact: Contact {
                    channel: ChannelKind::parse(&channel).ok_or_else(|| stored("channel"))?,
                    to: row.get(5)?,
                },
                rank: row.get(6)?,
                level: row.get::<_, Option<i64>>(7)?.map(level_of).transpose()?,
                letter: serde_json::from_str(&row.get::<_, String>(8)?).map_err(|_| stored("text"))?,
                attempts: row.get(9)?,
                // A try that was noted and has no outcome: the process was killed in between.
                unknown: row.get::<_, String>(10)? == "trying",
                message_id: row.get(11)?,
                key,
            });
        }
        Ok(due)
    }

    /// Notes a try before it is made: after a crash in the middle its outcome is unknown, and the same key goes again.
    pub fn note_attempt(&self, key: &str, now: Time) -> Result<(), AlertError> {
        self.database().execute(
            "UPDATE outbox SET attempts = attempts + 1, state = 'trying', next_at = ?2 + min(?3, 1 << min(attempts, 20)) * 1000
             WHERE key = ?1",
            params![key, now.as_millisecond(), MAX_RETRY_S],
        )?;
        Ok(())
    }

    /// Notes what became of a try, and what follows: the person's next address, a system alert, or nothing.
    pub fn note_outcome(&self, delivery: &Delivery, outcome: &Outcome, now: Time) -> Result<Next, AlertError> {
        let attempts = delivery.attempts + 1;
        let other = self.other_address(delivery);
        let is_critical = delivery.level == Some(Level::Critical);
        let mut next = next(outcome, attempts, delivery.contact.channel, is_critical, other.is_some());
        if delivery.purpose.starts_with("update") && !matches!(next, Next::Sent | Next::Again(_)) {
            // What an update says is in the next one too.
            next = Next::Dropped;
        }
        let (detail, message_id) = match outcome {
            Outcome::Accepted { message_id } => (None, message_id.clone()),
            Outcome::Later { reason, .. } | Outcome::Refused { reason } | Outcome::Unknown { reason } => {
                (Some(reason.to_string()), None)
            }
        };
        let mut database = self.database();
        let transaction = database.transaction()?;
        let (state, pause) = match &next {
            Next::Sent => ("sent", Duration::ZERO),
            Next::Again(pause) | Next::AgainAndOther(pause) => ("pending", *pause),
            // Stays marked as tried: the next try says «повтор».
            Next::Repeat(pause) => ("trying", *pause),
            Next::Other if other.is_some() => ("other", Duration::ZERO),
            Next::Other => ("undelivered", Duration::ZERO),
            Next::Unconfirmed => ("unconfirmed", Duration::ZERO),
            Next::Dropped => ("dropped", Duration::ZERO),
        };
        transaction.execute(
            "UPDATE outbox SET state = ?2, detail = ?3, next_at = ?4, message_id = coalesce(?5, message_id) WHERE key = ?1",
            params![delivery.key, state, detail, now.as_millisecond() + pause.as_millis() as i64, message_id],
        )?;
        if matches!(next, Next::Other | Next::AgainAndOther(_)) {
            if let (Some(contact), Some(person)) = (&other, &delivery.person) {
                enqueue(
                    &transaction,
                    &Entry {
                        alert: delivery.alert.as_deref(),
                        purpose: &delivery.purpose,
                        person: Some(person),
                        rank: delivery.rank + 1,
                        contact,
                        level: delivery.level,
                        letter: &delivery.letter,
                        not_before: now,
                        message_id: None,
                    },
                    now,
                )?;
            }
            self.channel_fails(&transaction, delivery, detail.as_deref().unwrap_or_default())?;
        }
        transaction.commit()?;
        Ok(next)
    }

    /// The person's address after the one that was tried.
    fn other_address(&self, delivery: &Delivery) -> Option<Contact> {
        let person = self.config().people.person(delivery.person.as_deref()?)?;
        person.addresses.get(delivery.rank + 1).cloned()
    }

    /// Messages by what became of them.
    pub fn outbox(&self) -> Result<OutboxCounts, AlertError> {
        let database = self.database();
        let count = |states: &str| {
            let sql = format!("SELECT count(*) FROM outbox WHERE state IN ({states})");
            database.prepare_cached(&sql)?.query_row([], |row| row.get::<_, u64>(0))
        };
        let late = self.now().as_millisecond() - (MAX_RETRY_S * 1000) as i64;
        let critical_late = database.query_row(
            "SELECT count(*) FROM outbox JOIN alert ON alert.id = outbox.alert
             WHERE outbox.level = ?1 AND alert.life IN ('raised', 'sent') AND (outbox.state IN ('unconfirmed', 'undelivered')
                OR (outbox.state IN ('pending', 'trying') AND outbox.created_at < ?2))",
            params![rank(Level::Critical), late],
            |row| row.get(0),
        )?;
        Ok(OutboxCounts {
            pending: count("'pending', 'trying'")?,
            sent: count("'sent'")?,
            unconfirmed: count("'unconfirmed'")?,
            undelivered: count("'undelivered'")?,
            critical_late,
        })
    }
}

/// Puts a message into the outbox. Its key says what it is, so that deciding the same again adds nothing.
pub(crate) fn enqueue(transaction: &Transaction<'_>, entry: &Entry<'_>, now: Time) -> Result<(), AlertError> {
    let parts = [entry.alert, Some(entry.purpose), entry.person, Some(entry.contact.channel.as_str())];
    let mut key = parts.into_iter().flatten().collect::<Vec<_>>().join(":");
    if entry.rank > 0 {
        key = format!("{key}:{}", entry.rank);
    }
    let message = serde_json::to_string(entry.letter).map_err(|error| AlertError::Stored(error.to_string()))?;
    transaction
        .prepare_cached(
            "INSERT INTO outbox (key, alert, purpose, person, channel, address, rank, level, message, created_at, attempts, next_at,
                state, message_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, ?11, 'pending', ?12) ON CONFLICT (key) DO NOTHING",
        )?
        .execute(params![
            key,
            entry.alert,
            entry.purpose,
            entry.person,
            entry.contact.channel.as_str(),
            entry.contact.to,
            entry.rank,
            entry.level.map(rank),
            message,
            now.as_millisecond(),
            entry.not_before.as_millisecond().max(now.as_millisecond()),
            entry.message_id,
        ])?;
    Ok(())
}

/// Makes the messages of an alert anew: a deleted text leaves what waits and what was sent.
pub(crate) fn rewrite(alerts: &Alerts, transaction: &Transaction<'_>, id: &str) -> Result<(), AlertError> {
    let Some(alert) = alert::load(transaction, id)? else { return Ok(()) };
    let mut select = transaction.prepare_cached("SELECT key, message, person FROM outbox WHERE alert = ?1")?;
    let mut rows = select.query([id])?;
    let mut stored = Vec::new();
    while let Some(row) = rows.next()? {
        stored.push((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, Option<String>>(2)?));
    }
    if stored.is_empty() {
        return Ok(());
    }
    let view = alerts.view_of(transaction, alert, POST_IDS_TOLD)?;
    for (key, message, person) in stored {
        let old: Letter =
            serde_json::from_str(&message).map_err(|_| AlertError::Stored(format!("text of message {key}")))?;
        let mut new = render::letter(alerts, &view, &old.heading, person.as_deref());
        // A link that was sent stays what it is.
        new.buttons = old.buttons;
        let message = serde_json::to_string(&new).map_err(|error| AlertError::Stored(error.to_string()))?;
        transaction.execute("UPDATE outbox SET message = ?2 WHERE key = ?1", params![key, message])?;
    }
    Ok(())
}

/// Messages of an alert that were accepted and can be changed: person, address, the message's id.
pub(crate) fn changeable(
    database: &Connection,
    alert: &str,
) -> Result<Vec<(Option<String>, Contact, String)>, AlertError> {
    let mut select = database.prepare_cached(
        "SELECT person, channel, address, message_id FROM outbox
         WHERE alert = ?1 AND state = 'sent' AND message_id IS NOT NULL AND channel IN ('telegram', 'max') AND purpose NOT LIKE 'update%'
         ORDER BY created_at, key",
    )?;
    let mut rows = select.query([alert])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let channel = ChannelKind::parse(&row.get::<_, String>(1)?).unwrap_or(ChannelKind::Terminal);
        found.push((row.get(0)?, Contact { channel, to: row.get(2)? }, row.get(3)?));
    }
    Ok(found)
}

/// What became of an alert's messages, in words of `deliveries` in [`crate::AlertView`].
pub(crate) fn deliveries_of(database: &Connection, alert: &str) -> Result<Vec<String>, AlertError> {
    let mut select = database.prepare_cached(
        "SELECT channel, person, state, attempts, next_at, detail FROM outbox WHERE alert = ?1 AND purpose NOT LIKE 'update%'
         ORDER BY created_at, key",
    )?;
    let mut rows = select.query([alert])?;
    let mut deliveries = Vec::new();
    while let Some(row) = rows.next()? {
        let (channel, person): (String, Option<String>) = (row.get(0)?, row.get(1)?);
        let (state, attempts): (String, u32) = (row.get(2)?, row.get(3)?);
        let to = person.map_or(channel.clone(), |person| format!("{channel} {person}"));
        deliveries.push(match (state.as_str(), attempts) {
            ("pending" | "trying", 0) => format!("{to}: pending"),
            ("pending" | "trying", tries) => {
                format!("{to}: pending, {tries} attempts, next at {}", time(row.get(4)?)?)
            }
            (state, _) => match row.get::<_, Option<String>>(5)? {
                Some(detail) if state != "sent" => format!("{to}: {state}, {detail}"),
                _ => format!("{to}: {state}"),
            },
        });
    }
    Ok(deliveries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_an_outcome() {
        let s = Duration::from_secs;
        let accepted = Outcome::Accepted { message_id: None };
        let later = Outcome::Later {
            after: None,
            reason: crate::channels::Reason { name: "down", words: "нет связи".into() },
        };
        let wait = Outcome::Later {
            after: Some(s(30)),
            reason: crate::channels::Reason { name: "429", words: "чаще нельзя".into() },
        };
        let refused = Outcome::Refused {
            reason: crate::channels::Reason { name: "blocked", words: "бот заблокирован".into() },
        };
        let unknown = Outcome::Unknown {
            reason: crate::channels::Reason { name: "lost", words: "ответ потерян".into() },
        };
        use ChannelKind::{Email, Telegram, Webhook};
        let cases = [
            (&accepted, 1, Telegram, false, true, Next::Sent),
            (&later, 1, Telegram, false, true, Next::Again(s(2))),
            (&later, 9, Telegram, false, true, Next::AgainAndOther(s(512))),
            (&later, 9, Telegram, false, false, Next::Again(s(512))),
            (&later, 20, Telegram, false, true, Next::Again(s(600))),
            (&later, 600, Telegram, false, true, Next::Dropped),
            (&later, 600, Telegram, true, true, Next::Again(s(600))),
            (&wait, 1, Telegram, false, true, Next::Again(s(30))),
            (&refused, 1, Telegram, true, true, Next::Other),
            (&refused, 1, Webhook, true, false, Next::Again(s(2))),
            (&unknown, 1, Telegram, true, true, Next::Repeat(s(2))),
            (&unknown, 1, Telegram, false, true, Next::Unconfirmed),
            (&unknown, 1, Email, false, true, Next::Again(s(2))),
            (&unknown, 1, Webhook, true, false, Next::Again(s(2))),
        ];
        for (outcome, attempts, kind, critical, other, expect) in cases {
            assert_eq!(next(outcome, attempts, kind, critical, other), expect, "{outcome:?} {attempts} {kind:?}");
        }
    }
}
