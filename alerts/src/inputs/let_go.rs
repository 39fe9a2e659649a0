//! What is older than what is kept, out of the file: closed alerts with all that was told of them, posts, stories, counts.
//!
//! Open alerts stay, with their posts. So do tombstones, which say nothing, and the audit.

use std::collections::BTreeSet;

use model::Time;
use rusqlite::{Connection, Transaction, params};

use crate::notify::outbox;
use crate::rules::baseline;
use crate::store::audit::{self, OTKLIK, Record};
use crate::store::error::AlertError;
use crate::store::handle::Alerts;
use crate::store::post::StoredPost;
use crate::store::writer::Writer;
use crate::store::{alert_table, meta, post_table};
use crate::stories::alert_members::{alerts_holding, count_out};
use crate::stories::sums;

/// Alerts or posts removed in one transaction: whoever wants to write meanwhile waits for one of them.
const BATCH: usize = 100;

/// The name under which the file keeps up to when it was emptied last.
const EMPTIED_BEFORE: &str = "emptied_before";

const CLOSED: &str = "life IN ('resolved', 'false_alarm', 'gone', 'merged')";

/// What was removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LetGo {
    /// Closed alerts.
    pub alerts: usize,
    /// Posts that no open alert holds.
    pub posts: usize,
}

impl Alerts {
    /// Removes what is older than a time, in small steps between which others write. The first time for each such time the audit gets an
    /// entry. Blocks.
    pub fn let_go(&self, before: Time) -> Result<LetGo, AlertError> {
        let (mut gone, at) = (LetGo::default(), before.as_millisecond());
        loop {
            let alerts = self.step(|transaction| remove_alerts(transaction, at))?;
            gone.alerts += alerts;
            if alerts < BATCH {
                break;
            }
        }
        let mut after = (i64::MIN, String::new());
        loop {
            let posts = self.step(|transaction| self.remove_posts(transaction, at, &after))?;
            gone.posts += posts.len();
            let Some(last) = posts.last().filter(|_| posts.len() == BATCH) else { break };
            after = (last.at, last.id.to_string());
        }
        self.step(|transaction| {
            remove_the_rest(transaction, at)?;
            note(transaction, before, gone, self.now())
        })?;
        // What the detector keeps in memory must be read again.
        self.note_post_moved();
        Ok(gone)
    }

    fn step<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, AlertError>) -> Result<T, AlertError> {
        let mut database = self.database();
        let transaction = database.transaction()?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Writer::hand_over(database);
        Ok(done)
    }

    /// Takes posts that no open alert holds out of everything that counts them. Returns them; an empty alert or story keeps its name.
    fn remove_posts(
        &self,
        transaction: &Transaction<'_>,
        before: i64,
        after: &(i64, String),
    ) -> Result<Vec<StoredPost>, AlertError> {
        let posts = older_posts(transaction, before, after)?;
        let (mut stories, mut alerts) = (BTreeSet::new(), BTreeSet::new());
        for post in &posts {
            alerts.extend(alert_table::of_post(transaction, post)?);
            for alert in alerts_holding(transaction, &post.id)? {
                count_out(transaction, &alert, post)?;
            }
            if let Some(story) = &post.story {
                sums::uncount(transaction, story, post)?;
                stories.insert(story.clone());
            }
            for (table, column) in
                [("alert_post", "post"), ("correction", "post"), ("tag_correction", "post"), ("post", "id")]
            {
                let sql = format!("DELETE FROM {table} WHERE {column} = ?1");
                transaction.prepare_cached(&sql)?.execute([post.id.as_str()])?;
            }
        }
        stories.iter().try_for_each(|story| sums::refresh(transaction, story))?;
        alerts.iter().try_for_each(|alert| outbox::rewrite(self, transaction, alert))?;
        Ok(posts)
    }
}

