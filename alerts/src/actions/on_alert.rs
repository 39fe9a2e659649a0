//! Actions on one alert. Each is one transaction with its entry in the audit.

use deadlines::{Answer, AnswerMark};
use model::Time;
use rusqlite::Transaction;

use super::request::{ActionError, ActionRequest, refuse_merged};
use crate::store::action::{Action, next_state};
use crate::store::alert::Alert;
use crate::store::alert_table;
use crate::store::audit::{self, Record};
use crate::store::handle::Alerts;

impl Alerts {
    /// Does what a person asks; returns in Russian what was done.
    pub fn act(&self, request: &ActionRequest, by: &str) -> Result<String, ActionError> {
        if by.trim().is_empty() {
            return Err(ActionError::Asked("не сказано, кто это делает: --by".into()));
        }
        match request {
            ActionRequest::Alert { alert, action, reason, to } => {
                self.act_on(alert, *action, by, reason, to.as_deref())
            }
            ActionRequest::Answer { alert, mark } => self.give_answer(alert, *mark, by),
            ActionRequest::Silence { matcher, reason, until } => self.add_silence(matcher, reason, *until, by),
            ActionRequest::Cause { matcher, reason, from, until, expected } => {
                self.add_cause(matcher, reason, (*from, *until), *expected, by)
            }
            ActionRequest::End { id } => self.end_silence_or_cause(id, by),
            ActionRequest::Move { post, to } => self.move_post(post, to.as_deref(), by),
            ActionRequest::Forgot { posts } => self.enter(by, "forgot", "archive", &format!("posts={posts}")),
            ActionRequest::KeysDestroyed { months } => {
                self.enter(by, "keys_destroyed", "author-keys", &months.join(" "))
            }
            ActionRequest::Seen { alert } => self.change_alert(
                alert,
                |_, _, alert| Ok((("seen", String::new()), format!("тревога № {}: просмотрена", alert.id))),
                by,
            ),
        }
    }

    /// Enters into the audit what was done elsewhere.
    fn enter(&self, by: &str, what: &'static str, subject: &str, detail: &str) -> Result<String, ActionError> {
        let mut database = self.database();
        let transaction = database.transaction()?;
        audit::append(&transaction, &Record { at: self.now(), who: by, what, subject, detail })?;
        transaction.commit()?;
        Ok("записано".to_owned())
    }

    /// Changes an alert in one transaction with its entry in the audit and the messages that people have.
    fn change_alert(
        &self,
        id: &str,
        change: impl FnOnce(&Transaction<'_>, Time, &mut Alert) -> Result<((&'static str, String), String), ActionError>,
        by: &str,
    ) -> Result<String, ActionError> {
        let now = self.now();
        let mut database = self.database();
        let transaction = database.transaction()?;
        let mut alert = alert_table::load(&transaction, id)?.ok_or_else(|| ActionError::Unknown(id.to_owned()))?;
        let ((what, detail), done) = change(&transaction, now, &mut alert)?;
        if what != "seen" {
            self.update_messages(&transaction, &mut alert, now)?;
        }
        alert_table::store(&transaction, &alert)?;
        audit::append(&transaction, &Record { at: now, who: by, what, subject: id, detail: &detail })?;
        transaction.commit()?;
        Ok(done)
    }

    fn act_on(
        &self,
        id: &str,
        action: Action,
        by: &str,
        reason: &str,
        to: Option<&str>,
    ) -> Result<String, ActionError> {
        if let Some(to) = to
            && !self.config().recipients.iter().any(|recipient| recipient.id == to)
        {
            let known: Vec<&str> = self.config().recipients.iter().map(|recipient| recipient.id.as_str()).collect();
            return Err(ActionError::Asked(format!("нет получателя {to}; есть: {}", known.join(", "))));
        }
        self.change_alert(
            id,
            |_, now, alert| {
                refuse_merged(alert)?;
                let to = to.or(alert.recipient.as_deref()).map(str::to_owned);
                alert.state = next_state(alert.state, action, reason, to.as_deref())?;
                (alert.state_since, alert.state_by) = (now, Some(by.to_owned()));
                if !reason.trim().is_empty() {
                    alert.note = Some(reason.trim().to_owned());
                }
                if action == Action::Assign {
                    alert.passed_to = to.clone();
                }
                if alert.state.is_closed() {
                    alert.notify_at = None;
                }
                let detail = match (action, &to) {
                    (Action::Assign, Some(to)) => format!("{to} {reason}"),
                    _ => reason.to_owned(),
                };
                let what = match action {
                    Action::Assign => format!("передано: {}", alert.passed_to.as_deref().unwrap_or_default()),
                    _ => alert.state.name_ru().to_owned(),
                };
                Ok(((action.as_str(), detail.trim().to_owned()), format!("тревога № {id}: {what}")))
            },
            by,
        )
    }

    fn give_answer(&self, id: &str, mark: Option<AnswerMark>, by: &str) -> Result<String, ActionError> {
        self.change_alert(
            id,
            |_, now, alert| {
                refuse_merged(alert)?;
                let answer = match mark {
                    Some(mark) => Answer::Final { by: by.to_owned(), mark },
                    None => Answer::Interim { by: by.to_owned() },
                };
                let done = self.answer_alert(alert, &answer, now)?;
                let done = done.ok_or_else(|| ActionError::Asked("у этой тревоги нет сроков ответа".into()))?;
                let detail = mark.map_or("interim", AnswerMark::as_str).to_owned();
                Ok((("answer", detail), format!("тревога № {id}: {done}")))
            },
            by,
        )
    }
}
