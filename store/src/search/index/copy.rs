//! A copy of the index while it is in use.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use tantivy::TantivyError;

use super::error::SearchError;
use super::open::SearchIndex;
use super::version::VERSION_FILE;

/// A merge may remove files while they are copied; the copy then starts again from the current commit.
const COPY_TRIES: usize = 10;

impl SearchIndex {
    /// Copies the last commit into a folder, which is created. Searches and the writer are not disturbed.
    pub fn copy_to(&self, to: &Path) -> Result<(), SearchError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.copy_commit(to) {
                Err(SearchError::Index(TantivyError::IoError(error)))
                    if error.kind() == ErrorKind::NotFound && tries < COPY_TRIES =>
                {
                    fs::remove_dir_all(to)?;
                }
                result => return result,
            }
        }
    }

    fn copy_commit(&self, to: &Path) -> Result<(), SearchError> {
        fs::create_dir_all(to)?;
        // Read first: the files it names are complete, and no file of a commit ever changes.
        let meta = fs::read(self.folder.join("meta.json"))?;
        let metas = self.index.load_metas()?;
        if fs::read(self.folder.join("meta.json"))? != meta {
            return Err(io::Error::from(ErrorKind::NotFound).into());
        }
        // While these are held no file of theirs is removed.
        let mut managed = vec![PathBuf::from("meta.json")];
        for file in metas.list_segment_files() {
            match fs::copy(self.folder.join(&file), to.join(&file)) {
                Ok(_) => managed.push(file),
                // A segment does not have files of every kind.
                Err(error) if error.kind() == ErrorKind::NotFound && !is_needed(&file) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let managed = serde_json::to_vec(&managed).map_err(io::Error::from)?;
        fs::write(to.join(".managed.json"), managed)?;
        fs::copy(self.folder.join(VERSION_FILE), to.join(VERSION_FILE))?;
        fs::write(to.join("meta.json"), meta)?;
        for file in fs::read_dir(to)? {
            fs::File::open(file?.path())?.sync_all()?;
        }
        Ok(())
    }
}

/// Whether every segment has a file of this kind.
fn is_needed(file: &Path) -> bool {
    file.extension().is_some_and(|kind| ["term", "idx", "pos", "fast", "store", "fieldnorm"].iter().any(|k| kind == *k))
}
