//! How many posts there are, without counting them each time.

use std::time::{Duration, Instant};

use crate::facts::client::{Counted, Facts, FactsError};
use crate::facts::tables::quoted;

/// After a count that was not cheap the next one waits for so many times as long as it took, while posts are coming in: counting is a
/// look at the whole table, and how many there are is asked every few seconds.
const REST: u32 = 50;

/// A count that takes no longer is repeated whenever the table has changed.
const CHEAP: Duration = Duration::from_millis(20);

impl Facts {
    /// Posts stored and not deleted; of a large table, while posts are coming in, as of a moment ago. Where none came the number is exact.
    pub async fn counted(&self) -> Result<u64, FactsError> {
        // Others that ask meanwhile wait for this count.
        let mut last = self.counted.lock().await;
        // Before the count: what is inserted between the two is looked at again.
        let parts = self.parts().await;
        if let (Some(last), Ok(parts)) = (&*last, &parts)
            && (last.parts == *parts || last.at.elapsed() < rest(last.took))
        {
            return Ok(last.posts);
        }
        let began = Instant::now();
        let posts = self.count().await?;
        // A user of a server who may not see its parts counts each time.
        *last = parts.ok().map(|parts| Counted { parts, posts, at: Instant::now(), took: began.elapsed() });
        Ok(posts)
    }

    /// A hash of the parts that the table is made of now: each insert, merge or removal makes others.
    async fn parts(&self) -> Result<u64, FactsError> {
        let (from, table) = match &self.cluster {
            None => ("system.parts".to_owned(), "posts"),
            Some(cluster) => (format!("clusterAllReplicas({}, system.parts)", quoted(cluster)), "posts_local"),
        };
        let sql = format!(
            "SELECT sumWithOverflow(cityHash64(hostName(), name, modification_time)) FROM {from} \
             WHERE active AND database = ? AND table = ?"
        );
        self.one(self.client.query(&sql).bind(&*self.database).bind(table)).await
    }
}

/// How long a count holds though the table has changed.
fn rest(took: Duration) -> Duration {
    if took <= CHEAP { Duration::ZERO } else { took * REST }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dear_to_count_is_counted_seldom() {
        let of = |ms| rest(Duration::from_millis(ms)).as_millis();
        assert_eq!([of(0), of(20), of(21), of(2_000)], [0, 0, 1_050, 100_000]);
    }
}
