//! The whole configuration.

use deadlines::{Calendar, DeadlineRules};
use jiff::tz::TimeZone;

use crate::alerts::AlertRules;
use crate::channels::Channels;
use crate::events::EventRules;
use crate::people::People;
use crate::places::{Place, Recipient};
use crate::problems::Problem;
use crate::rules::{RiskKind, SectorRules};
use crate::searches::SavedSearch;
use crate::settings::Settings;
use crate::sources::Source;

/// Everything configured, valid as a whole.
#[derive(Debug, Clone)]
pub struct Config {
    /// `otklik.toml`.
    pub settings: Settings,
    /// `sources.toml`, switched-off ones included.
    pub sources: Vec<Source>,
    /// `taxonomy/*.toml`, one file a sector, in the order of [`model::Sector::ALL`].
    pub taxonomy: Vec<SectorRules>,
    /// `[[kind]]` of `risks/*.toml`.
    pub risks: Vec<RiskKind>,
    /// What events are made of, and the table of their levels.
    pub events: EventRules,
    /// Tables of earlier releases that are no longer read, and what to write instead.
    pub outdated: Vec<Problem>,
    /// `places/*.toml`.
    pub places: Vec<Place>,
    /// `recipients.toml`.
    pub recipients: Vec<Recipient>,
    /// `searches.toml`.
    pub searches: Vec<SavedSearch>,
    /// `alerts.toml`.
    pub alerts: AlertRules,
    /// `people.toml`.
    pub people: People,
    /// `calendar.toml`.
    pub calendar: Calendar,
    /// `deadlines.toml`, the oldest rules first; at least one.
    pub deadlines: Vec<DeadlineRules>,
    /// `channels.toml`.
    pub channels: Channels,
    /// Hash of everything that classification reads: when it changes, the rule set gets the next number.
    pub rules_hash: String,
}

impl Config {
    /// The one time zone of days and hours.
    pub fn timezone(&self) -> &TimeZone {
        &self.settings.timezone
    }

    /// When the oldest post that is kept may have been published; `None`: everything is kept.
    pub fn oldest_kept(&self, now: model::Time) -> Option<model::Time> {
        self.settings.archive.oldest_kept(now, self.timezone())
    }

    /// The name people see for a topic; its id where the rules no longer have it.
    pub fn topic_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.taxonomy
            .iter()
            .flat_map(|sector| &sector.topics)
            .find(|topic| topic.id == id)
            .map_or(id, |topic| &topic.name)
    }

    /// The name people see for a kind of risk.
    pub fn risk_name<'a>(&'a self, kind: &'a str) -> &'a str {
        self.risks.iter().find(|risk| risk.kind == kind).map_or(kind, |risk| &risk.name)
    }

    /// The name people see for a place.
    pub fn place_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.places.iter().find(|place| place.id == id).map_or(id, |place| &place.name)
    }

    /// The places that a place lies in, from the inside out.
    pub fn enclosing<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a str> {
        let outer = |id: &str| self.places.iter().find(|place| place.id == id)?.within.as_deref();
        std::iter::successors(outer(id), move |id| outer(id))
    }

    /// The name people see for a saved search.
    pub fn search_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.searches.iter().find(|search| search.id == id).map_or(id, |search| &search.name)
    }

    /// The name people see for a source.
    pub fn source_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.sources.iter().find(|source| source.id == id).map_or(id, |source| &source.name)
    }

    /// A recipient by its id.
    pub fn recipient(&self, id: &str) -> Option<&Recipient> {
        self.recipients.iter().find(|recipient| recipient.id == id)
    }

    /// The name people see for a recipient.
    pub fn recipient_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.recipient(id).map_or(id, |recipient| &recipient.name)
    }
}
