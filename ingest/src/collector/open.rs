//! Starts the collector on a data folder.

use std::path::Path;
use std::sync::{Arc, Mutex};

use config::Config;
use journal::Journal;
use model::{Clock, Time};

use super::Collector;
use super::polled::Polled;
use super::waits::waits;
use crate::fetch::{Fetcher, SetupError};
use crate::platforms::Platforms;
use crate::platforms::vk::{Sleep, naps};
use crate::poll::{Intake, Parsers};
use crate::privacy::{AuthorKeys, Random};
use crate::state::{SharedState, State};
use crate::time::later;

/// Why the collector cannot start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file of cursors.
    #[error("cannot open the collectors' state {0}: {1}; check that the data folder is writable")]
    State(String, sqlite::OpenError),
    /// The file of keys.
    #[error("cannot open the keys of authors {0}: {1}; check that the data folder is writable")]
    Keys(String, String),
    /// The HTTP client.
    #[error(transparent)]
    Http(#[from] SetupError),
}

impl Collector {
    /// Opens `ingest.db` and `author-keys.db` in the data folder. The keys lie in a file of their own so that backups can
    /// leave them out. `version` goes into the User-Agent.
    pub fn open(
        data_dir: &Path,
        config: Arc<Config>,
        journal: Arc<dyn Journal>,
        clock: Clock,
        random: Random,
        version: &str,
    ) -> Result<Collector, OpenError> {
        let sleep = naps(clock.clone());
        Collector::open_sleeping(data_dir, config, journal, clock, sleep, random, version)
    }

    /// Opens them where VK's calls wait for their turn otherwise than in real time.
    pub(super) fn open_sleeping(
        data_dir: &Path,
        config: Arc<Config>,
        journal: Arc<dyn Journal>,
        clock: Clock,
        sleep: Sleep,
        random: Random,
        version: &str,
    ) -> Result<Collector, OpenError> {
        let (state_path, keys_path) = (data_dir.join("ingest.db"), data_dir.join("author-keys.db"));
        let state_error = |error| OpenError::State(state_path.display().to_string(), error);
        let state = SharedState::new(State::open(&state_path).map_err(state_error)?);
        let keys = AuthorKeys::open(&keys_path, random)
            .map_err(|error| OpenError::Keys(keys_path.display().to_string(), error.to_string()))?;
        let platforms = Platforms::new(&config.settings, Some(state.clone()), clock.clone(), sleep);
        let now = clock();
        let mut sources = Vec::new();
        for (source, wait) in config.sources.iter().zip(waits(&config, &platforms)) {
            let address = source.address.identity();
            let cursor = state.lock().cursor(&source.id, &address);
            let mut cursor = cursor.map_err(|error| state_error(error.into()))?;
            let set_back = cursor.last_at.is_some_and(|at| at > now);
            // A shorter `every`, or a clock that was set back, holds from now on. Where calls are planned a source rests as long as
            // was planned: a restart must not cost a call for each.
            let is_planned = platforms.of(source.platform()).profile().calls_are_planned;
            if cursor.failures == 0 && (set_back || !is_planned) {
                cursor.next_at = cursor.next_at.map(|at| at.min(later(now, source.every)));
            }
            sources.push(Polled::new(source.clone(), cursor, wait));
        }
        let fetcher = Fetcher::new(&config.settings, version, clock.clone())?;
        let intake = Arc::new(Intake::new(journal, state, keys, Arc::clone(&config), clock.clone()));
        let parsers = Parsers::new();
        Ok(Collector { config, fetcher, parsers, clock, intake, sources, platforms, pruned_at: Mutex::new(Time::MIN) })
    }
}
