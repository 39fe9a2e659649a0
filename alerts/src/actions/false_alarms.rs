//! How often rules raise alerts that turn out to be nothing.

use model::Time;
use rusqlite::params;

use crate::store::alert_state::AlertState;
use crate::store::error::AlertError;
use crate::store::handle::Alerts;

impl Alerts {
    /// Rules by their false alarms, the noisiest first: rule, false alarms, alerts in all.
    pub fn noisiest_rules(&self, from: Time) -> Result<Vec<(String, u64, u64)>, AlertError> {
        self.read(|database| {
            let mut select = database.prepare_cached(
                "SELECT rule, sum(life = ?2), count(*) FROM alert WHERE opened_at >= ?1 GROUP BY rule
                 ORDER BY sum(life = ?2) DESC, count(*) DESC, rule",
            )?;
            let rows = select.query_map(params![from.as_millisecond(), AlertState::FalseAlarm.as_str()], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
