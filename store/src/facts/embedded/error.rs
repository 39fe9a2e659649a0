//! Why the embedded engine does not start.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the embedded engine does not start.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The library is not there or is another release.
    #[error("cannot load {path}: {source}; run deploy/setup.sh, or set OTKLIK_CHDB to libchdb.so of release 26.7")]
    Library {
        /// Where it was looked for.
        path: PathBuf,
        /// What the loader says.
        source: libloading::Error,
    },
    /// The data folder cannot be created, read or written.
    #[error("cannot use the folder of the figures {path}: {source}; check its owner and the disk")]
    Folder {
        /// The folder or a file in it.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The engine refuses the folder.
    #[error(
        "the embedded ClickHouse cannot open {0}: another process holds it, or this process has another one open; what it says of it is on stderr"
    )]
    Open(PathBuf),
    /// The address is taken.
    #[error("cannot listen on {address}: {source}; choose another address")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The engine answers its first query with an error.
    #[error("the embedded ClickHouse does not answer: {0}")]
    Answer(String),
}
