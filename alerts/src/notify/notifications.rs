//! Notifies people of alerts: first, when they get worse, up the chain, and before deadlines.

use config::{Contact, PersonRole};
use deadlines::{DeadlineKind, WorkingTime};
use model::Time;
use rusqlite::Transaction;

use crate::notify::calls;
use crate::notify::letter::Letter;
use crate::notify::outbox::{Entry, enqueue};
use crate::notify::render;
use crate::notify::routes::{
    Addressee, ChainPosition, Escalation, Facts, escalate, first_addressees, initial_step, step_addressees,
};
use crate::rules::notify_reason::{NotifyReason, notify_reason};
use crate::store::alert::{Alert, LastNotification};
use crate::store::alert_state::AlertState;
use crate::store::audit::{self, OTKLIK, Record};
use crate::store::error::AlertError;
use crate::store::handle::Alerts;
use crate::stories::alert_members::recounted_size;
use crate::views::compose::MESSAGE_POST_IDS;

/// What is put into the outbox about an alert.
struct Notice<'a> {
    /// Part of the messages' keys: the same notice goes out once.
    purpose: &'a str,
    /// What is new.
    heading: &'a str,
    addressees: &'a [Addressee],
    /// To the addresses that get everything as well.
    everywhere: bool,
}

impl Alerts {
    /// Notifies those whom an alert concerns, unless something holds it back.
    pub(crate) fn notify_people(
        &self,
        transaction: &Transaction<'_>,
        alert: &mut Alert,
        now: Time,
    ) -> Result<(), AlertError> {
        if let Some(held) = self.hold(transaction, alert, now)? {
            (alert.held, alert.held_until, alert.notify_at) = (Some(held.why), Some(held.until), Some(held.until));
            return Ok(());
        }
        if self.is_over_with_its_cause(transaction, alert, now)? {
            return self.resolve_over(transaction, alert, now);
        }
        (alert.held, alert.held_until, alert.notify_at) = (None, None, None);
        let size = recounted_size(transaction, alert)?;
        // By now it may have been told already, or have shrunk.
        let Some(why) = notify_reason(alert.last_notification, alert.level, size) else { return Ok(()) };
        let purpose = match why {
            NotifyReason::First => format!("raised-{}", alert.level.as_str()),
            NotifyReason::Level => format!("level-{}", alert.level.as_str()),
            NotifyReason::MuchMore => format!("much-more-{}", alert.notifications),
        };
        let heading = match why {
            NotifyReason::First => String::new(),
            NotifyReason::Level => format!("уровень повышен до «{}»", alert.level.name_ru()),
            NotifyReason::MuchMore => "в десять раз больше, чем сообщалось".to_owned(),
        };
        let config = self.config();
        let time = WorkingTime::new(&config.calendar, config.timezone());
        let facts = Facts::of(alert, self.rule_code(&alert.rule));
        let addressees = first_addressees(&config.people, &facts, now, time);
        alert.last_notification =
            Some(LastNotification { at: now, level: alert.level, voices: size.voices, sources: size.sources });
        let notice = Notice { purpose: &purpose, heading: &heading, addressees: &addressees, everywhere: true };
        self.notify(transaction, alert, &notice, now)?;
        if alert.state == AlertState::Raised {
            (alert.state, alert.state_since) = (AlertState::Sent, now);
        }
        if alert.state == AlertState::Sent && (why != NotifyReason::MuchMore || alert.chain_step_at.is_none()) {
            alert.chain_step = initial_step(&config.people.chain, &addressees);
            alert.chain_step_at = Some(begins(&addressees, now));
        }
        Ok(())
    }

