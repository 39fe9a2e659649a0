//! Messages that are in the outbox already: rendered again, and those that can still be changed where they were received.

use config::{ChannelKind, Contact};
use rusqlite::{Connection, Transaction, params};

use crate::notify::letter::Letter;
use crate::notify::render;
use crate::store::alert_table;
use crate::store::error::AlertError;
use crate::store::handle::Alerts;
use crate::views::compose::MESSAGE_POST_IDS;

/// Renders the messages of an alert again, those that wait and those that were sent: a text that was deleted disappears from both.
pub fn rewrite(alerts: &Alerts, transaction: &Transaction<'_>, id: &str) -> Result<(), AlertError> {
    let Some(alert) = alert_table::load(transaction, id)? else { return Ok(()) };
    let mut select = transaction.prepare_cached("SELECT key, message, person FROM outbox WHERE alert = ?1")?;
    let mut rows = select.query([id])?;
    let mut stored = Vec::new();
    while let Some(row) = rows.next()? {
        stored.push((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, Option<String>>(2)?));
    }
    if stored.is_empty() {
        return Ok(());
    }
    let view = alerts.view_of(transaction, alert, MESSAGE_POST_IDS)?;
    for (key, message, person) in stored {
        let old: Letter =
            serde_json::from_str(&message).map_err(|_| AlertError::Stored(format!("text of message {key}")))?;
        let mut new = render::letter(alerts, &view, &old.heading, person.as_deref());
        // Links that were sent stay valid.
        new.buttons = old.buttons;
        let message = serde_json::to_string(&new).map_err(|error| AlertError::Stored(error.to_string()))?;
        transaction.execute("UPDATE outbox SET message = ?2 WHERE key = ?1", params![key, message])?;
    }
    Ok(())
}

/// Messages of an alert that were accepted and can be changed: person, address, the message's id.
pub fn editable(database: &Connection, alert: &str) -> Result<Vec<(Option<String>, Contact, String)>, AlertError> {
    let mut select = database.prepare_cached(
        "SELECT person, channel, address, message_id FROM outbox
         WHERE alert = ?1 AND state = 'sent' AND message_id IS NOT NULL AND purpose NOT LIKE 'update%' ORDER BY created_at, key",
    )?;
    let mut rows = select.query([alert])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        if let Some(channel) = ChannelKind::parse(&row.get::<_, String>(1)?).filter(|kind| kind.can_edit()) {
            found.push((row.get(0)?, Contact { channel, to: row.get(2)? }, row.get(3)?));
        }
    }
    Ok(found)
}
