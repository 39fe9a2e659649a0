//! What people ask to do, and why it may be refused.

use deadlines::AnswerMark;
use model::{PostId, Time};
use serde::{Deserialize, Serialize};

use crate::silences::matcher::Matcher;
use crate::store::action::{Action, ActionRefused};
use crate::store::alert::Alert;
use crate::store::alert_state::AlertState;
use crate::store::error::AlertError;

/// What a person asks to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "act")]
pub enum ActionRequest {
    /// An action on an alert.
    #[serde(rename = "step")]
    Alert {
        /// The alert.
        alert: String,
        /// Which action.
        #[serde(rename = "step")]
        action: Action,
        /// Why.
        #[serde(default)]
        reason: String,
        /// To which recipient it is passed on, an id of `recipients.toml`.
        #[serde(default)]
        to: Option<String>,
    },
    /// An answer was given: an interim one, or the final one with its mark.
    Answer {
        /// The alert.
        alert: String,
        /// How a person marks the final answer; `None`: it was an interim one.
        mark: Option<AnswerMark>,
    },
    /// Alerts are silenced.
    Silence {
        /// Which.
        matcher: Matcher,
        /// Why.
        reason: String,
        /// Until when.
        until: Time,
    },
    /// Something is known that explains complaints.
    Cause {
        /// Which.
        matcher: Matcher,
        /// What it is.
        reason: String,
        /// When it begins.
        from: Time,
        /// When it is over.
        until: Time,
        /// How many voices it explains.
        expected: u64,
    },
    /// A silence or a known cause ends early.
    End {
        /// Its id.
        id: String,
    },
    /// A post belongs to another story, or to one of its own.
    Move {
        /// The post.
        post: PostId,
        /// The alert whose story it belongs to; none: a story of its own.
        to: Option<String>,
    },
    /// Posts were forgotten because somebody asked for it; only the audit learns of it, and of no name or text.
    Forgot {
        /// How many.
        posts: u64,
    },
    /// The keys of the authors of old months were destroyed; only the audit learns of it.
    KeysDestroyed {
        /// Which months, `2025-10`.
        months: Vec<String>,
    },
    /// A person has looked at an alert.
    Seen {
        /// The alert.
        alert: String,
    },
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// There is nothing with this id.
    #[error("нет такого: {0}; список тревог: otklik alerts --all, тишин и причин: otklik alerts quiet")]
    Unknown(String),
    /// The action does not fit the state of the alert.
    #[error("{0}")]
    Refused(#[from] ActionRefused),
    /// The request itself is wrong.
    #[error("{0}")]
    Asked(String),
    /// The file failed.
    #[error(transparent)]
    Alerts(#[from] AlertError),
}

/// Refuses what is done to an alert that became part of another, where nobody would see it.
pub fn refuse_merged(alert: &Alert) -> Result<(), ActionError> {
    match (alert.state, &alert.note) {
        (AlertState::Merged, Some(kept)) => {
            Err(ActionError::Asked(format!("тревога № {} вошла в тревогу {kept}: отметьте там", alert.id)))
        }
        _ => Ok(()),
    }
}

impl From<rusqlite::Error> for ActionError {
    fn from(error: rusqlite::Error) -> ActionError {
        ActionError::Alerts(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_keep_the_names_that_commands_send() {
        let json = r#"{"act":"step","alert":"0123","step":"false_alarm","reason":"учения","to":null}"#;
        let request: ActionRequest = serde_json::from_str(json).unwrap();
        let expect = ActionRequest::Alert {
            alert: "0123".into(),
            action: Action::FalseAlarm,
            reason: "учения".into(),
            to: None,
        };
        assert_eq!(request, expect);
        assert_eq!(serde_json::to_string(&request).unwrap(), json);
        for (json, expect) in [
            (r#"{"act":"seen","alert":"0123"}"#, ActionRequest::Seen { alert: "0123".into() }),
            (r#"{"act":"end","id":"45"}"#, ActionRequest::End { id: "45".into() }),
            (
                r#"{"act":"answer","alert":"0123","mark":null}"#,
                ActionRequest::Answer { alert: "0123".into(), mark: None },
            ),
        ] {
            assert_eq!(serde_json::from_str::<ActionRequest>(json).unwrap(), expect);
            assert_eq!(serde_json::to_string(&expect).unwrap(), json);
        }
    }
}
