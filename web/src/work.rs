//! Work that a visitor can make long: searches, exports, figures. Each kind has so many places, so that whoever asks for much waits for
//! himself and not the others for him.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use store::search::{Budget, SearchError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::error::ApiError;

/// A search is work for a core; more at a time would each take longer, and together all memory.
const SEARCHES: WorkLimits = WorkLimits { places: 8, queue: 64, wait: Duration::from_secs(5) };

/// An export holds a thread for as long as its reader takes; beside searches, which must not wait for slow readers.
const EXPORTS: WorkLimits = WorkLimits { places: 4, queue: 16, wait: Duration::from_secs(5) };

/// The engine of the figures has sixteen places, which the stages that count posts must find free.
const FIGURES: WorkLimits = WorkLimits { places: 4, queue: 32, wait: Duration::from_secs(10) };

/// A page of alerts or of the audit is composed of many rows on a core, and held in memory until it is read.
const LISTS: WorkLimits = WorkLimits { places: 8, queue: 64, wait: Duration::from_secs(5) };

/// A search that takes longer is stopped and told to be narrowed: it keeps the others waiting. Ten times what the widest query that is
/// taken costs on 60,000 posts in a build without optimisation.
const SEARCH_TIME: Duration = Duration::from_secs(10);

/// How much of one kind of work there is at a time.
#[derive(Debug, Clone, Copy)]
pub struct WorkLimits {
    /// So many are done.
    pub places: usize,
    /// So many wait for a place; beyond them a request is refused at once.
    pub queue: usize,
    /// For so long, then they are refused too: a visitor has gone by then, or asks again.
    pub wait: Duration,
}

/// All kinds of such work, of one listener.
pub struct Works {
    /// Searches and facets.
    pub searches: Work,
    /// Exports.
    pub exports: Work,
    /// Figures, digests and the ledger.
    pub figures: Work,
    /// Pages of lists.
    pub lists: Work,
}

impl Default for Works {
    fn default() -> Works {
        Works::new(SEARCHES, EXPORTS, FIGURES)
    }
}

impl Works {
    /// With limits of each but the lists, whose readers hold nothing while they read.
    pub fn new(searches: WorkLimits, exports: WorkLimits, figures: WorkLimits) -> Works {
        Works {
            searches: Work::new(searches),
            exports: Work::new(exports),
            figures: Work::new(figures),
            lists: Work::new(LISTS),
        }
    }

    /// Each kind, by the name that metrics have for it.
    pub(crate) fn all(&self) -> [(&'static str, &Work); 4] {
        [("search", &self.searches), ("export", &self.exports), ("figures", &self.figures), ("list", &self.lists)]
    }
}

/// One kind of work.
pub struct Work {
    limits: WorkLimits,
    places: Arc<Semaphore>,
    queue: Semaphore,
    refused: AtomicU64,
}

impl Work {
    fn new(limits: WorkLimits) -> Work {
        let (places, queue) = (Arc::new(Semaphore::new(limits.places)), Semaphore::new(limits.queue));
        Work { limits, places, queue, refused: AtomicU64::new(0) }
    }

    /// A place, which is free again when it is dropped.
    pub(crate) async fn place(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(place);
        }
        if let Ok(_waiting) = self.queue.try_acquire()
            && let Ok(Ok(place)) = timeout(self.limits.wait, Arc::clone(&self.places).acquire_owned()).await
        {
            return Ok(place);
        }
        self.refused.fetch_add(1, Ordering::Relaxed);
        Err(ApiError::busy())
    }

    /// Does work in a place, on a thread that may block. It keeps its place until it ends, though nobody waits for it any more.
    pub(crate) async fn blocking<T: Send + 'static, E>(
        &self,
        work: impl FnOnce() -> Result<T, E> + Send + 'static,
    ) -> Result<T, ApiError>
    where
        E: Into<ApiError> + Send + 'static,
    {
        on_thread(self.place().await?, work).await
    }

    /// The same with a search, which ends with its budget, or soon after whoever asked is gone.
    pub(crate) async fn search<T: Send + 'static>(
        &self,
        search: impl FnOnce(&Budget) -> Result<T, SearchError> + Send + 'static,
    ) -> Result<T, ApiError> {
        // Its time begins when the place is free; until then nobody works for it.
        let place = self.place().await?;
        let budget = budget();
        // This future is dropped when the connection is, and the guard with it.
        let _asked = budget.guard();
        on_thread(place, move || search(&budget)).await
    }

    /// Asks for something in a place. The place is taken until the answer is there: whoever is asked works on after the visitor has gone.
    pub(crate) async fn asking<T: Send + 'static>(
        &self,
        asking: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, ApiError> {
        let place = self.place().await?;
        let answer = tokio::spawn(async move {
            let answer = asking.await;
            drop(place);
            answer
        });
        answer.await.map_err(ApiError::unavailable)
    }

    /// How many are done now.
    pub(crate) fn running(&self) -> u64 {
        (self.limits.places - self.places.available_permits()) as u64
    }

    /// How many wait for a place.
    pub(crate) fn waiting(&self) -> u64 {
        (self.limits.queue - self.queue.available_permits()) as u64
    }

    /// How many were refused.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}

/// What one search may use, from now on.
pub(crate) fn budget() -> Budget {
    Budget::new(SEARCH_TIME, Arc::new(Instant::now))
}

async fn on_thread<T: Send + 'static, E>(
    place: OwnedSemaphorePermit,
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, ApiError>
where
    E: Into<ApiError> + Send + 'static,
{
    let done = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(place);
        done
    });
    done.await.map_err(ApiError::unavailable)?.map_err(Into::into)
}
