//! The folder of the index: opening it, and what is asked of it besides searches.

use std::fs;
use std::io::{self, Write};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use jiff::tz::TimeZone;
use journal::Checkpoint;
use model::{PostId, TaggedPost, wire};
use tantivy::collector::Count;
use tantivy::error::DataCorruption;
use tantivy::query::TermQuery;
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{DocAddress, Index, IndexReader, ReloadPolicy, Searcher, TantivyDocument, TantivyError, Term};

use super::analysis::{self, WordsTokenizer};
use super::find::SearchError;
use super::schema::{self, Fields, SCHEMA_VERSION};
use super::sink::SearchSink;

/// File with the number of the schema, beside tantivy's own.
pub(super) const VERSION_FILE: &str = "schema_version";

/// The index. Cheap to clone: all clones read the same state, which [`SearchSink`] renews with each commit.
#[derive(Clone)]
pub struct SearchIndex {
    pub(super) folder: PathBuf,
    pub(super) index: Index,
    pub(super) reader: IndexReader,
    pub(super) fields: Fields,
    pub(super) timezone: TimeZone,
    /// The files that were found damaged.
    pub(super) damage: Arc<OnceLock<String>>,
}

/// Why the index cannot be opened or written.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made or read.
    #[error("cannot open the search index in {folder}: {error}")]
    Folder {
        /// Where.
        folder: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Another build wrote it.
    #[error(
        "the search index in {folder} has schema {found}, this build needs {SCHEMA_VERSION}; run `otklik rebuild index`"
    )]
    Schema {
        /// Where.
        folder: PathBuf,
        /// What its version file says.
        found: String,
    },
    /// Its single writer is taken.
    #[error("the search index in {folder} is being written by another process; stop that one first")]
    Busy {
        /// Where.
        folder: PathBuf,
    },
    /// Its files are damaged or unreadable.
    #[error("the search index in {folder} cannot be read: {error}; run `otklik rebuild index`")]
    Damaged {
        /// Where.
        folder: PathBuf,
        /// Why.
        error: TantivyError,
    },
}

impl SearchIndex {
    /// Opens the index in a folder, which is made if it is not there. Days in queries are those of `timezone`.
    pub fn open(folder: &Path, timezone: TimeZone) -> Result<SearchIndex, OpenError> {
        let unusable = |error| OpenError::Folder { folder: folder.to_owned(), error };
        fs::create_dir_all(folder).map_err(unusable)?;
        check_schema_version(folder)?;
        let damaged = |error| match error {
            TantivyError::SchemaError(_) => {
                OpenError::Schema { folder: folder.to_owned(), found: "with other fields".into() }
            }
            error => OpenError::Damaged { folder: folder.to_owned(), error },
        };
        let (schema, fields) = schema::build();
        let directory = tantivy::directory::MmapDirectory::open(folder).map_err(|error| damaged(error.into()))?;
        let index = Index::open_or_create(directory, schema).map_err(damaged)?;
        index.tokenizers().register(analysis::TOKENIZER, TextAnalyzer::from(WordsTokenizer::default()));
        // Renewed by the sink after each commit: a watcher thread would only see the same later.
        let open = || index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into();
        // tantivy trusts its files: where lengths in them are damaged it may panic instead of telling.
        let reader = std::panic::catch_unwind(AssertUnwindSafe(open)).unwrap_or_else(|_| {
            Err(TantivyError::DataCorruption(DataCorruption::comment_only("opening a segment failed")))
        });
        let reader = reader.map_err(damaged)?;
        Ok(SearchIndex { folder: folder.to_owned(), index, reader, fields, timezone, damage: Arc::default() })
    }

    /// Takes the single writer.
    pub fn sink(&self) -> Result<SearchSink, OpenError> {
        SearchSink::new(self.clone()).map_err(|error| match error {
            TantivyError::LockFailure(..) => OpenError::Busy { folder: self.folder.clone() },
            error => OpenError::Damaged { folder: self.folder.clone(), error },
        })
    }

