//! Composes the view of an alert from its row, its posts, its deadlines and its messages.

use model::Sector;
use rusqlite::Connection;

use super::alert_view::{AlertView, Quote};
use super::essence::{self, Essence};
use super::forward::{self, Told};
use super::{deliveries, quotes};
use crate::deadlines::alert_deadlines::AlertDeadlines;
use crate::rules::kinds;
use crate::store::alert::Alert;
use crate::store::alert_posts::PostsOf;
use crate::store::alert_table;
use crate::store::columns::time;
use crate::store::error::AlertError;
use crate::store::handle::Alerts;
use crate::store::post::{StoredPost, kind_name};
use crate::stories::alert_members::recounted_size;
use crate::stories::story::{self, Story};

/// Posts that the view of an alert names: a storm has ten thousand, and nobody reads them in a list.
pub const MAX_POST_IDS: usize = 20_000;

/// Posts that a message names: enough for a program to open, few enough to store with every message.
pub const MESSAGE_POST_IDS: usize = 200;

impl Alerts {
    /// One alert; `None` where there is none of that id.
    pub fn get(&self, id: &str) -> Result<Option<AlertView>, AlertError> {
        self.read(|database| self.view(database, id))
    }

    /// The view of an alert by its id, inside a transaction where one is under way.
    pub(crate) fn view(&self, database: &Connection, id: &str) -> Result<Option<AlertView>, AlertError> {
        alert_table::load(database, id)?.map(|alert| self.view_of(database, alert, MAX_POST_IDS)).transpose()
    }

    /// The view of an alert that is already loaded, naming so many of its posts.
    pub(crate) fn view_of(&self, database: &Connection, alert: Alert, ids: usize) -> Result<AlertView, AlertError> {
        let config = self.config();
        let posts = PostsOf::from(&alert);
        let sum = posts.sums(database)?;
        let telling = posts.most_telling(database, quotes::LOOKED_AT)?;
        let quoted = quotes::different_texts(&telling, AlertView::QUOTES, config.alerts.copy_distance);
        let post_ids = posts.ids(database, ids)?;
        let silent = sum.last.map_or(0, |newest| self.now().as_millisecond() - newest);
        // An alert that people were notified of and nobody has acknowledged stays open, however old it is.
        let waits = alert.last_notification.is_some() && !alert.state.is_taken();
        let is_quiet = !waits && silent > config.alerts.quiet_after.as_millis() as i64;
        let state = match (alert.state.is_closed(), is_quiet) {
            (true, _) => "closed",
            (false, true) => "quiet",
            (false, false) => "open",
        };
        let story = story_of(database, &alert)?;
        let size = story.as_ref().map_or_else(|| recounted_size(database, &alert), |story| Ok(story.size()))?;
        let quote = |post: &&StoredPost| {
            Ok(Quote {
                id: post.id.clone(),
                url: post.url.clone(),
                source: post.source.clone(),
                published_at: time(post.at)?,
                text: post.text.clone(),
            })
        };
        let deadlines = alert.deadlines.as_deref().map(AlertDeadlines::read).transpose()?;
        let begin = sum.first.map(|first| time(essence::begin(&telling, first))).transpose()?;
        let essence = story.as_ref().and_then(|story| Essence::of(story, &telling, config));
        let headline = match (&essence, begin) {
            (Some(essence), Some(begin)) => essence.line(&essence::since(begin, self.now(), config), size.voices),
            _ => alert.headline.clone(),
        };
        let mut view = AlertView {
            kind_name: self.kind_name(&alert).to_owned(),
            level: alert.level,
            sector: alert.sector.as_deref().and_then(Sector::parse),
            place_name: alert.place.as_deref().map(|place| config.place_name(place).to_owned()),
            since: sum.first.map(time).transpose()?,
            state: state.to_owned(),
            life: alert.state.as_str().to_owned(),
            life_at: alert.state_since,
            deadline: deadlines.as_ref().map_or(alert.opened_at, AlertDeadlines::next_due),
            clocks: deadlines.as_ref().map(AlertDeadlines::view),
            posts: sum.posts,
            authors: size.voices,
            sources: size.sources,
            views: sum.views,
            reasons: alert.reasons.iter().map(|(rule, words)| self.reason(rule, words)).collect(),
            why: telling.first().map(|post| post.why.clone()).unwrap_or_default(),
            quotes: quoted.iter().map(quote).collect::<Result<_, AlertError>>()?,
            post_ids,
            deliveries: deliveries::of_alert(database, &alert.id)?,
            rule: alert.rule,
            kind: alert.kind,
            place: alert.place,
            recipient: alert.recipient,
            headline,
            opened_at: alert.opened_at,
            updated_at: alert.updated_at,
            life_by: alert.state_by,
            note: alert.note,
            passed_to: alert.passed_to,
            notifications: alert.notifications,
            held: alert.held,
            held_until: alert.held_until,
            previous: alert.previous,
            forward: None,
            id: alert.id,
        };
        if let Some(begin) = begin {
            let told = Told {
                what: essence.as_ref().map_or(&view.kind_name, |essence| &essence.what),
                place: essence.as_ref().and_then(|essence| essence.place.as_ref()).or(view.place_name.as_ref()),
                begin,
                links: &links(&quoted, &telling),
            };
            view.forward = Some(forward::text(&view, &told, config));
        }
        Ok(view)
    }

    /// The name people see for what an alert is about.
    fn kind_name<'a>(&'a self, alert: &'a Alert) -> &'a str {
        kinds::name_ru(&alert.kind).unwrap_or_else(|| kind_name(self.config(), &alert.kind))
    }

    /// Why the rule exists, and what it found.
    fn reason(&self, rule: &str, words: &str) -> String {
        let known = self.config().alerts.rules.iter().find(|known| known.id == rule);
        match known {
            Some(known) => format!("{}: {words}", known.reason),
            None => words.to_owned(),
        }
    }
}

/// Where the posts can be opened, those quoted first.
fn links<'a>(quoted: &[&'a StoredPost], telling: &'a [StoredPost]) -> Vec<&'a str> {
    let mut links: Vec<&str> = Vec::new();
    for post in quoted.iter().copied().chain(telling) {
        if let Some(url) = post.url.as_deref().filter(|url| url.starts_with("http") && !links.contains(url)) {
            links.push(url);
        }
    }
    links
}

/// The story of an alert that is about one.
fn story_of(database: &Connection, alert: &Alert) -> Result<Option<Story>, AlertError> {
    Ok(alert.story.as_ref().map(|story| story::load(database, story)).transpose()?.flatten())
}