    /// Passes an alert that nobody acknowledged up the chain.
    pub(crate) fn escalate(
        &self,
        transaction: &Transaction<'_>,
        alert: &mut Alert,
        now: Time,
    ) -> Result<(), AlertError> {
        let Some(since) = alert.chain_step_at else { return Ok(()) };
        let config = self.config();
        if !config.people.reaches_somebody() {
            // Without an address in the chain nobody would hear of it, however often it went on.
            return Ok(());
        }
        let position = ChainPosition { step: alert.chain_step, since };
        let time = WorkingTime::new(&config.calendar, config.timezone());
        let (step, role, heading) =
            match escalate(&config.people.chain, alert.level, position, alert.state.is_taken(), now) {
                Escalation::Nothing { .. } => return Ok(()),
                Escalation::Next { step, role } => (step, role, format!("никто не принял, теперь {}", role.name_ru())),
                Escalation::RepeatTop { step, role, n, .. } => (step, role, format!("повтор № {n}: никто не принял")),
            };
        let addressees = step_addressees(&config.people, role, alert.level, now, time);
        alert.chain_step = Some(step);
        alert.chain_step_at = Some(begins(&addressees, now));
        let purpose = format!("step-{step}-{}", alert.notifications);
        let notice = Notice { purpose: &purpose, heading: &heading, addressees: &addressees, everywhere: false };
        self.notify(transaction, alert, &notice, now)?;
        let detail = role.as_str();
        audit::append(transaction, &Record { at: now, who: OTKLIK, what: "escalated", subject: &alert.id, detail })
    }

    /// Reminds of deadlines before they run out, and when they have.
    pub(crate) fn remind_of_deadlines(
        &self,
        transaction: &Transaction<'_>,
        alert: &mut Alert,
        now: Time,
    ) -> Result<(), AlertError> {
        // Whoever was not told of the alert need not hear of its deadline.
        if alert.last_notification.is_none() || alert.held.is_some() {
            return Ok(());
        }
        let reminders = self.take_reminders(alert, now)?;
        let Some(first) = reminders.first() else { return Ok(()) };
        let heading = reminders.iter().map(|reminder| reminder.text.as_str()).collect::<Vec<_>>().join("; ");
        let config = self.config();
        let time = WorkingTime::new(&config.calendar, config.timezone());
        let role = *config.people.chain.steps.first().unwrap_or(&PersonRole::Officer);
        let addressees = step_addressees(&config.people, role, alert.level, now, time);
        let purpose = format!(
            "remind-{}-{}",
            match first.kind {
                DeadlineKind::First => "first",
                DeadlineKind::Last => "last",
            },
            first.reminded.moment.as_second()
        );
        let notice = Notice { purpose: &purpose, heading: &heading, addressees: &addressees, everywhere: false };
        self.notify(transaction, alert, &notice, now)
    }

    /// Puts a notice into the outbox: a message for each addressee, and for the addresses that get everything.
    fn notify(
        &self,
        transaction: &Transaction<'_>,
        alert: &mut Alert,
        notice: &Notice<'_>,
        now: Time,
    ) -> Result<(), AlertError> {
        let view = self.view_of(transaction, alert.clone(), MESSAGE_POST_IDS)?;
        let send = |person: Option<&str>, contact: &Contact, letter: &Letter, not_before: Time| {
            let entry = Entry {
                alert: Some(&alert.id),
                purpose: notice.purpose,
                person,
                rank: 0,
                contact,
                level: Some(alert.level),
                letter,
                not_before,
                message_id: None,
            };
            enqueue(transaction, &entry, now)
        };
        if notice.everywhere {
            let letter = render::letter(self, &view, notice.heading, None);
            for contact in self.everywhere() {
                send(None, contact, &letter, now)?;
            }
        }
        let mut reached = Vec::new();
        for addressee in notice.addressees {
            let Some(person) = self.config().people.person(&addressee.person) else { continue };
            let Some(contact) = person.addresses.first() else { continue };
            let letter = render::letter(self, &view, notice.heading, Some(&person.id));
            send(Some(&person.id), contact, &letter, addressee.not_before.unwrap_or(now))?;
            let chain = &self.config().people.chain;
            calls::plan(transaction, (alert, notice.purpose), (person, &letter), chain, now)?;
            reached.push(person.id.as_str());
        }
        alert.notifications += 1;
        (alert.shown_posts, alert.shown_at) = (view.posts, now);
        let detail = format!("{} {}", notice.purpose, reached.join(" "));
        audit::append(
            transaction,
            &Record { at: now, who: OTKLIK, what: "told", subject: &alert.id, detail: detail.trim() },
        )
    }
}

/// When the first of the addressees hears of it.
fn begins(addressees: &[Addressee], now: Time) -> Time {
    addressees.iter().map(|addressee| addressee.not_before.unwrap_or(now)).min().unwrap_or(now)
}
