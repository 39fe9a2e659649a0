//! What time brings: alerts that are to be told, told again, passed up the chain, reminded of; reports; what ends by itself.
//!
//! Each tick is one transaction over the file, with the clock as its only other input.

use config::{ChannelKind, Contact, PersonRole, RuleKind};
use model::{Level, Time};
use rusqlite::Transaction;

use crate::alert::{self, Alert, Told as LastTold};
use crate::audit::{self, OTKLIK, Record};
use crate::book::POST_IDS_TOLD;
use crate::deadlines::Which;
use crate::life::Life;
use crate::outbox::{self, Entry, Letter};
use crate::raise::{Tell, tell};
use crate::routes::{self, Escalation, Facts, Reached, Told};
use crate::working_time::WorkingTime;
use crate::{AlertError, Alerts, baseline, post, render, stories, watch};

/// What is older is cleared away so often, in seconds.
const CLEAR_EVERY_S: i64 = 6 * 3600;

/// Posts that no story and no comparison needs any more are kept for so many days beyond the eight weeks of history.
const KEEP_DAYS: i64 = 60;

impl Alerts {
    /// Does whatever its time has come for. `vitals` is how the installation is doing, where it is known.
    pub fn tick(&self, vitals: Option<&watch::Vitals>) -> Result<(), AlertError> {
        let now = self.now();
        let mut database = self.database();
        let transaction = database.transaction()?;
        self.watch(&transaction, vitals, now)?;
        self.end_causes(&transaction, now)?;
        for mut alert in alert::open(&transaction)? {
            let before = alert.clone();
            if alert.notify_at.is_some_and(|at| at <= now) {
                self.tell(&transaction, &mut alert, now)?;
            } else if alert.life == Life::Sent {
                self.escalate(&transaction, &mut alert, now)?;
            }
            self.remind_of(&transaction, &mut alert, now)?;
            self.show(&transaction, &mut alert, now)?;
            if alert != before {
                alert::store(&transaction, &alert)?;
            }
        }
        self.shift_report(&transaction, now)?;
        self.clear(&transaction, now)?;
        Ok(transaction.commit()?)
    }

    /// Tells an alert to whom it concerns, unless something holds it back.
    fn tell(&self, transaction: &Transaction<'_>, alert: &mut Alert, now: Time) -> Result<(), AlertError> {
        if let Some(held) = self.hold(transaction, alert, now)? {
            (alert.held, alert.held_until, alert.notify_at) = (Some(held.why), Some(held.until), Some(held.until));
            return Ok(());
        }
        (alert.held, alert.held_until, alert.notify_at) = (None, None, None);
        let (voices, sources) = self.size(transaction, alert)?;
        // What was to be told may be told already, or be no more.
        let Some(why) = tell(alert.told, alert.level, voices, sources) else { return Ok(()) };
        let purpose = match why {
            Tell::First => format!("raised-{}", alert.level.as_str()),
            Tell::Level => format!("level-{}", alert.level.as_str()),
            Tell::MuchMore => format!("much-more-{}", alert.notifications),
        };
        let heading = match why {
            Tell::First => String::new(),
            Tell::Level => format!("уровень повышен до «{}»", alert.level.name_ru()),
            Tell::MuchMore => "в десять раз больше, чем сообщалось".to_owned(),
        };
        let config = self.config();
        let time = WorkingTime::new(&config.calendar, config.timezone());
        let sectors: Vec<model::Sector> = alert.sector.as_deref().and_then(model::Sector::parse).into_iter().collect();
        let places: Vec<String> = alert.place.iter().cloned().collect();
        let kind = self.rule_code(&alert.rule);
        let facts = Facts { level: alert.level, sectors: &sectors, places: &places, kind };
        let told = routes::told(&config.people, facts, now, time);
        alert.told = Some(LastTold { at: now, level: alert.level, voices, sources });
        self.notify(transaction, alert, &purpose, &heading, &told, true, now)?;
        if alert.life == Life::Raised {
            (alert.life, alert.life_at) = (Life::Sent, now);
        }
        if alert.life == Life::Sent && (why != Tell::MuchMore || alert.step_at.is_none()) {
            alert.step = routes::first_step(&config.people.chain, &told);
            alert.step_at = Some(begins(&told, now));
        }
        Ok(())
    }

