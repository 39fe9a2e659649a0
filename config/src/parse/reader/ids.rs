//! Ids of one kind: each may be defined once, and what refers to one must find it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::report::{At, Located, Report};

/// Ids of one kind seen so far, to find the second use of one.
pub struct Ids {
    what: &'static str,
    seen: HashMap<String, At>,
}

impl Ids {
    pub fn new(what: &'static str) -> Ids {
        Ids { what, seen: HashMap::new() }
    }

    /// Remembers an id and reports a second use and characters it may not have.
    pub fn add(&mut self, report: &Report, id: &Located<String>) {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if id.value.is_empty() || id.value.len() > 64 || !id.value.chars().all(fits) {
            let message = format!(
                "{}: в id {:?} должно быть от 1 до 64 латинских букв, цифр, `-`, `_` или `.`",
                self.what, id.value
            );
            report.add(&id.at, message);
        }
        self.unique(report, id);
    }

    /// Remembers an id and reports a second use.
    pub fn unique(&mut self, report: &Report, id: &Located<String>) {
        match self.seen.entry(id.value.clone()) {
            Entry::Occupied(first) => {
                let At { file, line } = first.get();
                let message = format!("{} `{}`: уже есть в {file}:{line}; оставьте что-то одно", self.what, id.value);
                report.add(&id.at, message);
            }
            Entry::Vacant(entry) => drop(entry.insert(id.at.clone())),
        }
    }

    /// Remembers ids that have been checked elsewhere.
    pub fn know<'a>(&mut self, ids: impl IntoIterator<Item = &'a str>) {
        let declared = |id: &str| (id.to_owned(), At { file: "".into(), line: 0 });
        self.seen.extend(ids.into_iter().map(declared));
    }

    /// Reports a reference to an id that does not exist.
    pub fn require(&self, report: &Report, id: &Located<String>) {
        if !report.unreadable() && !self.seen.contains_key(&id.value) {
            report.add(
                &id.at,
                format!("{} `{}`: такого нет; исправьте id или добавьте недостающее", self.what, id.value),
            );
        }
    }
}
