//! The deadlines of an alert as they are stored with it.

use deadlines::{AnswersGiven, Deadlines, LastReminders, Reminder, Terms, due_reminders};
use model::Time;
use serde::{Deserialize, Serialize};

use super::view::{DeadlineView, DeadlinesView};
use crate::store::error::AlertError;

/// The deadlines, the answers given and the reminders sent. Stored as JSON in the alert's row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertDeadlines {
    #[serde(rename = "due")]
    pub deadlines: Deadlines,
    #[serde(default, rename = "stopped")]
    pub given: AnswersGiven,
    #[serde(default)]
    reminded: LastReminders,
}

impl AlertDeadlines {
    /// The deadlines of a new alert.
    pub fn new(terms: &Terms<'_>) -> AlertDeadlines {
        AlertDeadlines {
            deadlines: terms.deadlines(),
            given: AnswersGiven::default(),
            reminded: LastReminders::default(),
        }
    }

    /// Reads them from the alert's row.
    pub fn read(json: &str) -> Result<AlertDeadlines, AlertError> {
        serde_json::from_str(json).map_err(|_| AlertError::Stored("clock of an alert".into()))
    }

    /// As the alert's row keeps them.
    pub fn write(&self) -> Result<String, AlertError> {
        serde_json::to_string(self).map_err(|error| AlertError::Stored(error.to_string()))
    }

    /// When the next answer is due; where all were given, when the last one was.
    pub fn next_due(&self) -> Time {
        if self.given.first.is_none() { self.deadlines.first.due } else { self.deadlines.last.due }
    }

    /// Takes over each deadline of stricter terms that runs out sooner and is still open.
    pub fn shorten(&mut self, terms: &Terms<'_>) {
        let sooner = terms.deadlines();
        if self.given.first.is_none() && sooner.first.due < self.deadlines.first.due {
            self.deadlines.first = sooner.first;
        }
        if self.given.last.is_none() && sooner.last.due < self.deadlines.last.due {
            self.deadlines.last = sooner.last;
        }
    }

    /// The reminders that are due now. They count as sent from here on.
    pub fn take_reminders(&mut self, now: Time) -> Vec<Reminder> {
        let due = due_reminders(&self.deadlines, &self.given, &self.reminded, now);
        due.iter().for_each(|reminder| self.reminded.keep(reminder));
        due
    }

    /// As people see them.
    pub fn view(&self) -> DeadlinesView {
        let last = self.given.last.as_ref();
        DeadlinesView {
            first: DeadlineView {
                due: self.deadlines.first.due,
                act: self.deadlines.first.basis(),
                stopped_at: self.given.first,
                answer: self.given.first.map(|_| "given".to_owned()),
            },
            last: DeadlineView {
                due: self.deadlines.last.due,
                act: self.deadlines.last.basis(),
                stopped_at: last.map(|answer| answer.at),
                answer: last.map(|answer| answer.mark.as_str().to_owned()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As alerts of earlier builds have it.
    const STORED: &str = r#"{"due":{"first":{"due":"2026-11-30T15:00:00Z","act":"условный срок","clause":"","remind_at":["2026-11-30T14:00:00Z"]},"last":{"due":"2026-12-01T15:00:00Z","act":"условный срок","clause":"п. 5","remind_at":[]}},"stopped":{"first":"2026-11-30T12:00:00Z","last":{"at":"2026-11-30T13:00:00Z","by":"anna","mark":"runaround"}},"reminded":{"first":{"due":"2026-11-30T15:00:00Z","moment":"2026-11-30T14:00:00Z"},"last":null}}"#;

    #[test]
    fn what_earlier_builds_stored_is_read_and_written_as_it_was() {
        let deadlines = AlertDeadlines::read(STORED).unwrap();
        assert_eq!(deadlines.write().unwrap(), STORED);
        let view = deadlines.view();
        assert_eq!((view.first.answer.as_deref(), view.last.answer.as_deref()), (Some("given"), Some("runaround")));
        assert_eq!(view.last.act, "условный срок, п. 5");
    }
}