    /// Passes an alert that nobody acknowledged up the chain.
    fn escalate(&self, transaction: &Transaction<'_>, alert: &mut Alert, now: Time) -> Result<(), AlertError> {
        let Some(at) = alert.step_at else { return Ok(()) };
        let config = self.config();
        if !config.people.reaches_somebody() {
            // A chain without an address tells nobody anything, however often.
            return Ok(());
        }
        let reached = Reached { step: alert.step, at };
        let time = WorkingTime::new(&config.calendar, config.timezone());
        let (step, role, heading) =
            match routes::escalate(&config.people.chain, alert.level, reached, alert.life.is_taken(), now) {
                Escalation::Nothing { .. } => return Ok(()),
                Escalation::Next { step, role } => (step, role, format!("никто не принял, теперь {}", role.name_ru())),
                Escalation::RepeatTop { step, role, n, .. } => (step, role, format!("повтор № {n}: никто не принял")),
            };
        let told = routes::told_next(&config.people, role, alert.level, now, time);
        alert.step = Some(step);
        alert.step_at = Some(begins(&told, now));
        let purpose = format!("step-{step}-{}", alert.notifications);
        self.notify(transaction, alert, &purpose, &heading, &told, false, now)?;
        let detail = role.as_str();
        audit::append(transaction, &Record { at: now, who: OTKLIK, what: "escalated", subject: &alert.id, detail })
    }

    /// Reminds of deadlines before they run out, and when they have.
    fn remind_of(&self, transaction: &Transaction<'_>, alert: &mut Alert, now: Time) -> Result<(), AlertError> {
        // Who was not told of the alert need not hear of its deadline.
        if alert.told.is_none() || alert.held.is_some() {
            return Ok(());
        }
        let reminders = self.remind(alert, now)?;
        let Some(first) = reminders.first() else { return Ok(()) };
        let heading = reminders.iter().map(|reminder| reminder.reason.as_str()).collect::<Vec<_>>().join("; ");
        let config = self.config();
        let time = WorkingTime::new(&config.calendar, config.timezone());
        let role = *config.people.chain.steps.first().unwrap_or(&PersonRole::Officer);
        let told = routes::told_next(&config.people, role, alert.level, now, time);
        let purpose = format!(
            "remind-{}-{}",
            match first.which {
                Which::First => "first",
                Which::Last => "last",
            },
            first.told.moment.as_second()
        );
        self.notify(transaction, alert, &purpose, &heading, &told, false, now)
    }

    /// Brings messages that can be changed up to what the alert is now, without a new notification.
    fn show(&self, transaction: &Transaction<'_>, alert: &mut Alert, now: Time) -> Result<(), AlertError> {
        let every = self.config().alerts.notify.update.as_millis() as i64;
        if alert.told.is_none() || now.as_millisecond() - alert.shown.1.as_millisecond() < every {
            return Ok(());
        }
        let posts = match &alert.story {
            Some(story) => stories::load(transaction, story)?.map_or(0, |story| story.posts),
            None => post::count_of_alert(transaction, &alert.id)?,
        };
        if posts != alert.shown.0 || alert.life_at > alert.shown.1 {
            self.show_now(transaction, alert, now)?;
        }
        Ok(())
    }

    /// The same at once: somebody acted, and everybody sees it.
    pub(crate) fn show_now(
        &self,
        transaction: &Transaction<'_>,
        alert: &mut Alert,
        now: Time,
    ) -> Result<(), AlertError> {
        let view = self.view_of(transaction, alert.clone(), POST_IDS_TOLD)?;
        let more = view.posts.saturating_sub(alert.shown.0);
        let heading = match (more, alert.life.is_taken()) {
            (_, true) => match &alert.life_by {
                Some(by) => format!("{} ({by})", alert.life.name_ru()),
                None => alert.life.name_ru().to_owned(),
            },
            (0, false) => String::new(),
            (more, false) => format!("ещё {more} публикаций, просмотров {}, источников {}", view.views, view.sources),
        };
        for (person, contact, message_id) in outbox::changeable(transaction, &alert.id)? {
            let letter = render::letter(self, &view, &heading, person.as_deref());
            let purpose = format!("update-{}-{message_id}", now.as_second());
            outbox::enqueue(
                transaction,
                &Entry {
                    alert: Some(&alert.id),
                    purpose: &purpose,
                    person: person.as_deref(),
                    rank: 0,
                    contact: &contact,
                    level: Some(alert.level),
                    letter: &letter,
                    not_before: now,
                    message_id: Some(&message_id),
                },
                now,
            )?;
        }
        alert.shown = (view.posts, now);
        Ok(())
    }

