//! The engine: starting, where it answers, stopping.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use tokio::sync::oneshot;

use super::chdb::{Library, Session};
use super::error::EngineError;
use super::guest;
use super::http::{Server, Slots, importance, router};
use super::password::password;
use super::rights;

/// The database of the figures.
const DATABASE: &str = "otklik";

/// Connections to the engine: of Otklik, which keeps some, and of the operator's tools.
const CONNECTIONS: usize = 256;

/// At most one in so many descriptors of the process is for them.
const OF_DESCRIPTORS: u64 = 8;

/// A running engine. It ends when this is dropped and the running requests are done.
pub struct Engine {
    url: String,
    address: SocketAddr,
    password: String,
    stop: Option<oneshot::Sender<()>>,
    served: Option<tokio::task::JoinHandle<()>>,
}

impl Engine {
    /// Loads `library`, opens the engine on the folder `data`, which is created if it is not there, and serves it on `listen`
    /// (`None`: a free port of the loopback). With `guests`, whoever reaches it may read without a password; beyond the loopback
    /// nobody may. A process has one engine on one folder at a time.
    pub async fn start(
        library: &Path,
        data: &Path,
        listen: Option<SocketAddr>,
        guests: bool,
    ) -> Result<Engine, EngineError> {
        let wanted = listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 0)));
        let (library, data) = (library.to_owned(), data.to_owned());
        let loopback = wanted.ip().is_loopback();
        let opened = tokio::task::spawn_blocking(move || open(&library, &data, loopback, guests && loopback)).await;
        let server = opened.map_err(|error| EngineError::Answer(error.to_string()))??;
        let failed = |source| EngineError::Listen { address: wanted, source };
        let listener = listener::bind(wanted).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let password = server.password.clone();
        let version = server.version.clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let server = Arc::new(server);
        let settings = listener::Settings {
            name: "clickhouse",
            limits: listener::Limits::of(listener::share(CONNECTIONS, OF_DESCRIPTORS)),
            proxies: Vec::new(),
            tls: None,
            importance: importance(&server),
        };
        let served = tokio::spawn(listener::serve(listener, router(server), settings, async {
            // Dropping the engine stops it as well.
            let _ = stopped.await;
        }));
        tracing::info!(%address, version, "embedded ClickHouse started");
        Ok(Engine { url: format!("http://{address}"), address, password, stop: Some(stop), served: Some(served) })
    }

    /// The URL it answers at.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The database of the figures.
    pub fn database(&self) -> &str {
        DATABASE
    }

    /// The account that may write.
    pub fn user(&self) -> &str {
        "otklik"
    }

    /// Its password; also in the file `password` of the data folder, for the operator's tools.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// Stops serving and waits until running requests are done and the folder is free.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        if let Some(served) = self.served.take() {
            // A panic of the server was logged where it happened.
            let _ = served.await;
        }
    }
}

fn open(path: &Path, data: &Path, loopback: bool, guests: bool) -> Result<Server, EngineError> {
    let library = Library::load(path).map_err(|source| EngineError::Library { path: path.to_owned(), source })?;
    let failed = |source| EngineError::Folder { path: data.to_owned(), source };
    fs::DirBuilder::new().recursive(true).mode(0o700).create(data).map_err(failed)?;
    let password = password(&data.join("password")).map_err(failed)?;
    let engine = data.join("clickhouse");
    let mut arguments = Vec::new();
    if guests {
        let rights = rights::write(data, DATABASE).map_err(failed)?;
        arguments.push(("config-file".to_owned(), rights.to_string_lossy().into_owned()));
    }
    let mut keeper = Session::open(library, &engine, &arguments).ok_or_else(|| EngineError::Open(engine.clone()))?;
    if guests {
        rights::unmap_files(&mut keeper).map_err(EngineError::Answer)?;
    }
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
        database: DATABASE,
        loopback,
        guests,
        slots: Slots::new(),
    })
}
