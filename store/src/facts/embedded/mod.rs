//! The embedded engine: libchdb behind ClickHouse's own HTTP interface on the loopback.
//!
//! The official client then talks to it as to any server. One account, with a password made at the first start, may
//! write; whoever comes without a password only reads.

mod exception;
mod guest;
mod http;
mod library;
mod request;
mod statement;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use http::{Server, Turns};
use library::{Connection, Library};

/// Random bytes of the password: beyond guessing.
const PASSWORD_BYTES: usize = 32;

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
    /// The data folder cannot be made, read or written.
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
    /// The engine answers its first question with an error.
    #[error("the embedded ClickHouse does not answer: {0}")]
    Answer(String),
}

/// A running engine. It ends when this is dropped and the requests under way are done.
pub struct Engine {
    url: String,
    address: SocketAddr,
    password: String,
    stop: Option<oneshot::Sender<()>>,
    served: Option<tokio::task::JoinHandle<()>>,
}

impl Engine {
    /// Loads `library`, opens the engine on the folder `data`, which is made if it is not there, and serves it on `listen`
    /// (a free port of the loopback where it is `None`). A process has one engine on one folder at a time.
    pub async fn start(library: &Path, data: &Path, listen: Option<SocketAddr>) -> Result<Engine, EngineError> {
        let wanted = listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 0)));
        let (library, data) = (library.to_owned(), data.to_owned());
        let opened = tokio::task::spawn_blocking(move || open(&library, &data, wanted.ip().is_loopback())).await;
        let server = opened.map_err(|error| EngineError::Answer(error.to_string()))??;
        let refused = |source| EngineError::Listen { address: wanted, source };
        let listener = TcpListener::bind(wanted).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let password = server.password.clone();
        let version = server.version.clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = axum::serve(listener, http::router(Arc::new(server))).with_graceful_shutdown(async {
            // An engine that is dropped stops like one that is told to.
            let _ = stopped.await;
        });
        let served = tokio::spawn(async move {
            if let Err(error) = serving.await {
                tracing::error!(%error, "the embedded ClickHouse stopped serving");
            }
        });
        tracing::info!(%address, version, "embedded ClickHouse started");
        Ok(Engine { url: format!("http://{address}"), address, password, stop: Some(stop), served: Some(served) })
    }

    /// Where it answers.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The database of the figures.
    pub fn database(&self) -> &str {
        "otklik"
    }

    /// The account that may write.
    pub fn user(&self) -> &str {
        "otklik"
    }

    /// Its password; also in the file `password` of the data folder, for the operator's tools.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// Ends serving and waits until the requests under way are done and the folder is free.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        if let Some(served) = self.served.take() {
            // A panic of the server was logged where it happened.
            let _ = served.await;
        }
    }
}

fn open(path: &Path, data: &Path, loopback: bool) -> Result<Server, EngineError> {
    let library = Library::load(path).map_err(|source| EngineError::Library { path: path.to_owned(), source })?;
    let failed = |source| EngineError::Folder { path: data.to_owned(), source };
    fs::DirBuilder::new().recursive(true).mode(0o700).create(data).map_err(failed)?;
    let password = password(&data.join("password")).map_err(failed)?;
    let engine = data.join("clickhouse");
    let mut keeper = Connection::open(library, &engine, &[]).ok_or_else(|| EngineError::Open(engine.clone()))?;
    let mut ask = |sql: &str| {
        let answer = keeper.query(sql, "TSVRaw", &[]).map_err(EngineError::Answer)?;
        Ok::<String, EngineError>(String::from_utf8_lossy(answer.as_ref()).trim_end().to_owned())
    };
    Ok(Server {
        version: ask("SELECT version()")?,
        timezone: ask("SELECT timezone()")?,
        settings: ask("SELECT name FROM system.settings")?.lines().map(str::to_owned).collect(),
        forbidden: guest::forbidden(&ask("SELECT name FROM system.table_functions")?),
        _keeper: Mutex::new(keeper),
        library,
        data: engine,
        user: "otklik",
        password,
        loopback,
        turns: Turns::new(),
    })
}

/// The password of the folder, made where there is none yet.
fn password(path: &Path) -> io::Result<String> {
    match fs::read_to_string(path) {
        Ok(password) if password.len() >= 2 * PASSWORD_BYTES => return Ok(password),
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        // None yet, or a start was cut off while it was written.
        _ => {}
    }
    let mut random = [0_u8; PASSWORD_BYTES];
    File::open("/dev/urandom")?.read_exact(&mut random)?;
    let password: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(password.as_bytes())?;
    file.sync_all()?;
    Ok(password)
}
