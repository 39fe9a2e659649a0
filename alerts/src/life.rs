//! The life of an alert: which step may follow which, and what a step says.

use serde::{Deserialize, Serialize};

/// Where an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Life {
    /// It gathers posts, is held back, or notifies nobody.
    Raised,
    /// It was told; nobody has said anything yet.
    Sent,
    /// Somebody has seen it.
    Acknowledged,
    /// Somebody works on it.
    InWork,
    /// Done.
    Resolved,
    /// There was nothing.
    FalseAlarm,
    /// All its posts are gone.
    Gone,
    /// It is part of another.
    Merged,
}

impl Life {
    /// All steps, in their order.
    pub const ALL: [Life; 8] = [
        Life::Raised,
        Life::Sent,
        Life::Acknowledged,
        Life::InWork,
        Life::Resolved,
        Life::FalseAlarm,
        Life::Gone,
        Life::Merged,
    ];

    /// The code in the file and in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Life::Raised => "raised",
            Life::Sent => "sent",
            Life::Acknowledged => "acknowledged",
            Life::InWork => "in_work",
            Life::Resolved => "resolved",
            Life::FalseAlarm => "false_alarm",
            Life::Gone => "gone",
            Life::Merged => "merged",
        }
    }

    /// The step of a code.
    pub fn parse(code: &str) -> Option<Life> {
        Life::ALL.into_iter().find(|life| life.as_str() == code)
    }

    /// The word people see.
    pub fn name_ru(self) -> &'static str {
        match self {
            Life::Raised => "готовится",
            Life::Sent => "отправлена",
            Life::Acknowledged => "принята",
            Life::InWork => "в работе",
            Life::Resolved => "закрыта: решено",
            Life::FalseAlarm => "закрыта: ложная",
            Life::Gone => "публикаций не осталось",
            Life::Merged => "объединена с другой",
        }
    }

    /// Nothing more is expected of anybody.
    pub fn is_closed(self) -> bool {
        self >= Life::Resolved
    }

    /// Somebody has taken it on: it no longer escalates.
    pub fn is_taken(self) -> bool {
        self >= Life::Acknowledged
    }
}

/// What a person can do with an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// «Принято».
    Ack,
    /// «В работу».
    Work,
    /// «Передано»: to the recipient that answers for it.
    Assign,
    /// Closed: resolved.
    Resolve,
    /// «Ложная».
    FalseAlarm,
}

/// Why a step is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is closed.
    #[error("тревога уже закрыта")]
    Closed,
    /// It is there already.
    #[error("это уже сделано")]
    Already,
    /// A closing says why.
    #[error("нужна причина: --reason")]
    NoReason,
    /// A passing on says to whom.
    #[error("нужен получатель: --to")]
    NoRecipient,
}

impl Step {
    /// All of them.
    pub const ALL: [Step; 5] = [Step::Ack, Step::Work, Step::Assign, Step::Resolve, Step::FalseAlarm];

    /// The code in buttons, links and the audit.
    pub fn as_str(self) -> &'static str {
        match self {
            Step::Ack => "ack",
            Step::Work => "work",
            Step::Assign => "assign",
            Step::Resolve => "resolve",
            Step::FalseAlarm => "false",
        }
    }

    /// The step of a code.
    pub fn parse(code: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.as_str() == code)
    }

    /// The label of its button.
    pub fn label_ru(self) -> &'static str {
        match self {
            Step::Ack => "Принято",
            Step::Work => "В работу",
            Step::Assign => "Передано",
            Step::Resolve => "Решено",
            Step::FalseAlarm => "Ложная",
        }
    }
}

/// Where a step leads from where the alert stands. A step back is none: what is in work stays there when it is acknowledged again.
pub fn step(life: Life, step: Step, reason: &str, recipient: Option<&str>) -> Result<Life, Refused> {
    if life.is_closed() {
        return Err(Refused::Closed);
    }
    let next = match step {
        Step::Ack if life.is_taken() => return Err(Refused::Already),
        Step::Ack => Life::Acknowledged,
        Step::Work if life == Life::InWork => return Err(Refused::Already),
        Step::Work => Life::InWork,
        Step::Assign if recipient.is_none() => return Err(Refused::NoRecipient),
        Step::Assign => Life::InWork,
        Step::Resolve | Step::FalseAlarm if reason.trim().is_empty() => return Err(Refused::NoReason),
        Step::Resolve => Life::Resolved,
        Step::FalseAlarm => Life::FalseAlarm,
    };
    Ok(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_lead_forward_and_a_closing_says_why() {
        let cases = [
            (Life::Sent, Step::Ack, "", Ok(Life::Acknowledged)),
            (Life::Raised, Step::Ack, "", Ok(Life::Acknowledged)),
            (Life::Acknowledged, Step::Ack, "", Err(Refused::Already)),
            (Life::InWork, Step::Ack, "", Err(Refused::Already)),
            (Life::Acknowledged, Step::Work, "", Ok(Life::InWork)),
            (Life::InWork, Step::Work, "", Err(Refused::Already)),
            (Life::Sent, Step::Resolve, "", Err(Refused::NoReason)),
            (Life::Sent, Step::Resolve, "воду дали", Ok(Life::Resolved)),
            (Life::InWork, Step::FalseAlarm, "учения", Ok(Life::FalseAlarm)),
            (Life::Sent, Step::Assign, "", Err(Refused::NoRecipient)),
            (Life::Resolved, Step::Work, "", Err(Refused::Closed)),
            (Life::Merged, Step::Ack, "", Err(Refused::Closed)),
        ];
        for (life, what, reason, expect) in cases {
            assert_eq!(step(life, what, reason, None), expect, "{life:?} {what:?}");
        }
        assert_eq!(step(Life::Sent, Step::Assign, "", Some("jkh")), Ok(Life::InWork));
    }
}
