//! The states of an alert.

use serde::{Deserialize, Serialize};

/// The state of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    /// It gathers posts, is held back, or notifies nobody.
    Raised,
    /// People were notified, and nobody has reacted yet.
    Sent,
    /// Somebody has seen it.
    Acknowledged,
    /// Somebody works on it.
    InWork,
    /// Done.
    Resolved,
    /// There was nothing.
    FalseAlarm,
    /// All its posts are gone, and nobody had acted on it.
    Gone,
    /// It is part of another.
    Merged,
}

impl AlertState {
    /// All states, in their order.
    pub const ALL: [AlertState; 8] = [
        AlertState::Raised,
        AlertState::Sent,
        AlertState::Acknowledged,
        AlertState::InWork,
        AlertState::Resolved,
        AlertState::FalseAlarm,
        AlertState::Gone,
        AlertState::Merged,
    ];

    /// The code in the file and in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            AlertState::Raised => "raised",
            AlertState::Sent => "sent",
            AlertState::Acknowledged => "acknowledged",
            AlertState::InWork => "in_work",
            AlertState::Resolved => "resolved",
            AlertState::FalseAlarm => "false_alarm",
            AlertState::Gone => "gone",
            AlertState::Merged => "merged",
        }
    }

    /// The state with this code.
    pub fn parse(code: &str) -> Option<AlertState> {
        AlertState::ALL.into_iter().find(|state| state.as_str() == code)
    }

    /// The word people see.
    pub fn name_ru(self) -> &'static str {
        match self {
            AlertState::Raised => "готовится",
            AlertState::Sent => "отправлена",
            AlertState::Acknowledged => "принята",
            AlertState::InWork => "в работе",
            AlertState::Resolved => "закрыта: решено",
            AlertState::FalseAlarm => "закрыта: ложная",
            AlertState::Gone => "публикаций не осталось",
            AlertState::Merged => "объединена с другой",
        }
    }

    /// Nothing more is expected of anybody.
    pub fn is_closed(self) -> bool {
        self >= AlertState::Resolved
    }

    /// Somebody has taken it on: it no longer escalates.
    pub fn is_taken(self) -> bool {
        self >= AlertState::Acknowledged
    }
}
