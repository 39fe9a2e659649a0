//! Opening the folder of the index.

use std::fs;
use std::io;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use jiff::tz::TimeZone;
use journal::Checkpoint;
use tantivy::error::DataCorruption;
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{Index, IndexReader, ReloadPolicy, TantivyError};

use super::earlier::EarlierIndex;
use super::error::OpenError;
use super::positions::Positions;
use super::version::{Found, IndexVersion};
use crate::retention::Retention;
use crate::search::schema::{self, Fields, WordsTokenizer};

/// The index. Cheap to clone: all clones read the same state, which [`SearchSink`](crate::search::SearchSink) renews with each
/// commit.
#[derive(Clone)]
pub struct SearchIndex {
    pub(in crate::search) folder: PathBuf,
    pub(in crate::search) index: Index,
    pub(in crate::search) reader: IndexReader,
    pub(in crate::search) fields: Fields,
    pub(in crate::search) timezone: TimeZone,
    pub(in crate::search) retention: Retention,
    /// The damaged files, once they are found.
    pub(super) damage: Arc<OnceLock<String>>,
    /// The index of an earlier build that this one is made of.
    pub(super) earlier: Option<Arc<EarlierIndex>>,
}

impl SearchIndex {
    /// Opens the index in a folder, which is created if it is not there. Days in queries are those of `timezone`.
    ///
    /// One of an earlier build is moved aside and made anew by the [sink](SearchIndex::sink), see [`SearchIndex::rebuilding`].
    pub fn open(folder: &Path, timezone: TimeZone) -> Result<SearchIndex, OpenError> {
        let earlier = prepare(folder)?;
        let damaged = |error| match error {
            TantivyError::SchemaError(_) => {
                OpenError::Schema { folder: folder.to_owned(), found: "with other fields".into() }
            }
            error => OpenError::Damaged { folder: folder.to_owned(), error },
        };
        let (schema, fields) = schema::build();
        let directory = tantivy::directory::MmapDirectory::open(folder).map_err(|error| damaged(error.into()))?;
        let index = Index::open_or_create(directory, schema).map_err(damaged)?;
        index.tokenizers().register(schema::TOKENIZER, TextAnalyzer::from(WordsTokenizer::default()));
        // The sink reloads it after each commit: a watcher thread would only notice later.
        let open = || index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into();
        // tantivy trusts its files: if lengths in them are damaged it may panic instead of returning an error.
        let reader = std::panic::catch_unwind(AssertUnwindSafe(open)).unwrap_or_else(|_| {
            Err(TantivyError::DataCorruption(DataCorruption::comment_only("opening a segment failed")))
        });
        let reader = reader.map_err(damaged)?;
        let (folder, damage) = (folder.to_owned(), Arc::default());
        let retention = Retention::forever();
        Ok(SearchIndex { folder, index, reader, fields, timezone, retention, damage, earlier })
    }

    /// Takes no post in that is not to be kept, in every [sink](SearchIndex::sink) of this index from now on.
    pub fn keeping(self, retention: Retention) -> SearchIndex {
        SearchIndex { retention, ..self }
    }

    /// The position in the tagged posts stored with the last commit.
    pub fn checkpoint(&self) -> Result<Option<Checkpoint>, TantivyError> {
        Ok(self.positions()?.map(|positions| positions.tagged))
    }

    /// The positions stored with the last commit.
    pub(in crate::search) fn positions(&self) -> Result<Option<Positions>, TantivyError> {
        let payload = self.index.load_metas()?.payload;
        let read = |json: String| Positions::read(&json);
        payload.map(read).transpose().map_err(|error| TantivyError::InternalError(format!("position: {error}")))
    }

    /// Bytes of the folder on disk.
    pub fn disk_bytes(&self) -> io::Result<u64> {
        let mut bytes = 0;
        for file in fs::read_dir(&self.folder)? {
            // A merge may remove a file between listing and looking at it.
            bytes += file?.metadata().map_or(0, |metadata| metadata.len());
        }
        Ok(bytes)
    }
}

/// Makes the folder ready for tantivy: refuses the index of a later build, moves that of an earlier one aside, and writes the version
/// into a new folder before tantivy writes anything.
fn prepare(folder: &Path) -> Result<Option<Arc<EarlierIndex>>, OpenError> {
    let unusable = |error| OpenError::Folder { folder: folder.to_owned(), error };
    let found = IndexVersion::find(folder).map_err(unusable)?;
    if let Found::Other(found) = found {
        return Err(OpenError::Schema { folder: folder.to_owned(), found });
    }
    if found == Found::Earlier {
        tracing::info!(folder = %folder.display(), "the search index is of an earlier build and is made anew");
        EarlierIndex::set_aside(folder).map_err(unusable)?;
    }
    if found != Found::Current {
        fs::create_dir_all(folder).and_then(|()| IndexVersion::write(folder)).map_err(unusable)?;
    }
    Ok(EarlierIndex::beside(folder).map_err(unusable)?.map(Arc::new))
}