    /// The post of an id; `None` where there is none or it was deleted.
    pub fn get(&self, id: &PostId) -> Result<Option<TaggedPost>, SearchError> {
        let searcher = self.reader.searcher();
        self.whole()?;
        let term = Term::from_field_text(self.fields.id, id.as_str());
        let found = searcher.search(
            &TermQuery::new(term, IndexRecordOption::Basic),
            &tantivy::collector::TopDocs::with_limit(1).order_by_score(),
        )?;
        found.first().map_or(Ok(None), |&(_, address)| self.post(&searcher, address))
    }

    /// Posts that a search can find.
    pub fn docs(&self) -> Result<u64, SearchError> {
        let living = Term::from_field_bool(self.fields.deleted, false);
        let searcher = self.reader.searcher();
        Ok(searcher.search(&TermQuery::new(living, IndexRecordOption::Basic), &Count)? as u64)
    }

    /// Id, version and whether it is deleted, of every post and tombstone, by id. Two indexes fed with the same versions
    /// in any order agree in this.
    pub fn versions(&self) -> Result<Vec<(PostId, u64, bool)>, SearchError> {
        let mut versions = Vec::new();
        for segment in self.reader.searcher().segment_readers() {
            let columns = segment.fast_fields();
            let (Some(ids), numbers) = (columns.str(schema::ID)?, columns.u64(schema::VERSION)?) else {
                continue;
            };
            let deleted = columns.bool(schema::DELETED)?;
            for doc in segment.doc_ids_alive() {
                let mut id = String::new();
                if let Some(ord) = ids.ords().first(doc) {
                    ids.ord_to_str(ord, &mut id)?;
                }
                let id = PostId::new(id).map_err(|error| SearchError::Damaged(error.to_string()))?;
                versions.push((id, numbers.first(doc).unwrap_or_default(), deleted.first(doc).unwrap_or_default()));
            }
        }
        versions.sort();
        Ok(versions)
    }

    /// The journal's position that the last commit was made with.
    pub fn checkpoint(&self) -> Result<Option<Checkpoint>, TantivyError> {
        let payload = self.index.load_metas()?.payload;
        let read = |json: String| serde_json::from_str(&json);
        payload.map(read).transpose().map_err(|error| TantivyError::InternalError(format!("position: {error}")))
    }

    /// What the folder takes on the disk.
    pub fn disk_bytes(&self) -> io::Result<u64> {
        let mut bytes = 0;
        for file in fs::read_dir(&self.folder)? {
            // A merge may remove a file between the listing and the look at it.
            bytes += file?.metadata().map_or(0, |metadata| metadata.len());
        }
        Ok(bytes)
    }

    /// The stored post at an address; `None` for a tombstone.
    pub(super) fn post(&self, searcher: &Searcher, address: DocAddress) -> Result<Option<TaggedPost>, SearchError> {
        let document: TantivyDocument = searcher.doc(address)?;
        let read = |body| wire::read_tagged(body).map_err(|error| SearchError::Damaged(error.to_string()));
        self.body(&document).map(read).transpose()
    }

    /// The JSON of a stored post; `None` for a tombstone.
    pub(super) fn body<'a>(&self, document: &'a TantivyDocument) -> Option<&'a [u8]> {
        document.get_first(self.fields.body)?.as_bytes()
    }
}

/// Refuses an index of another schema; writes the number into a new folder before tantivy writes anything.
fn check_schema_version(folder: &Path) -> Result<(), OpenError> {
    let file = folder.join(VERSION_FILE);
    let unusable = |error| OpenError::Folder { folder: folder.to_owned(), error };
    let found = match fs::read_to_string(&file) {
        Ok(found) => found.trim().to_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(unusable(error)),
    };
    if found == SCHEMA_VERSION.to_string() {
        return Ok(());
    }
    // An empty number beside no index is a first start that was cut off.
    if !found.is_empty() || folder.join("meta.json").exists() {
        let found = if found.is_empty() { "unknown".into() } else { found };
        return Err(OpenError::Schema { folder: folder.to_owned(), found });
    }
    let write = || {
        let mut file = fs::File::create(&file)?;
        writeln!(file, "{SCHEMA_VERSION}")?;
        file.sync_all()
    };
    write().map_err(unusable)
}
