//! Which reminders of a deadline are due.

use model::Time;
use serde::{Deserialize, Serialize};

use crate::{AnswersGiven, Deadline, DeadlineKind, Deadlines};

/// The last reminder of a deadline. It names the deadline, so that one that was postponed gets reminders of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastReminder {
    /// When the deadline was due that it was about.
    pub due: Time,
    /// The moment it was planned for.
    pub moment: Time,
}

/// The last reminder of each deadline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastReminders {
    /// Of the first.
    pub first: Option<LastReminder>,
    /// Of the final one.
    pub last: Option<LastReminder>,
}

/// A reminder that is due. Those that come together make one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    /// Which deadline.
    pub kind: DeadlineKind,
    /// The deadline has run out.
    pub overdue: bool,
    /// What to keep of it, see [`LastReminders::keep`].
    pub reminded: LastReminder,
    /// What it says, in Russian.
    pub text: String,
}

impl LastReminders {
    /// Keeps that a reminder was given.
    pub fn keep(&mut self, reminder: &Reminder) {
        match reminder.kind {
            DeadlineKind::First => self.first = Some(reminder.reminded),
            DeadlineKind::Last => self.last = Some(reminder.reminded),
        }
    }
}

/// The reminders that are due: of each deadline that runs, the newest moment that has passed without a reminder, so that after a pause
/// people get one and not a row of them. That a deadline has run out is said once.
pub fn due_reminders(deadlines: &Deadlines, given: &AnswersGiven, sent: &LastReminders, now: Time) -> Vec<Reminder> {
    let first = given.first.is_none().then_some((DeadlineKind::First, &deadlines.first, sent.first));
    let last = given.last.is_none().then_some((DeadlineKind::Last, &deadlines.last, sent.last));
    let running = first.into_iter().chain(last);
    running
        .filter_map(|(kind, deadline, sent)| {
            let moment = moments(deadline).filter(|moment| *moment <= now).max()?;
            let known = sent.is_some_and(|sent| sent.due == deadline.due && sent.moment >= moment);
            (!known).then(|| Reminder {
                kind,
                overdue: moment == deadline.due,
                reminded: LastReminder { due: deadline.due, moment },
                text: text(deadline, kind, now),
            })
        })
        .collect()
}

/// The moments at which people hear of a deadline, in order.
fn moments(deadline: &Deadline) -> impl Iterator<Item = Time> {
    deadline.remind_at.iter().copied().chain([deadline.due])
}

fn text(deadline: &Deadline, kind: DeadlineKind, now: Time) -> String {
    let basis = deadline.basis();
    if now < deadline.due {
        format!("{}: осталось {} ({basis})", kind.name_ru(), span(now, deadline.due))
    } else {
        format!("{}: срок истёк {} назад ({basis})", kind.name_ru(), span(deadline.due, now))
    }
}

/// Time between two moments as people read it, in whole minutes.
fn span(from: Time, to: Time) -> String {
    let minutes = to.duration_since(from).as_mins();
    match (minutes / (24 * 60), minutes / 60 % 24, minutes % 60) {
        (0, 0, minutes) => format!("{minutes} мин"),
        (0, hours, 0) => format!("{hours} ч"),
        (0, hours, minutes) => format!("{hours} ч {minutes} мин"),
        (days, 0, _) => format!("{days} сут"),
        (days, hours, _) => format!("{days} сут {hours} ч"),
    }
}