    /// Puts a message about an alert into the outbox for each who is told, and for everything that is told everything.
    #[expect(clippy::too_many_arguments, reason = "one call for each of the three reasons to tell")]
    fn notify(
        &self,
        transaction: &Transaction<'_>,
        alert: &mut Alert,
        purpose: &str,
        heading: &str,
        told: &[Told],
        everywhere: bool,
        now: Time,
    ) -> Result<(), AlertError> {
        let view = self.view_of(transaction, alert.clone(), POST_IDS_TOLD)?;
        let send = |person: Option<&str>, contact: &Contact, letter: &Letter, not_before: Time| {
            let entry = Entry {
                alert: Some(&alert.id),
                purpose,
                person,
                rank: 0,
                contact,
                level: Some(alert.level),
                letter,
                not_before,
                message_id: None,
            };
            outbox::enqueue(transaction, &entry, now)
        };
        if everywhere {
            let letter = render::letter(self, &view, heading, None);
            for contact in self.everywhere() {
                send(None, contact, &letter, now)?;
            }
        }
        let mut reached = Vec::new();
        for told in told {
            let Some(person) = self.config().people.person(&told.person) else { continue };
            let Some(contact) = person.addresses.first() else { continue };
            let letter = render::letter(self, &view, heading, Some(&person.id));
            send(Some(&person.id), contact, &letter, told.not_before.unwrap_or(now))?;
            reached.push(person.id.as_str());
        }
        alert.notifications += 1;
        alert.shown = (view.posts, now);
        let detail = format!("{purpose} {}", reached.join(" "));
        audit::append(
            transaction,
            &Record { at: now, who: OTKLIK, what: "told", subject: &alert.id, detail: detail.trim() },
        )
    }

    /// A channel that does not take messages is the operator's to mend; the alert of it is one while it is open.
    pub(crate) fn channel_fails(
        &self,
        transaction: &Transaction<'_>,
        delivery: &outbox::Delivery,
        reason: &str,
    ) -> Result<(), AlertError> {
        let Some(rule) = self.config().alerts.rules.iter().find(|rule| matches!(rule.kind, RuleKind::System { .. }))
        else {
            return Ok(());
        };
        let RuleKind::System { level, .. } = rule.kind else { return Ok(()) };
        let kind: ChannelKind = delivery.contact.channel;
        let name = format!("channel:{}", kind.as_str());
        let critical = delivery.level == Some(Level::Critical);
        let words = match critical {
            true => format!("критическая тревога не доставлена: {}", reason),
            false => reason.to_owned(),
        };
        watch::raise_thing(
            self,
            transaction,
            &rule.id,
            &name,
            level,
            format!("Не доставляет: {}", kind.name_ru()),
            words,
        )
    }

    /// Clears away what nothing needs any more.
    fn clear(&self, transaction: &Transaction<'_>, now: Time) -> Result<(), AlertError> {
        let last = crate::book::meta(transaction, "cleared_at")?.and_then(|at| at.parse::<i64>().ok());
        if last.is_some_and(|last| now.as_second() - last < CLEAR_EVERY_S) {
            return Ok(());
        }
        crate::book::set_meta(transaction, "cleared_at", &now.as_second().to_string())?;
        baseline::forget(transaction, now.as_millisecond())?;
        let oldest = now.as_millisecond() - KEEP_DAYS * 86_400_000;
        // Posts of alerts stay with them; of the rest only tombstones do, so that nothing deleted comes back.
        transaction.execute(
            "DELETE FROM post WHERE at < ?1 AND story IS NOT NULL
                AND story NOT IN (SELECT story FROM alert WHERE story IS NOT NULL)
                AND id NOT IN (SELECT post FROM alert_post)",
            [oldest],
        )?;
        transaction.execute(
            "DELETE FROM story WHERE last < ?1 AND id NOT IN (SELECT story FROM alert WHERE story IS NOT NULL)",
            [oldest],
        )?;
        transaction.execute(
            "DELETE FROM member WHERE story NOT IN (SELECT id FROM story) AND story NOT IN (SELECT alert FROM alert_size)",
            [],
        )?;
        transaction.execute("DELETE FROM growth WHERE hour < ?1", [oldest / 3_600_000])?;
        transaction.execute("DELETE FROM taken WHERE hour < ?1", [oldest / 3_600_000])?;
        Ok(())
    }
}

/// When the first of those who were told hears of it.
fn begins(told: &[Told], now: Time) -> Time {
    told.iter().map(|told| told.not_before.unwrap_or(now)).min().unwrap_or(now)
}
