//! What became of the messages of an alert.

use rusqlite::{Connection, params};

use crate::store::columns::time;
use crate::store::error::AlertError;

/// Messages shown with an alert, the newest of them: one that goes round the top of the chain for weeks has thousands.
const SHOWN: usize = 500;

/// One line for each message of an alert, as [`deliveries`](crate::AlertView::deliveries) shows them.
pub fn of_alert(database: &Connection, alert: &str) -> Result<Vec<String>, AlertError> {
    let mut select = database.prepare_cached(
        "SELECT channel, person, state, attempts, next_at, detail FROM outbox WHERE alert = ?1 AND purpose NOT LIKE 'update%'
         ORDER BY created_at DESC, key DESC LIMIT ?2",
    )?;
    let mut rows = select.query(params![alert, SHOWN])?;
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
    deliveries.reverse();
    Ok(deliveries)
}
