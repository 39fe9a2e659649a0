//! What the detector keeps in memory: read from the file at the start, and again after a batch that failed.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use config::{AlertRules, Burst, RuleKind};
use model::{PostId, Time};
use rusqlite::{Connection, Transaction};

use super::baseline::HourlyCounts;
use super::burst::{ActiveBurst, is_burst, keys};
use super::window::Window;
use crate::store::error::AlertError;
use crate::store::post::StoredPost;
use crate::store::post_table;
use crate::stories::similar::RecentPosts;

/// The recent posts, the counts of hours and the windows of bursts.
#[derive(Debug)]
pub struct DetectorState {
    /// Posts by their wording.
    pub recent: RecentPosts<String>,
    pub counts: HourlyCounts,
    /// By rule, as its place in the configuration, and key.
    keys: HashMap<(usize, String), KeyState>,
    /// When the newest post that has a row was published. Posts that are older than that by more than the longest window are not in
    /// memory, in whatever order they came: so the file alone determines what is in it.
    newest: i64,
    /// Windows whose posts are all older than this were dropped.
    forgotten_before: i64,
}

#[derive(Debug, Default)]
struct KeyState {
    window: Window,
    /// When its newest post was published, after that post went: posts that it had pushed out may be in again.
    lost_newest: Option<i64>,
    /// The alert that its burst raised or added to, as the file has it; `None` while there is no burst.
    alert: Option<String>,
}

