//! Where a page of a list ended.

use std::fmt;

/// The lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListKind {
    /// Alerts.
    Alerts,
    /// Silences.
    Silences,
    /// Known causes.
    Causes,
    /// What was held back.
    Suppressed,
}

impl ListKind {
    const ALL: [(ListKind, &str); 4] = [
        (ListKind::Alerts, "alert"),
        (ListKind::Silences, "silence"),
        (ListKind::Causes, "cause"),
        (ListKind::Suppressed, "held"),
    ];
}

/// The last row of a page: the next one begins after it, whatever came or went meanwhile. As a text it is to be handed back as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Of which list.
    pub(crate) list: ListKind,
    /// By what the list is ordered first, in milliseconds.
    pub(crate) at: i64,
    /// And then.
    pub(crate) id: String,
}

impl Cursor {
    pub(crate) fn new(list: ListKind, at: i64, id: &str) -> Cursor {
        Cursor { list, at, id: id.to_owned() }
    }

    /// Reads what was handed back.
    pub fn parse(text: &str) -> Option<Cursor> {
        let mut parts = text.splitn(3, '.');
        let name = parts.next()?;
        let list = ListKind::ALL.into_iter().find_map(|(list, known)| (known == name).then_some(list))?;
        Some(Cursor { list, at: parts.next()?.parse().ok()?, id: parts.next()?.to_owned() })
    }

    /// Whether it is one of the list of alerts.
    pub fn is_of_alerts(&self) -> bool {
        self.list == ListKind::Alerts
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = ListKind::ALL.into_iter().find_map(|(list, name)| (list == self.list).then_some(name));
        write!(out, "{}.{}.{}", name.unwrap_or_default(), self.at, self.id)
    }
}
