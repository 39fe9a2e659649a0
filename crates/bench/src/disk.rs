//! Bytes on the disk of what a measurement makes.

use std::path::{Path, PathBuf};

/// Where a measurement's bytes lie.
pub struct DataFiles {
    /// The data folder.
    pub folder: PathBuf,
    /// Which files hold the journal.
    pub journal: JournalFiles,
}

/// Which files hold the journal of a measurement.
pub enum JournalFiles {
    /// The embedded one, in the data folder.
    Embedded,
    /// Topics whose names begin with a prefix, in the folder of a broker.
    Topics {
        /// Where the broker keeps its log.
        log: PathBuf,
        /// How the names of the topics begin. Those of other measurements are not counted: a broker removes topics when it likes.
        prefix: String,
    },
    /// Brokers elsewhere keep it, or messages are let go of as they are read.
    Unknown,
}

/// Bytes of each part; the journal's are not always known.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// The journal.
    pub journal: Option<u64>,
    /// The search index.
    pub index: u64,
    /// The figures.
    pub facts: u64,
}

impl DataFiles {
    /// The sizes now.
    pub fn sizes(&self) -> Sizes {
        let file = |name: &str| size(&self.folder.join(name));
        let journal = match &self.journal {
            JournalFiles::Embedded => Some(file("journal.db") + file("journal.db-wal")),
            JournalFiles::Topics { log, prefix } => Some(topics_size(log, prefix)),
            JournalFiles::Unknown => None,
        };
        Sizes { journal, index: file("index"), facts: file("facts") }
    }
}

/// Bytes of a file, or of everything in a folder.
fn size(path: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(path) else {
        return std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    };
    entries.flatten().map(|entry| size(&entry.path())).sum()
}

/// Bytes of the topics whose names begin with a prefix. Each partition has a folder with the name of its topic.
fn topics_size(log: &Path, prefix: &str) -> u64 {
    let Ok(partitions) = std::fs::read_dir(log) else {
        return 0;
    };
    let of_prefix = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with(prefix);
    partitions.flatten().filter(|entry| of_prefix(&entry.file_name())).map(|entry| size(&entry.path())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_counted_by_their_prefix_and_folders_with_all_they_hold() {
        let folder = tempfile::tempdir().unwrap();
        for (path, bytes) in [("index/a/b", 3), ("journal.db", 5), ("log/x.posts-0/0", 7), ("log/y.posts-0/0", 11)] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, vec![0; bytes]).unwrap();
        }
        let sizes = |journal| DataFiles { folder: folder.path().to_owned(), journal }.sizes();
        let embedded = sizes(JournalFiles::Embedded);
        assert_eq!((embedded.journal, embedded.index, embedded.facts), (Some(5), 3, 0));
        let topics = JournalFiles::Topics { log: folder.path().join("log"), prefix: "x.".into() };
        assert_eq!(sizes(topics).journal, Some(7));
        assert_eq!(sizes(JournalFiles::Unknown).journal, None);
    }
}
