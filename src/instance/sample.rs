//! The sample district around an instance: its clock, its servers and its configuration.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use model::{Clock, Time};
use sample::{SampleClock, Saved, World};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::peers::Peers;
use crate::folder::Folder;
use crate::roles::Role;

/// The file of the sample's clock in the data folder.
const CLOCK_FILE: &str = "sample.json";

/// Where the sample's sources were served last.
const ADDRESS_FILE: &str = "sample-address.json";

/// The same world at every start.
const SEED: u64 = 42;

/// How often the clock is written down: well within the time that a restart after a kill skips, [`sample::SAVE_INTERVAL`].
const SAVE_EVERY: Duration = Duration::from_millis(500);

/// The sample's clock as it stood when the data folder was last written; `None` where the folder is not a sample's.
pub fn stopped_clock(folder: &Folder) -> Result<Option<Clock>> {
    let saved: Option<Saved> = folder.read_json(CLOCK_FILE)?;
    Ok(saved.map(|saved| -> Clock { Arc::new(move || saved.at) }))
}

/// The running sample.
pub struct Sample {
    /// Configuration files that lie over the given ones.
    pub files: Vec<(String, String)>,
    /// The sample's clock.
    pub clock: Clock,
    /// Where its sources are served, and its time.
    pub place: SamplePlace,
}

/// What a process must know to join the sample that another one runs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SamplePlace {
    /// Where the sources are served.
    pub base: String,
    mapping: SampleClock,
}

impl SamplePlace {
    fn clock(&self) -> Clock {
        let mapping = self.mapping;
        Arc::new(move || mapping.at(Time::now()))
    }
}

/// How long it is waited between two questions to the process that runs the sample: it may be just starting.
const JOIN_PAUSE: Duration = Duration::from_millis(500);

/// See [`JOIN_PAUSE`].
const JOIN_TRIES: u32 = 120;

impl Sample {
    /// Serves the district on the loopback and starts its clock, or goes on where it was.
    pub async fn start(folder: &Folder) -> Result<Sample> {
        let saved: Option<Saved> = folder.read_json(CLOCK_FILE)?;
        let mapping = SampleClock::start(saved, Time::now());
        folder.write_json(CLOCK_FILE, &mapping.saved(Time::now()))?;
        let world = Arc::new(World::new(mapping.end(), SEED));
        let listener = listen(folder).await.context("cannot serve the sample district")?;
        let place = SamplePlace { base: format!("http://{}", listener.local_addr()?), mapping };
        let clock = place.clock();
        let router = sample::router(world, Arc::clone(&clock));
        tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the sample district is no longer served");
            }
        });
        let token = folder.file("sample-vk-token");
        std::fs::write(&token, sample::TOKEN).with_context(|| format!("cannot write {}", token.display()))?;
        Ok(Sample { files: files(&place.base, &token), clock, place })
    }

    /// Joins the sample that the role `ingest` runs in a process of its own.
    pub async fn join(folder: &Folder, peers: &Peers) -> Result<Sample> {
        let address = peers
            .addresses(Role::Ingest)
            .first()
            .context("[roles] names no address of ingest, which has the sample")?;
        let mut failure = String::new();
        for _ in 0..JOIN_TRIES {
            match peers.get::<SamplePlace>(address, "/internal/sample").await {
                Ok(place) => {
                    let files = files(&place.base, &folder.file("sample-vk-token"));
                    return Ok(Sample { files, clock: place.clock(), place });
                }
                Err(error) => failure = error,
            }
            tokio::time::sleep(JOIN_PAUSE).await;
        }
        bail!("the role ingest does not tell where the sample is: {failure}")
    }

    /// Writes the clock down until `stop` turns true, and once more then.
    pub fn keep_clock(
        &self,
        folder: Folder,
        mut stop: watch::Receiver<bool>,
    ) -> impl Future<Output = ()> + Send + use<> {
        let mapping = self.place.mapping;
        async move {
            let mut tick = tokio::time::interval(SAVE_EVERY);
            let (mut last, mut failing) = (false, false);
            while !last {
                tokio::select! { _ = tick.tick() => {} _ = stop.changed() => last = true }
                match folder.write_json(CLOCK_FILE, &mapping.saved(Time::now())) {
                    Ok(()) => failing = false,
                    Err(_) if failing => {}
                    Err(error) => {
                        failing = true;
                        tracing::error!(%error, "the sample's clock cannot be written down; tried on");
                    }
                }
            }
        }
    }
}

/// On the port of the last start, since a source whose address changes begins anew; on a free one where that is taken.
async fn listen(folder: &Folder) -> Result<TcpListener> {
    let last: Option<SocketAddr> = folder.read_json(ADDRESS_FILE)?;
    let again = match last {
        Some(address) => TcpListener::bind(address).await.ok(),
        None => None,
    };
    let listener = match again {
        Some(listener) => listener,
        None => TcpListener::bind("127.0.0.1:0").await?,
    };
    folder.write_json(ADDRESS_FILE, &listener.local_addr()?)?;
    Ok(listener)
}

/// The sample's configuration where its servers are not running: for commands on a folder that nobody holds.
pub fn files(base: &str, token: &Path) -> Vec<(String, String)> {
    sample::config_files(base, &token.display().to_string())
}

/// The sample's `otklik.toml` with the sections of the given one that say where Kafka, ClickHouse and the other roles are.
pub fn with_places(sample: &str, given: &str) -> Result<String> {
    let mut settings: toml::Table = sample.parse().context("the sample's otklik.toml is damaged")?;
    // It was validated before.
    let mut given: toml::Table = given.parse().context("otklik.toml cannot be read")?;
    for section in ["kafka", "roles", "facts"] {
        if let Some(value) = given.remove(section) {
            settings.insert(section.to_owned(), value);
        }
    }
    Ok(settings.to_string())
}
