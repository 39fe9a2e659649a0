//! Silences, known causes and what they held back, as people see them.

use model::Time;
use rusqlite::Connection;

use super::cursor::{Cursor, ListKind};
use crate::silences::hold::{self, Suppressed};
use crate::silences::known_cause::{self, KnownCause};
use crate::silences::silence::{self, Silence};
use crate::store::alert_table;
use crate::store::error::AlertError;
use crate::store::handle::Alerts;

/// Rows read in one look at the file; of each alert that was held back the headline is composed.
pub const MAX_ROWS: usize = 1_000;

/// A page of three lists, one after the other: silences and causes newest first, what they held back oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QuietPage {
    /// Silences, with those that ended.
    pub silences: Vec<Silence>,
    /// Known causes, with those that ended.
    pub causes: Vec<KnownCause>,
    /// What was held back.
    pub suppressed: Vec<Suppressed>,
    /// Where the next page begins; none: there is no more.
    pub next: Option<Cursor>,
}

impl Alerts {
    /// What was held back since a moment, oldest first.
    pub fn suppressed(&self, from: Time, to: Time) -> Result<Vec<Suppressed>, AlertError> {
        self.read(|database| self.with_headlines(database, hold::suppressed(database, (from, to), None, usize::MAX)?))
    }

    /// A page of silences, known causes and what was held back since a moment.
    pub fn quiet(
        &self,
        (from, to): (Time, Time),
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<QuietPage, AlertError> {
        let limit = limit.clamp(1, MAX_ROWS);
        self.read(|database| {
            let mut page = QuietPage::default();
            let begins = |list: ListKind| after.is_none_or(|cursor| cursor.list <= list);
            let within = |list: ListKind| after.filter(|cursor| cursor.list == list);
            let mut left = limit + 1;
            if begins(ListKind::Silences) {
                let all = silence::select(database, None)?;
                let key = |row: &Silence| (row.from, row.id.clone());
                page.silences = part(all, within(ListKind::Silences), key, left);
                left -= page.silences.len();
            }
            if begins(ListKind::Causes) {
                let all = known_cause::select(database, None)?;
                let key = |row: &KnownCause| (row.from, row.id.clone());
                page.causes = part(all, within(ListKind::Causes), key, left);
                left -= page.causes.len();
            }
            if left > 0 {
                let after = within(ListKind::Suppressed).map(|cursor| (cursor.at, cursor.id.as_str()));
                page.suppressed = hold::suppressed(database, (from, to), after, left)?;
                left -= page.suppressed.len();
            }
            if left == 0 {
                page.drop_last();
                page.next = page.last_row();
            }
            page.suppressed = self.with_headlines(database, page.suppressed)?;
            Ok(page)
        })
    }

    /// Each under the headline that its alert has now.
    fn with_headlines(&self, database: &Connection, mut held: Vec<Suppressed>) -> Result<Vec<Suppressed>, AlertError> {
        for row in &mut held {
            if let Some(alert) = alert_table::load(database, &row.alert)? {
                row.headline = self.view_of(database, alert, 0)?.headline;
            }
        }
        Ok(held)
    }
}

impl QuietPage {
    /// Takes off the row that was only read to learn whether there is one.
    fn drop_last(&mut self) {
        let _ = self.suppressed.pop().is_some() || self.causes.pop().is_some() || self.silences.pop().is_some();
    }

    fn last_row(&self) -> Option<Cursor> {
        let of = |list, at: Time, id: &str| Cursor::new(list, at.as_millisecond(), id);
        let held = self.suppressed.last().map(|row| of(ListKind::Suppressed, row.at, &row.alert));
        let cause = || self.causes.last().map(|row| of(ListKind::Causes, row.from, &row.id));
        held.or_else(cause).or_else(|| self.silences.last().map(|row| of(ListKind::Silences, row.from, &row.id)))
    }
}

/// The rows after a cursor, of a list that people make by hand and whose newest come first.
fn part<T>(all: Vec<T>, after: Option<&Cursor>, key: impl Fn(&T) -> (Time, String), limit: usize) -> Vec<T> {
    let follows = |row: &T| {
        let (at, id) = key(row);
        after.is_none_or(|cursor| {
            let at = at.as_millisecond();
            at < cursor.at || (at == cursor.at && id > cursor.id)
        })
    };
    all.into_iter().filter(follows).take(limit).collect()
}
