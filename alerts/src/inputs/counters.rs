//! The stream of counters: the views and reposts that stories gain.

use journal::{Applied, Checkpoint, Entry, Sink, SinkError};
use model::{Counters, wire};
use rusqlite::{Transaction, params};

use super::apply;
use crate::store::error::AlertError;
use crate::store::handle::Alerts;
use crate::store::post::StoredPost;
use crate::store::{positions, post_table};
use crate::stories::story;

const COUNTERS: &str = "counters";
const HOUR_MS: i64 = 3_600_000;

/// Follows the stream of counters.
pub struct CountersSink(Alerts);

impl Alerts {
    /// The sink of the stream of counters.
    pub fn counters_sink(&self) -> CountersSink {
        CountersSink(self.clone())
    }

    /// Adds what a post has gained since its counters were last read to its story.
    fn gained(&self, transaction: &Transaction<'_>, counters: &Counters) -> Result<(), AlertError> {
        let Some(mut known) = post_table::load(transaction, &counters.id)?.filter(|post| post.story.is_some()) else {
            return Ok(());
        };
        let at = counters.seen_at.as_millisecond();
        if at <= known.counted_at {
            return Ok(());
        }
        let (views, reposts) = (counters.views.unwrap_or(known.views), counters.reposts.unwrap_or(known.reposts));
        let gained = (views.saturating_sub(known.views), reposts.saturating_sub(known.reposts));
        let hours = ((at - known.counted_at) as f64 / HOUR_MS as f64).max(1.0);
        (known.views, known.reposts, known.counted_at) = (views.max(known.views), reposts.max(known.reposts), at);
        let story = known.story.clone().unwrap_or_default();
        post_table::store(transaction, &known)?;
        transaction
            .prepare_cached("UPDATE story SET views = views + ?2 WHERE id = ?1")?
            .execute(params![story, gained.0])?;
        // A gain over several hours is spread over them: a post that was not read for long did not grow within one.
        let by_hour = (gained.0 as f64 / hours, gained.1 as f64 / hours);
        let hour = at.div_euclid(HOUR_MS);
        transaction
            .prepare_cached(
                "INSERT INTO growth (story, hour, views, reposts) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (story, hour) DO UPDATE SET views = views + excluded.views, reposts = reposts + excluded.reposts",
            )?
            .execute(params![story, hour, by_hour.0 as i64, by_hour.1 as i64])?;
        self.take_growth(transaction, &known, &story, hour)
    }

    /// Evaluates what the story of a post has gained within an hour.
    fn take_growth(
        &self,
        transaction: &Transaction<'_>,
        post: &StoredPost,
        story: &str,
        hour: i64,
    ) -> Result<(), AlertError> {
        let gained = transaction
            .prepare_cached("SELECT views, reposts FROM growth WHERE story = ?1 AND hour = ?2")?
            .query_row(params![story, hour], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let Some(story) = story::load(transaction, story)? else { return Ok(()) };
        self.evaluate_growth(transaction, &story, gained, self.is_fresh(post))
    }
}

impl Sink for CountersSink {
    fn position(&mut self) -> Result<Option<Checkpoint>, SinkError> {
        Ok(positions::load(&self.0.database(), COUNTERS)?)
    }

    fn apply(&mut self, entries: &[Entry]) -> Result<Applied, SinkError> {
        apply::apply_batch(&self.0, COUNTERS, entries, |transaction, payload| match wire::read::<Counters>(payload) {
            Ok(counters) => self.0.gained(transaction, &counters).map(Ok),
            Err(error) => Ok(Err(error.to_string())),
        })
    }
}
