//! Alerts in a list, page by page, and how many of them are open.

use model::Time;
use rusqlite::{Connection, params};

use super::alert_view::AlertView;
use super::compose::MAX_POST_IDS;
use super::cursor::{Cursor, ListKind};
use crate::store::alert_table;
use crate::store::error::AlertError;
use crate::store::handle::Alerts;

/// Alerts read in one look at the file. Each is composed of its posts, so that a page of many more holds a thread for seconds.
pub const MAX_ALERTS: usize = 1_000;

/// Ids of posts on a page, after which it ends: the alerts of a storm name twenty thousand each.
const MAX_IDS_OF_PAGE: usize = 100_000;

/// Open: not closed, and not quiet. One that people were notified of and nobody has acknowledged stays open, however old it is; another
/// is quiet once its newest post was published before the moment `?1`. The newest post is looked up in an index, not searched for.
const OPEN: &str = "life IN ('raised', 'sent', 'acknowledged', 'in_work')
    AND ((life IN ('raised', 'sent') AND notified_at IS NOT NULL)
        OR coalesce(CASE WHEN story IS NULL THEN (SELECT max(published) FROM alert_post WHERE alert_post.alert = alert.id)
                    ELSE (SELECT max(at) FROM post WHERE post.story = alert.story) END, ?1) >= ?1)";

/// Which alerts to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// Only open ones: neither closed nor quiet.
    pub open: bool,
    /// Opened at or after.
    pub from: Option<Time>,
    /// Opened before.
    pub to: Option<Time>,
}

/// Which part of a list.
#[derive(Debug, Clone)]
pub struct PageRequest {
    /// After which row it begins; none: with the newest alert.
    pub after: Option<Cursor>,
    /// Alerts at most.
    pub limit: usize,
    /// Posts that each alert names at most.
    pub post_ids: usize,
}

/// A part of a list.
#[derive(Debug, Clone)]
pub struct AlertPage {
    /// The alerts, newest first.
    pub alerts: Vec<AlertView>,
    /// Where the next part begins; none: there is no more.
    pub next: Option<Cursor>,
}

impl Alerts {
    /// All alerts that a filter lets through, newest first.
    pub fn list(&self, filter: Filter) -> Result<Vec<AlertView>, AlertError> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = self.page(filter, &PageRequest { after, limit: MAX_ALERTS, post_ids: MAX_POST_IDS })?;
            all.extend(page.alerts);
            after = page.next;
            if after.is_none() {
                return Ok(all);
            }
        }
    }

    /// A page of these alerts, newest first. It may be shorter than asked for; only [`AlertPage::next`] says whether more follow.
    pub fn page(&self, filter: Filter, request: &PageRequest) -> Result<AlertPage, AlertError> {
        let limit = request.limit.clamp(1, MAX_ALERTS);
        self.read(|database| {
            let mut ids = self.ids_of_page(database, filter, request.after.as_ref(), limit + 1)?;
            let mut more = ids.len() > limit;
            ids.truncate(limit);
            let (mut alerts, mut named) = (Vec::<AlertView>::new(), 0);
            for id in ids {
                if named > MAX_IDS_OF_PAGE {
                    more = true;
                    break;
                }
                let Some(alert) = alert_table::load(database, &id)? else { continue };
                let view = self.view_of(database, alert, request.post_ids.min(MAX_POST_IDS))?;
                named += view.post_ids.len();
                alerts.push(view);
            }
            let next = alerts.last().filter(|_| more);
            let next = next.map(|last| Cursor::new(ListKind::Alerts, last.opened_at.as_millisecond(), &last.id));
            Ok(AlertPage { alerts, next })
        })
    }

    /// How many alerts are open.
    pub fn open_count(&self) -> Result<u64, AlertError> {
        let sql = format!("SELECT count(*) FROM alert INDEXED BY alert_life WHERE {OPEN}");
        self.read(|database| Ok(database.prepare_cached(&sql)?.query_row([self.quiet_before()], |row| row.get(0))?))
    }

    fn ids_of_page(
        &self,
        database: &Connection,
        filter: Filter,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<String>, AlertError> {
        // Few alerts are open, whatever their age; all of them are read in the order of their index.
        let (index, condition) = match filter.open {
            true => ("alert_life", OPEN),
            false => ("alert_opened", "?1 IS NOT NULL"),
        };
        let mut select = database.prepare_cached(&format!(
            "SELECT id FROM alert INDEXED BY {index}
             WHERE {condition} AND opened_at >= ?2 AND opened_at < ?3 AND opened_at <= ?4 AND (opened_at < ?4 OR id > ?5)
             ORDER BY opened_at DESC, id LIMIT ?6"
        ))?;
        let from = filter.from.map_or(i64::MIN, Time::as_millisecond);
        let to = filter.to.map_or(i64::MAX, Time::as_millisecond);
        let (at, id) = after.map_or((i64::MAX, ""), |cursor| (cursor.at, cursor.id.as_str()));
        let ids = select.query_map(params![self.quiet_before(), from, to, at, id, limit], |row| row.get(0))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// An alert that nobody waits for is quiet when its newest post was published before this, in milliseconds.
    fn quiet_before(&self) -> i64 {
        self.now().as_millisecond() - self.config().alerts.quiet_after.as_millis() as i64
    }
}
