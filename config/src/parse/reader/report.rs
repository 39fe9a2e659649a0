//! Where problems are collected while files are read.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use crate::problems::Problem;

/// Collects problems of all files.
#[derive(Default)]
pub struct Report {
    problems: RefCell<Vec<Problem>>,
    unreadable: Cell<bool>,
}

/// A line of a file.
#[derive(Debug, Clone)]
pub struct At {
    pub file: Arc<str>,
    pub line: usize,
}

/// A value and where it stands.
#[derive(Debug, Clone)]
pub struct Located<T> {
    pub value: T,
    pub at: At,
}

impl Report {
    pub fn add(&self, at: &At, message: impl Into<String>) {
        self.problems.borrow_mut().push(Problem { file: at.file.to_string(), line: at.line, message: message.into() });
    }

    /// Notes that a file was no TOML at all.
    pub fn set_unreadable(&self) {
        self.unreadable.set(true);
    }

    /// Whether a file was no TOML at all, so that what it defines is unknown and a missing reference means nothing.
    pub fn unreadable(&self) -> bool {
        self.unreadable.get()
    }

    /// All problems in the order of files and lines.
    pub fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.sort_by(|a, b| (&a.file, a.line, &a.message).cmp(&(&b.file, b.line, &b.message)));
        problems.dedup();
        problems
    }
}
