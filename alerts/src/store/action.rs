//! What a person can do with an alert, and where that leads.

use serde::{Deserialize, Serialize};

use super::alert_state::AlertState;

/// What a person can do with an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// «Принято».
    Ack,
    /// «В работу».
    Work,
    /// «Передано»: to the recipient that must act.
    Assign,
    /// Closed: resolved.
    Resolve,
    /// «Ложная».
    FalseAlarm,
}

/// Why an action is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ActionRefused {
    /// It is closed.
    #[error("тревога уже закрыта")]
    Closed,
    /// It is in that state already.
    #[error("это уже сделано")]
    Already,
    /// A closing needs a reason.
    #[error("нужна причина: --reason")]
    NoReason,
    /// Passing on needs a recipient.
    #[error("нужен получатель: --to")]
    NoRecipient,
}

impl Action {
    /// All of them.
    pub const ALL: [Action; 5] = [Action::Ack, Action::Work, Action::Assign, Action::Resolve, Action::FalseAlarm];

    /// The code in buttons, links and the audit.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Ack => "ack",
            Action::Work => "work",
            Action::Assign => "assign",
            Action::Resolve => "resolve",
            Action::FalseAlarm => "false",
        }
    }

    /// The action with this code.
    pub fn parse(code: &str) -> Option<Action> {
        Action::ALL.into_iter().find(|action| action.as_str() == code)
    }

    /// The label of its button.
    pub fn label_ru(self) -> &'static str {
        match self {
            Action::Ack => "Принято",
            Action::Work => "В работу",
            Action::Assign => "Передано",
            Action::Resolve => "Решено",
            Action::FalseAlarm => "Ложная",
        }
    }
}

/// The state that an action leads to. No action leads back: what is in work cannot be acknowledged again.
pub fn next_state(
    state: AlertState,
    action: Action,
    reason: &str,
    recipient: Option<&str>,
) -> Result<AlertState, ActionRefused> {
    if state.is_closed() {
        return Err(ActionRefused::Closed);
    }
    let next = match action {
        Action::Ack if state.is_taken() => return Err(ActionRefused::Already),
        Action::Ack => AlertState::Acknowledged,
        Action::Work if state == AlertState::InWork => return Err(ActionRefused::Already),
        Action::Work => AlertState::InWork,
        Action::Assign if recipient.is_none() => return Err(ActionRefused::NoRecipient),
        Action::Assign => AlertState::InWork,
        Action::Resolve | Action::FalseAlarm if reason.trim().is_empty() => return Err(ActionRefused::NoReason),
        Action::Resolve => AlertState::Resolved,
        Action::FalseAlarm => AlertState::FalseAlarm,
    };
    Ok(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_lead_forward_and_a_closing_says_why() {
        let cases = [
            (AlertState::Sent, Action::Ack, "", Ok(AlertState::Acknowledged)),
            (AlertState::Raised, Action::Ack, "", Ok(AlertState::Acknowledged)),
            (AlertState::Acknowledged, Action::Ack, "", Err(ActionRefused::Already)),
            (AlertState::InWork, Action::Ack, "", Err(ActionRefused::Already)),
            (AlertState::Acknowledged, Action::Work, "", Ok(AlertState::InWork)),
            (AlertState::InWork, Action::Work, "", Err(ActionRefused::Already)),
            (AlertState::Sent, Action::Resolve, "", Err(ActionRefused::NoReason)),
            (AlertState::Sent, Action::Resolve, "воду дали", Ok(AlertState::Resolved)),
            (AlertState::InWork, Action::FalseAlarm, "учения", Ok(AlertState::FalseAlarm)),
            (AlertState::Sent, Action::Assign, "", Err(ActionRefused::NoRecipient)),
            (AlertState::Resolved, Action::Work, "", Err(ActionRefused::Closed)),
            (AlertState::Merged, Action::Ack, "", Err(ActionRefused::Closed)),
        ];
        for (state, action, reason, expect) in cases {
            assert_eq!(next_state(state, action, reason, None), expect, "{state:?} {action:?}");
        }
        assert_eq!(next_state(AlertState::Sent, Action::Assign, "", Some("jkh")), Ok(AlertState::InWork));
    }
}
