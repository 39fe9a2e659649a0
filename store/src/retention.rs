//! How long posts are kept.

use std::fmt;
use std::sync::Arc;

use model::Time;

/// How long posts are kept: what was published earlier than this counts as not there, whatever brings it again. Cheap to clone.
#[derive(Clone)]
pub struct Retention(Arc<dyn Fn() -> Option<Time> + Send + Sync>);

impl Retention {
    /// Everything is kept.
    pub fn forever() -> Retention {
        Retention(Arc::new(|| None))
    }

    /// What was published at the time that `oldest` tells, which moves on, or later; everything while it tells none.
    pub fn since(oldest: impl Fn() -> Option<Time> + Send + Sync + 'static) -> Retention {
        Retention(Arc::new(oldest))
    }

    /// When the oldest post that is kept now may have been published; `None`: everything is kept.
    pub fn oldest(&self) -> Option<Time> {
        (self.0)()
    }

    /// The same in milliseconds since 1970, as the stores compare.
    pub(crate) fn oldest_ms(&self) -> i64 {
        self.oldest().map_or(i64::MIN, Time::as_millisecond)
    }
}

impl fmt::Debug for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Retention").field(&self.oldest()).finish()
    }
}
