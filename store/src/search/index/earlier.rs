//! The index of an earlier build, out of which a new one is made.
//!
//! Opening an index whose schema or analysis is an earlier one moves it aside and begins an empty one in its place. What feeds the new
//! one first takes all that the earlier one holds, then its place in the journal, and removes it. Until it is removed the new index
//! holds nothing that it lacks, so that a rebuild which was cut off begins again and loses nothing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use tantivy::schema::Schema;
use tantivy::{Index, IndexReader, TantivyError};

use super::open::SearchIndex;

/// Ends the name of the folder of an earlier index.
const ASIDE: &str = "earlier";

/// Ends its name once it is of no use: removing a folder takes several steps, renaming it one.
const DONE: &str = "done";

/// How far a rebuild has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rebuilding {
    /// Posts taken.
    pub done: u64,
    /// Posts there are.
    pub total: u64,
}

/// An earlier index, and what is taken of it.
#[derive(Debug)]
pub(in crate::search) struct EarlierIndex {
    folder: PathBuf,
    /// Where it goes to be removed.
    gone: PathBuf,
    done: AtomicU64,
    total: AtomicU64,
    finished: AtomicBool,
    interrupted: AtomicBool,
}

impl EarlierIndex {
    /// The earlier index that lies beside a folder.
    pub(super) fn beside(folder: &Path) -> io::Result<Option<EarlierIndex>> {
        let (aside, gone) = (sibling(folder, ASIDE), sibling(folder, DONE));
        remove(&gone)?;
        Ok(aside.exists().then(|| EarlierIndex {
            folder: aside,
            gone,
            done: AtomicU64::new(0),
            total: AtomicU64::new(0),
            finished: AtomicBool::new(false),
            interrupted: AtomicBool::new(false),
        }))
    }

    /// Moves the index in a folder aside. Where one lies there already, this one was being made of it and has nothing else.
    pub(super) fn set_aside(folder: &Path) -> io::Result<()> {
        let (aside, gone) = (sibling(folder, ASIDE), sibling(folder, DONE));
        if !aside.exists() {
            return fs::rename(folder, aside);
        }
        remove(&gone)?;
        fs::rename(folder, gone)
    }

    /// Opens it, with the fields that it has.
    pub(in crate::search) fn open(&self) -> Result<(Schema, IndexReader, Option<String>), TantivyError> {
        let index = Index::open_in_dir(&self.folder)?;
        let payload = index.load_metas()?.payload;
        Ok((index.schema(), index.reader()?, payload))
    }

    pub(in crate::search) fn begin(&self, total: u64) {
        self.total.store(total, Relaxed);
        self.done.store(0, Relaxed);
    }

    pub(in crate::search) fn advance(&self, posts: usize) {
        self.done.fetch_add(posts as u64, Relaxed);
    }

    /// Whether somebody asked to stop.
    pub(in crate::search) fn is_interrupted(&self) -> bool {
        self.interrupted.load(Relaxed)
    }

    /// Removes it: all that it holds is in the new index.
    pub(in crate::search) fn finish(&self) -> io::Result<()> {
        remove(&self.gone)?;
        fs::rename(&self.folder, &self.gone)?;
        self.finished.store(true, Relaxed);
        fs::remove_dir_all(&self.gone)
    }
}

impl SearchIndex {
    /// The earlier index of which this one is still to be made.
    pub(in crate::search) fn earlier(&self) -> Option<&Arc<EarlierIndex>> {
        self.earlier.as_ref().filter(|earlier| !earlier.finished.load(Relaxed))
    }

    /// How far this index is made of an earlier one; none where that is done. Until then searches find a part of the posts.
    pub fn rebuilding(&self) -> Option<Rebuilding> {
        let earlier = self.earlier()?;
        Some(Rebuilding { done: earlier.done.load(Relaxed), total: earlier.total.load(Relaxed) })
    }

    /// Ends a rebuild that is under way: it begins again with the next start.
    pub fn interrupt_rebuilding(&self) {
        if let Some(earlier) = &self.earlier {
            earlier.interrupted.store(true, Relaxed);
        }
    }

    /// Removes what is left of an index of an earlier build beside a folder, whose index was made of something else.
    pub fn forget_earlier(folder: &Path) -> io::Result<()> {
        [ASIDE, DONE].iter().try_for_each(|name| remove(&sibling(folder, name)))
    }
}

fn sibling(folder: &Path, name: &str) -> PathBuf {
    let mut path = folder.as_os_str().to_owned();
    path.push(".");
    path.push(name);
    path.into()
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
