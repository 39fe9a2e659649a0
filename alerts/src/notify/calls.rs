//! Calls: whoever was told of a critical alert and has not answered is called, for a message may lie unread beside a telephone.

use config::{Chain, Person};
use jiff::SignedDuration;
use model::{Level, Time};
use rusqlite::{Transaction, params};

use crate::notify::letter::Letter;
use crate::notify::outbox::{Entry, enqueue};
use crate::store::alert::Alert;
use crate::store::error::AlertError;

/// Plans a call to a person who is being told of an alert for a purpose, if one is due where nobody accepts the alert until then.
pub fn plan(
    transaction: &Transaction<'_>,
    (alert, purpose): (&Alert, &str),
    (person, letter): (&Person, &Letter),
    chain: &Chain,
    now: Time,
) -> Result<(), AlertError> {
    let Some(contact) = person.call.as_ref().filter(|_| alert.level == Level::Critical && !alert.state.is_taken())
    else {
        return Ok(());
    };
    let after = SignedDuration::try_from(chain.call_after).unwrap_or(SignedDuration::MAX);
    let entry = Entry {
        alert: Some(&alert.id),
        purpose: &format!("call-{purpose}"),
        person: Some(&person.id),
        // Beyond the person's other addresses, so that none of them is tried in its place: they have the message.
        rank: person.addresses.len(),
        contact,
        level: Some(alert.level),
        letter,
        not_before: now.saturating_add(after).unwrap_or(Time::MAX),
        message_id: None,
    };
    enqueue(transaction, &entry, now)
}

/// Drops the calls whose time has come, for the first time or again, and whose alerts somebody has accepted meanwhile.
pub fn drop_needless(transaction: &Transaction<'_>, now: Time) -> Result<(), AlertError> {
    transaction
        .prepare_cached(
            "UPDATE outbox SET state = 'dropped' WHERE state IN ('pending', 'trying') AND next_at <= ?1 AND channel = 'call'
                AND alert IN (SELECT id FROM alert WHERE life NOT IN ('raised', 'sent'))",
        )?
        .execute(params![now.as_millisecond()])?;
    Ok(())
}
