//! The streams of coverage and counters into the book: what was seen of the sources, and what stories gain.

use config::RuleKind;
use journal::{Applied, Checkpoint, Entry, Refusal, Sink, SinkError};
use model::{Counters, Coverage, wire};
use rusqlite::{Transaction, params};

use crate::book::{position_of, store_position};
use crate::raise::{Firing, Subject};
use crate::{AlertError, Alerts, post, stories};

const COVERAGE: &str = "coverage";
const COUNTERS: &str = "counters";
const HOUR_MS: i64 = 3_600_000;

/// Follows the stream of coverage.
pub struct CoverageSink(Alerts);

/// Follows the stream of counters.
pub struct CountersSink(Alerts);

impl Alerts {
    /// The sink of what was seen.
    pub fn coverage_sink(&self) -> CoverageSink {
        CoverageSink(self.clone())
    }

    /// The sink of what stories gain.
    pub fn counters_sink(&self) -> CountersSink {
        CountersSink(self.clone())
    }

    fn follow(
        &self,
        stream: &str,
        entries: &[Entry],
        mut take: impl FnMut(&Transaction<'_>, &[u8]) -> Result<Result<(), String>, AlertError>,
    ) -> Result<Applied, SinkError> {
        let mut database = self.database();
        let mut position = position_of(&database, stream)?.unwrap_or_default();
        let mut applied = Applied::default();
        let transaction = database.transaction()?;
        for entry in entries {
            position.advance(entry);
            if entry.payload.is_empty() {
                continue;
            }
            if let Err(reason) = take(&transaction, &entry.payload)? {
                applied.refused.push(Refusal { partition: entry.partition, offset: entry.offset, reason });
            }
        }
        store_position(&transaction, stream, &position)?;
        transaction.commit()?;
        Ok(applied)
    }

    fn seen(&self, transaction: &Transaction<'_>, poll: &Coverage) -> Result<(), AlertError> {
        let at = poll.at.as_millisecond();
        // A poll that vouches for nothing has not seen the source, whatever it is called.
        let ok = poll.covers_from.map(|_| at);
        transaction
            .prepare_cached(
                "INSERT INTO source_seen (source, platform, ok_at, last_at, outcome) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (source) DO UPDATE SET platform = excluded.platform,
                    ok_at = CASE WHEN excluded.ok_at IS NULL THEN ok_at ELSE max(coalesce(ok_at, 0), excluded.ok_at) END,
                    outcome = CASE WHEN excluded.last_at >= last_at THEN excluded.outcome ELSE outcome END,
                    last_at = max(last_at, excluded.last_at)",
            )?
            .execute(params![poll.source, poll.platform.as_str(), ok, at, poll.outcome])?;
        Ok(())
    }

    /// What a post gained since its counters were last read, for its story.
    fn gained(&self, transaction: &Transaction<'_>, counters: &Counters) -> Result<(), AlertError> {
        let Some(mut known) = post::load(transaction, &counters.id)?.filter(|post| post.story.is_some()) else {
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
        post::store(transaction, &known)?;
        transaction
            .prepare_cached("UPDATE story SET views = views + ?2 WHERE id = ?1")?
            .execute(params![story, gained.0])?;
        // What came over several hours is spread over them: a post that was long not read has not grown in one.
        let by_hour = (gained.0 as f64 / hours, gained.1 as f64 / hours);
        let hour = at.div_euclid(HOUR_MS);
        transaction
            .prepare_cached(
                "INSERT INTO growth (story, hour, views, reposts) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (story, hour) DO UPDATE SET views = views + excluded.views, reposts = reposts + excluded.reposts",
            )?
            .execute(params![story, hour, by_hour.0 as i64, by_hour.1 as i64])?;
        self.judge_growth(transaction, &known, &story, hour)
    }

    fn judge_growth(
        &self,
        transaction: &Transaction<'_>,
        post: &post::BookPost,
        story: &str,
        hour: i64,
    ) -> Result<(), AlertError> {
        let (views, reposts): (u64, u64) = transaction
            .prepare_cached("SELECT views, reposts FROM growth WHERE story = ?1 AND hour = ?2")?
            .query_row(params![story, hour], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let Some(story) = stories::load(transaction, story)? else { return Ok(()) };
        let fresh = self.is_fresh(post);
        for rule in &self.config().alerts.rules {
            let (level, words) = match rule.kind {
                RuleKind::Growth { views_per_hour, reposts_per_hour, level }
                    if views_per_hour.is_some_and(|least| views >= least)
                        || reposts_per_hour.is_some_and(|least| reposts >= least) =>
                {
                    (level, format!("за час просмотров +{views}, репостов +{reposts}"))
                }
                RuleKind::Spread { views: Some(least), level, .. } if story.views >= least => {
                    (level, format!("источников {}, просмотров {}", story.sources, story.views))
                }
                _ => continue,
            };
            let level = story.level.unwrap_or(level).max(level);
            let firing = Firing { rule: &rule.id, subject: Subject::Story(&story), level, words, fresh };
            self.raise(transaction, &firing)?;
        }
        Ok(())
    }
}

impl Sink for CoverageSink {
    fn position(&mut self) -> Result<Option<Checkpoint>, SinkError> {
        Ok(position_of(&self.0.database(), COVERAGE)?)
    }

    fn apply(&mut self, entries: &[Entry]) -> Result<Applied, SinkError> {
        self.0.follow(COVERAGE, entries, |transaction, payload| match wire::read::<Coverage>(payload) {
            Ok(poll) => self.0.seen(transaction, &poll).map(Ok),
            Err(error) => Ok(Err(error.to_string())),
        })
    }
}

impl Sink for CountersSink {
    fn position(&mut self) -> Result<Option<Checkpoint>, SinkError> {
        Ok(position_of(&self.0.database(), COUNTERS)?)
    }

    fn apply(&mut self, entries: &[Entry]) -> Result<Applied, SinkError> {
        self.0.follow(COUNTERS, entries, |transaction, payload| match wire::read::<Counters>(payload) {
            Ok(counters) => self.0.gained(transaction, &counters).map(Ok),
            Err(error) => Ok(Err(error.to_string())),
        })
    }
}
