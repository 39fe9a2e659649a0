//! Whether the files of the index are intact.

use std::collections::BTreeSet;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

use tantivy::TantivyError;
use tantivy::directory::error::OpenReadError;

use super::error::SearchError;
use super::open::SearchIndex;

impl SearchIndex {
    /// Reads every file of the last commit and compares it with the checksum at its end. Returns the damaged ones. It takes
    /// as long as reading the whole index from disk.
    ///
    /// Once damage is found this index answers no search and takes nothing in: its answers cannot be trusted, and a merge would
    /// spread the damage.
    pub fn damaged_files(&self) -> Result<Vec<PathBuf>, TantivyError> {
        let directory = self.index.directory();
        let managed = directory.list_managed_files();
        let files: BTreeSet<PathBuf> = self.index.load_metas()?.list_segment_files().into_iter().collect();
        let mut damaged = Vec::new();
        for file in files.into_iter().filter(|file| managed.contains(file)) {
            match directory.validate_checksum(&file) {
                Ok(true) => {}
                Ok(false) => damaged.push(file),
                // The checksum itself, at the end of the file, cannot be read.
                Err(OpenReadError::IncompatibleIndex(_)) => damaged.push(file),
                Err(OpenReadError::IoError { io_error, .. }) if is_damage(&io_error) => damaged.push(file),
                Err(error) => return Err(error.into()),
            }
        }
        if !damaged.is_empty() {
            let files: Vec<_> = damaged.iter().map(|file| file.display().to_string()).collect();
            let _ = self.damage.set(files.join(", "));
        }
        Ok(damaged)
    }

    /// The damage that was found.
    pub fn damage(&self) -> Option<SearchError> {
        self.damage.get().map(|files| SearchError::Damaged(format!("checksums of {files}")))
    }

    /// Fails once damage is found.
    pub(in crate::search) fn ensure_intact(&self) -> Result<(), SearchError> {
        self.damage().map_or(Ok(()), Err)
    }
}

/// Whether an error says that the bytes of a file are wrong, rather than that it could not be read.
fn is_damage(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof)
}
