//! Which schema and which analysis an index was written with, in a file beside tantivy's own.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::search::schema::SCHEMA_VERSION;

/// The file. Builds before the analysis had a number wrote that of the schema alone.
pub(super) const VERSION_FILE: &str = "schema_version";

/// The versions of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct IndexVersion {
    schema: u32,
    analysis: u32,
}

/// How the version of an index that is found compares with this build's.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// There is no index yet.
    Nothing,
    /// One of this build.
    Current,
    /// One of an earlier build.
    Earlier,
    /// One of a later build, or what is no version.
    Other(String),
}

impl IndexVersion {
    /// Of this build.
    pub(super) const CURRENT: IndexVersion = IndexVersion { schema: SCHEMA_VERSION, analysis: text::ANALYSIS_VERSION };

    fn parse(written: &str) -> Option<IndexVersion> {
        let (schema, analysis) = written.split_once('.').unwrap_or((written, "1"));
        Some(IndexVersion { schema: schema.parse().ok()?, analysis: analysis.parse().ok()? })
    }

    fn is_earlier(self) -> bool {
        self.schema <= Self::CURRENT.schema && self.analysis <= Self::CURRENT.analysis
    }

    /// What the folder of an index says.
    pub(super) fn find(folder: &Path) -> io::Result<Found> {
        let written = match fs::read_to_string(folder.join(VERSION_FILE)) {
            Ok(written) => written.trim().to_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        // Without an index no number is a first start that was interrupted.
        if written.is_empty() && !folder.join("meta.json").exists() {
            return Ok(Found::Nothing);
        }
        Ok(match IndexVersion::parse(&written) {
            Some(Self::CURRENT) => Found::Current,
            Some(version) if version.is_earlier() => Found::Earlier,
            _ if written.is_empty() => Found::Other("unknown".into()),
            _ => Found::Other(written),
        })
    }

    /// Writes the version of this build into a new folder.
    pub(super) fn write(folder: &Path) -> io::Result<()> {
        let mut file = fs::File::create(folder.join(VERSION_FILE))?;
        writeln!(file, "{}", Self::CURRENT)?;
        file.sync_all()
    }
}

impl fmt::Display for IndexVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema, self.analysis)
    }
}
