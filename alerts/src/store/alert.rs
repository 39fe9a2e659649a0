//! An alert as it is stored: loaded, changed, and stored again inside one transaction.

use model::{Level, Time};

use super::alert_state::AlertState;

/// A row of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    pub id: String,
    pub rule: String,
    /// What it is about within its rule: a story, a counted key, a component.
    pub subject: String,
    pub story: Option<String>,
    pub kind: String,
    pub place: Option<String>,
    pub sector: Option<String>,
    pub recipient: Option<String>,
    pub headline: String,
    pub level: Level,
    /// Why it was raised: the words of each rule.
    pub reasons: Vec<(String, String)>,
    pub opened_at: Time,
    pub updated_at: Time,
    pub state: AlertState,
    pub state_since: Time,
    pub state_by: Option<String>,
    pub note: Option<String>,
    pub passed_to: Option<String>,
    /// When people are to be notified, if they are.
    pub notify_at: Option<Time>,
    pub last_notification: Option<LastNotification>,
    pub notifications: u64,
    /// The step of the chain that was notified last, and when. Beyond the top of the chain each repeat counts as one more step.
    pub chain_step: Option<u32>,
    pub chain_step_at: Option<Time>,
    /// How many posts the messages that people have show, and since when.
    pub shown_posts: u64,
    pub shown_at: Time,
    /// Why it is held back, and until when at the latest.
    pub held: Option<String>,
    pub held_until: Option<Time>,
    /// The deadlines of the answers, as JSON.
    pub deadlines: Option<String>,
    /// The closed story whose event is back.
    pub previous: Option<String>,
}

/// What people were notified of last.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LastNotification {
    pub at: Time,
    pub level: Level,
    pub voices: u64,
    pub sources: u64,
}

impl Alert {
    /// A new one that nobody was notified of.
    pub fn new(id: String, rule: &str, subject: &str, level: Level, headline: &str, now: Time) -> Alert {
        Alert {
            id,
            rule: rule.to_owned(),
            subject: subject.to_owned(),
            story: None,
            kind: String::new(),
            place: None,
            sector: None,
            recipient: None,
            headline: headline.to_owned(),
            level,
            reasons: Vec::new(),
            opened_at: now,
            updated_at: now,
            state: AlertState::Raised,
            state_since: now,
            state_by: None,
            note: None,
            passed_to: None,
            notify_at: None,
            last_notification: None,
            notifications: 0,
            chain_step: None,
            chain_step_at: None,
            shown_posts: 0,
            shown_at: now,
            held: None,
            held_until: None,
            deadlines: None,
            previous: None,
        }
    }

    /// Notes why a rule fired. A rule that fires again keeps one line, the newest.
    pub fn give_reason(&mut self, rule: &str, words: String) {
        match self.reasons.iter_mut().find(|(of, _)| of == rule) {
            Some((_, old)) => *old = words,
            None => self.reasons.push((rule.to_owned(), words)),
        }
    }
}
