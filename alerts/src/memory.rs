//! What the tagged stream's sink keeps in memory: made from the file at the start, and again after a batch that failed.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use config::{AlertRules, Burst, RuleKind};
use model::{PostId, Time};
use rusqlite::{Connection, Transaction};

use crate::AlertError;
use crate::baseline::Counts;
use crate::post::{self, BookPost};
use crate::similar::Recent;
use crate::window::{Window, is_burst};

/// See the module.
#[derive(Debug)]
pub struct Memory {
    /// Posts by their wording.
    pub recent: Recent<String>,
    pub counts: Counts,
    /// By rule and key.
    bursts: HashMap<(usize, String), Watched>,
    /// Publication of the newest post that the book has a row of. Posts older than its longest window are not in memory, however they
    /// came: so the file alone says what is in it.
    newest: i64,
    /// Windows that nothing reaches any more were let go of up to here.
    forgotten_before: i64,
}

#[derive(Debug, Default)]
struct Watched {
    window: Window,
    /// Publication of its newest post, which went: what had slid out because of it may be in again.
    lost: Option<i64>,
    /// The alert that its burst raised or added to, as the file has it; none while there is no burst.
    alert: Option<String>,
}

/// A key whose posts are a burst.
#[derive(Debug, Clone, PartialEq)]
pub struct Bursting {
    /// Which of the rules.
    pub rule: usize,
    /// What is counted.
    pub key: String,
    /// Why, in Russian.
    pub words: String,
    /// The alert that knows of it already.
    pub alert: Option<String>,
}

