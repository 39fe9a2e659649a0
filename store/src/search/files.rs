//! The files of the index: whether they are whole, a copy of them, and reading every post back out of them.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use tantivy::directory::error::OpenReadError;
use tantivy::schema::Value;
use tantivy::{DocAddress, TantivyDocument, TantivyError};

use super::find::SearchError;
use super::index::SearchIndex;
use super::schema;

/// A merge may remove files while they are copied; then the copy begins again from the commit that is there now.
const COPY_TRIES: usize = 10;

/// Posts read back at once.
const PAGE: usize = 10_000;

impl SearchIndex {
    /// Reads every file of the last commit and compares it with the checksum at its end. Returns the damaged ones. It takes
    /// as long as the disk takes to read the index.
    ///
    /// Once damage was found this index answers no search and takes nothing in: what it would say cannot be trusted, and
    /// a merge would carry the damage on.
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

    /// Fails once damage was found.
    pub(super) fn whole(&self) -> Result<(), SearchError> {
        self.damage().map_or(Ok(()), Err)
    }

    /// Copies the last commit into a folder, which is made. Searches and the writer go on meanwhile.
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
                // Of the kinds of files that a segment may have not all are there.
                Err(error) if error.kind() == ErrorKind::NotFound && !is_needed(&file) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let managed = serde_json::to_vec(&managed).map_err(io::Error::from)?;
        fs::write(to.join(".managed.json"), managed)?;
        fs::copy(self.folder.join(super::index::VERSION_FILE), to.join(super::index::VERSION_FILE))?;
        fs::write(to.join("meta.json"), meta)?;
        for file in fs::read_dir(to)? {
            fs::File::open(file?.path())?.sync_all()?;
        }
        Ok(())
    }

    /// Hands over every post and tombstone as JSON: tombstones first, so that whoever fills something from them never
    /// writes a text that was deleted.
    pub fn every_post<E: From<SearchError>>(
        &self,
        mut each: impl FnMut(Vec<Vec<u8>>) -> Result<(), E>,
    ) -> Result<(), E> {
        let searcher = self.reader.searcher();
        for wanted in [true, false] {
            let field = if wanted { self.fields.tombstone } else { self.fields.body };
            let mut page = Vec::new();
            for (segment, reader) in searcher.segment_readers().iter().enumerate() {
                let deleted = reader.fast_fields().bool(schema::DELETED).map_err(SearchError::from)?;
                for doc in reader.doc_ids_alive().filter(|&doc| deleted.first(doc) == Some(wanted)) {
                    let document: TantivyDocument =
                        searcher.doc(DocAddress::new(segment as u32, doc)).map_err(SearchError::from)?;
                    let body = document.get_first(field).and_then(|value| value.as_bytes().map(<[u8]>::to_vec));
                    page.push(body.ok_or_else(|| SearchError::Damaged("a post has no text".into()))?);
                    if page.len() >= PAGE {
                        each(std::mem::take(&mut page))?;
                    }
                }
            }
            if !page.is_empty() {
                each(page)?;
            }
        }
        Ok(())
    }
}

/// Whether an error says that the bytes of a file are wrong, rather than that it could not be read.
fn is_damage(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof)
}

/// Whether every segment has a file of this kind.
fn is_needed(file: &Path) -> bool {
    file.extension().is_some_and(|kind| ["term", "idx", "pos", "fast", "store", "fieldnorm"].iter().any(|k| kind == *k))
}