/// The next posts in their order of publication that no open alert holds.
fn older_posts(database: &Connection, before: i64, after: &(i64, String)) -> Result<Vec<StoredPost>, AlertError> {
    let columns = post_table::COLUMNS;
    let mut select = database.prepare_cached(&format!(
        "SELECT {columns} FROM post WHERE at < ?1 AND at >= ?2 AND (at, id) > (?2, ?3) AND story IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM alert WHERE alert.story = post.story AND NOT {CLOSED})
            AND NOT EXISTS (SELECT 1 FROM alert_post JOIN alert ON alert.id = alert_post.alert
                            WHERE alert_post.post = post.id AND NOT {CLOSED})
         ORDER BY at, id LIMIT ?4"
    ))?;
    let mut rows = select.query(params![before, after.0, after.1, BATCH])?;
    let mut posts = Vec::new();
    while let Some(row) = rows.next()? {
        posts.push(post_table::read(row)?);
    }
    Ok(posts)
}

/// Removes closed alerts all of whose posts are older, and those without posts to which nothing came since, with the messages about them.
/// Returns how many.
fn remove_alerts(transaction: &Transaction<'_>, before: i64) -> Result<usize, AlertError> {
    let sql = format!(
        "SELECT id FROM alert WHERE {CLOSED} AND coalesce(
            (SELECT last FROM story WHERE story.id = alert.story),
            (SELECT max(published) FROM alert_post WHERE alert_post.alert = alert.id),
            updated_at) < ?1 ORDER BY id LIMIT ?2"
    );
    let mut select = transaction.prepare_cached(&sql)?;
    let ids: Vec<String> = select.query_map(params![before, BATCH], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for id in &ids {
        for (table, column) in [
            ("outbox", "alert"),
            ("suppressed", "alert"),
            ("alert_post", "alert"),
            ("alert_size", "alert"),
            ("member", "story"),
            ("burst", "alert"),
            ("alert", "id"),
        ] {
            transaction.prepare_cached(&format!("DELETE FROM {table} WHERE {column} = ?1"))?.execute([id])?;
        }
    }
    Ok(ids.len())
}

/// Removes what belongs to nothing any more, and counts by hour.
fn remove_the_rest(transaction: &Transaction<'_>, before: i64) -> Result<(), AlertError> {
    for sql in [
        "DELETE FROM story WHERE last < ?1 AND id NOT IN (SELECT story FROM alert WHERE story IS NOT NULL)
            AND NOT EXISTS (SELECT 1 FROM post WHERE post.story = story.id)",
        "DELETE FROM outbox WHERE alert IS NULL AND created_at < ?1 AND state NOT IN ('pending', 'trying')",
        "DELETE FROM silence WHERE coalesce(ended_at, until) < ?1",
        "DELETE FROM cause WHERE coalesce(ended_at, until) < ?1",
    ] {
        transaction.execute(sql, [before])?;
    }
    let hour = before.div_euclid(3_600_000);
    for sql in ["DELETE FROM growth WHERE hour < ?1", "DELETE FROM taken WHERE hour < ?1"] {
        transaction.execute(sql, [hour])?;
    }
    for sql in [
        "DELETE FROM member WHERE story NOT IN (SELECT id FROM story) AND story NOT IN (SELECT alert FROM alert_size)",
        "DELETE FROM merged WHERE into_story NOT IN (SELECT id FROM story) AND into_story NOT IN (SELECT story FROM merged)",
    ] {
        transaction.execute(sql, [])?;
    }
    baseline::let_go(transaction, before)
}

/// Enters into the audit that the file was emptied up to a time, once.
fn note(transaction: &Transaction<'_>, before: Time, gone: LetGo, now: Time) -> Result<(), AlertError> {
    let before = before.to_string();
    if meta::get(transaction, EMPTIED_BEFORE)?.as_ref() == Some(&before) {
        return Ok(());
    }
    meta::set(transaction, EMPTIED_BEFORE, &before)?;
    let detail = format!("before={before} alerts={} posts={}", gone.alerts, gone.posts);
    audit::append(transaction, &Record { at: now, who: OTKLIK, what: "let_go", subject: "archive", detail: &detail })
}