impl Memory {
    /// Fills it from the file.
    pub fn load(database: &Connection, rules: &AlertRules) -> Result<Memory, AlertError> {
        let mut memory = Memory {
            recent: Recent::new(rules.group_window.as_secs() as i64, rules.copy_distance),
            counts: Counts::default(),
            bursts: HashMap::new(),
            newest: i64::MIN,
            forgotten_before: 0,
        };
        let newest: Option<i64> = database.query_row("SELECT max(at) FROM post", [], |row| row.get(0))?;
        let Some(newest) = newest else { return Ok(memory) };
        memory.newest = newest;
        post::since(database, newest - longest(rules), |post| memory.insert(&post, rules))?;
        let mut select = database.prepare_cached("SELECT rule, key, alert FROM burst")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let (rule, key): (String, String) = (row.get(0)?, row.get(1)?);
            let number = rules.rules.iter().position(|known| known.id == rule);
            if let Some(watched) = number.and_then(|number| memory.bursts.get_mut(&(number, key))) {
                watched.alert = Some(row.get(2)?);
            }
        }
        Ok(memory)
    }

    /// Fills it anew, and keeps what the batch has counted.
    pub fn renew(&mut self, database: &Connection, rules: &AlertRules) -> Result<(), AlertError> {
        let counts = std::mem::take(&mut self.counts);
        *self = Memory { counts, ..Memory::load(database, rules)? };
        Ok(())
    }

    /// Notes that the book has a row of a post published then.
    pub fn saw(&mut self, at: i64, rules: &AlertRules) {
        if at > self.newest {
            self.newest = at;
            self.forget(rules);
        }
    }

    /// Takes in a post of a story.
    pub fn insert(&mut self, post: &BookPost, rules: &AlertRules) {
        let Some(story) = &post.story else { return };
        self.saw(post.at, rules);
        if post.at < self.newest.saturating_sub(longest(rules)) {
            return;
        }
        if let Ok(at) = Time::from_millisecond(post.at) {
            self.recent.insert(story.clone(), at, number(&post.id), post.signature, post.sketch.clone());
        }
        for (number, burst) in bursts(rules) {
            for key in keys(post, burst) {
                let watched = self.bursts.entry((number, key)).or_default();
                watched.window.insert(post.at, post.id.clone(), post.voice.as_deref(), millis(burst));
                // Another version of the newest post: all is as it was.
                watched.lost = watched.lost.filter(|lost| post.at < *lost);
            }
        }
    }

    /// Takes a post out.
    pub fn remove(&mut self, post: &BookPost, rules: &AlertRules) {
        if let (Some(story), Ok(at)) = (&post.story, Time::from_millisecond(post.at)) {
            self.recent.remove(story, at, number(&post.id));
        }
        for (number, burst) in bursts(rules) {
            for key in keys(post, burst) {
                if let Some(watched) = self.bursts.get_mut(&(number, key)) {
                    let newest = watched.window.counted(0).newest;
                    watched.window.remove(post.at, &post.id);
                    if watched.window.counted(0).newest < newest {
                        watched.lost = watched.lost.max(Some(newest));
                    }
                }
            }
        }
    }

    /// The keys of a post that are a burst now.
    pub fn bursts(
        &mut self,
        transaction: &Transaction<'_>,
        post: &BookPost,
        rules: &AlertRules,
    ) -> Result<Vec<Bursting>, AlertError> {
        let oldest = self.newest.saturating_sub(longest(rules));
        let mut found = Vec::new();
        for (number, burst) in bursts(rules) {
            for key in keys(post, burst) {
                let Some(watched) = self.bursts.get_mut(&(number, key.clone())) else { continue };
                if watched.lost.take().is_some() {
                    watched.window = Window::default();
                    post::of_key(transaction, &key, oldest, |post| {
                        watched.window.insert(post.at, post.id, post.voice.as_deref(), millis(burst));
                    })?;
                }
                let counted = watched.window.counted(millis(burst));
                // Far below what could be one nothing is looked up.
                let words = match counted.posts >= burst.minimum && counted.voices >= burst.authors {
                    true => {
                        let (usual, weeks) = self.counts.usual(transaction, &key, counted.from, counted.newest)?;
                        is_burst(burst, counted, usual, weeks)
                    }
                    false => None,
                };
                match words {
                    Some(words) => found.push(Bursting { rule: number, key, words, alert: watched.alert.clone() }),
                    None if watched.alert.take().is_some() => note(transaction, &rules.rules[number].id, &key, None)?,
                    None => {}
                }
            }
        }
        Ok(found)
    }

    /// The posts in the window of a key, oldest first.
    pub fn posts(&self, rule: usize, key: &str) -> Vec<PostId> {
        let watched = self.bursts.get(&(rule, key.to_owned()));
        watched.map(|watched| watched.window.ids().cloned().collect()).unwrap_or_default()
    }

    /// Notes which alert knows of a burst.
    pub fn knows(
        &mut self,
        transaction: &Transaction<'_>,
        rules: &AlertRules,
        burst: &Bursting,
        alert: Option<String>,
    ) -> Result<(), AlertError> {
        let watched = self.bursts.get_mut(&(burst.rule, burst.key.clone()));
        let (Some(watched), Some(rule)) = (watched, rules.rules.get(burst.rule)) else { return Ok(()) };
        note(transaction, &rule.id, &burst.key, alert.as_deref())?;
        watched.alert = alert;
        Ok(())
    }

    /// Lets go of what is too old: of texts at once, of windows, which slide by themselves, once an hour of the stream's time.
    fn forget(&mut self, rules: &AlertRules) {
        let oldest = self.newest.saturating_sub(longest(rules));
        if let Ok(oldest) = Time::from_millisecond(oldest) {
            self.recent.forget_before(oldest);
        }
        if oldest < self.forgotten_before.saturating_add(3_600_000) {
            return;
        }
        self.forgotten_before = oldest;
        self.bursts.retain(|_, watched| !watched.window.is_empty() && watched.window.counted(0).newest >= oldest);
    }
}

/// Writes down which alert knows of a burst, so that a restart changes nothing.
fn note(transaction: &Transaction<'_>, rule: &str, key: &str, alert: Option<&str>) -> Result<(), AlertError> {
    match alert {
        Some(alert) => transaction
            .prepare_cached("INSERT OR REPLACE INTO burst (rule, key, alert) VALUES (?1, ?2, ?3)")?
            .execute([rule, key, alert])?,
        None => transaction.prepare_cached("DELETE FROM burst WHERE rule = ?1 AND key = ?2")?.execute([rule, key])?,
    };
    Ok(())
}

/// A number of the post's own, the same whenever it is inserted.
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

fn keys(post: &BookPost, burst: &Burst) -> Vec<String> {
    let prefix = burst.by.code();
    match burst.by {
        config::BurstBy::Story => post.story.iter().map(|story| format!("story:{story}")).collect(),
        _ => post.keys().filter(|key| key.split(':').next() == Some(prefix)).map(str::to_owned).collect(),
    }
}

fn millis(burst: &Burst) -> i64 {
    burst.window.as_millis() as i64
}

/// How far back memory reaches, in milliseconds.
fn longest(rules: &AlertRules) -> i64 {
    let windows = bursts(rules).map(|(_, burst)| millis(burst));
    windows.chain([rules.group_window.as_millis() as i64]).max().unwrap_or(0)
}