impl DetectorState {
    /// Reads it from the file.
    pub fn load(database: &Connection, rules: &AlertRules) -> Result<DetectorState, AlertError> {
        let mut state = DetectorState {
            recent: RecentPosts::new(rules.group_window.as_secs() as i64, rules.copy_distance),
            counts: HourlyCounts::default(),
            keys: HashMap::new(),
            newest: i64::MIN,
            forgotten_before: 0,
        };
        let newest: Option<i64> = database.query_row("SELECT max(at) FROM post", [], |row| row.get(0))?;
        let Some(newest) = newest else { return Ok(state) };
        state.newest = newest;
        post_table::since(database, newest - longest(rules), |post| state.insert(&post, rules))?;
        let mut select = database.prepare_cached("SELECT rule, key, alert FROM burst")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let (rule, key): (String, String) = (row.get(0)?, row.get(1)?);
            let number = rules.rules.iter().position(|known| known.id == rule);
            if let Some(known) = number.and_then(|number| state.keys.get_mut(&(number, key))) {
                known.alert = Some(row.get(2)?);
            }
        }
        Ok(state)
    }

    /// Reads it again, and keeps what the batch has counted.
    pub fn reload(&mut self, database: &Connection, rules: &AlertRules) -> Result<(), AlertError> {
        let counts = std::mem::take(&mut self.counts);
        *self = DetectorState { counts, ..DetectorState::load(database, rules)? };
        Ok(())
    }

    /// Notes that a post published then has a row.
    pub fn note_row(&mut self, at: i64, rules: &AlertRules) {
        if at > self.newest {
            self.newest = at;
            self.forget(rules);
        }
    }

    /// Takes a post of a story in.
    pub fn insert(&mut self, post: &StoredPost, rules: &AlertRules) {
        let Some(story) = &post.story else { return };
        self.note_row(post.at, rules);
        if post.at < self.newest.saturating_sub(longest(rules)) {
            return;
        }
        if let Ok(at) = Time::from_millisecond(post.at) {
            self.recent.insert(story.clone(), at, number(&post.id), post.signature, post.sketch.clone());
        }
        for (number, burst) in bursts(rules) {
            for key in keys(post, burst) {
                let known = self.keys.entry((number, key)).or_default();
                known.window.insert(post.at, post.id.clone(), post.voice.as_deref(), millis(burst));
                // It was another version of the newest post, and nothing is lost.
                known.lost_newest = known.lost_newest.filter(|lost| post.at < *lost);
            }
        }
    }

    /// Takes a post out.
    pub fn remove(&mut self, post: &StoredPost, rules: &AlertRules) {
        if let (Some(story), Ok(at)) = (&post.story, Time::from_millisecond(post.at)) {
            self.recent.remove(story, at, number(&post.id));
        }
        for (number, burst) in bursts(rules) {
            for key in keys(post, burst) {
                if let Some(known) = self.keys.get_mut(&(number, key)) {
                    let newest = known.window.count(0).newest;
                    known.window.remove(post.at, &post.id);
                    if known.window.count(0).newest < newest {
                        known.lost_newest = known.lost_newest.max(Some(newest));
                    }
                }
            }
        }
    }

    /// The keys of a post that are a burst now.
    pub fn active_bursts(
        &mut self,
        transaction: &Transaction<'_>,
        post: &StoredPost,
        rules: &AlertRules,
    ) -> Result<Vec<ActiveBurst>, AlertError> {
        let oldest = self.newest.saturating_sub(longest(rules));
        let mut found = Vec::new();
        for (number, burst) in bursts(rules) {
            for key in keys(post, burst) {
                let Some(known) = self.keys.get_mut(&(number, key.clone())) else { continue };
                if known.lost_newest.take().is_some() {
                    known.window = Window::default();
                    post_table::of_key(transaction, &key, oldest, |post| {
                        known.window.insert(post.at, post.id, post.voice.as_deref(), millis(burst));
                    })?;
                }
                let counted = known.window.count(millis(burst));
                // Nothing is looked up where the posts are far too few.
                let words = match counted.posts >= burst.minimum && counted.voices >= burst.authors {
                    true => {
                        let (usual, weeks) = self.counts.usual(transaction, &key, counted.from, counted.newest)?;
                        is_burst(burst, counted, usual, weeks)
                    }
                    false => None,
                };
                match words {
                    Some(words) => found.push(ActiveBurst { rule: number, key, words, alert: known.alert.clone() }),
                    None if known.alert.take().is_some() => {
                        store_burst(transaction, &rules.rules[number].id, &key, None)?
                    }
                    None => {}
                }
            }
        }
        Ok(found)
    }

    /// The posts in the window of a key, oldest first.
    pub fn posts(&self, rule: usize, key: &str) -> Vec<PostId> {
        let known = self.keys.get(&(rule, key.to_owned()));
        known.map(|known| known.window.ids().cloned().collect()).unwrap_or_default()
    }

    /// Notes which alert knows of a burst.
    pub fn note_alert(
        &mut self,
        transaction: &Transaction<'_>,
        rules: &AlertRules,
        burst: &ActiveBurst,
        alert: Option<String>,
    ) -> Result<(), AlertError> {
        let known = self.keys.get_mut(&(burst.rule, burst.key.clone()));
        let (Some(known), Some(rule)) = (known, rules.rules.get(burst.rule)) else { return Ok(()) };
        store_burst(transaction, &rule.id, &burst.key, alert.as_deref())?;
        known.alert = alert;
        Ok(())
    }

    /// Drops what is too old: texts at once; windows, which slide by themselves, once an hour of the stream's time.
    fn forget(&mut self, rules: &AlertRules) {
        let oldest = self.newest.saturating_sub(longest(rules));
        if let Ok(oldest) = Time::from_millisecond(oldest) {
            self.recent.forget_before(oldest);
        }
        if oldest < self.forgotten_before.saturating_add(3_600_000) {
            return;
        }
        self.forgotten_before = oldest;
        self.keys.retain(|_, known| !known.window.is_empty() && known.window.count(0).newest >= oldest);
    }
}

/// Stores which alert knows of a burst, so that a restart changes nothing.
fn store_burst(transaction: &Transaction<'_>, rule: &str, key: &str, alert: Option<&str>) -> Result<(), AlertError> {
    match alert {
        Some(alert) => transaction
            .prepare_cached("INSERT OR REPLACE INTO burst (rule, key, alert) VALUES (?1, ?2, ?3)")?
            .execute([rule, key, alert])?,
        None => transaction.prepare_cached("DELETE FROM burst WHERE rule = ?1 AND key = ?2")?.execute([rule, key])?,
    };
    Ok(())
}

/// A number that depends on the post's id alone, so that posts of one moment have the same order whenever they are inserted.
fn number(id: &PostId) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

fn bursts(rules: &AlertRules) -> impl Iterator<Item = (usize, &Burst)> {
    rules.rules.iter().enumerate().filter_map(|(number, rule)| match &rule.kind {
        RuleKind::Burst(burst) => Some((number, burst)),
        _ => None,
    })
}

fn millis(burst: &Burst) -> i64 {
    burst.window.as_millis() as i64
}

/// How far back the detector remembers, in milliseconds.
fn longest(rules: &AlertRules) -> i64 {
    let windows = bursts(rules).map(|(_, burst)| millis(burst));
    windows.chain([rules.group_window.as_millis() as i64]).max().unwrap_or(0)
}
