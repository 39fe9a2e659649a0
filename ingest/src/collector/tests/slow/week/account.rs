//! What was promised and what happened, compared with what the journal says.

use super::world::{DAY, Item, MINUTE, Place};
use model::Kind;

use super::*;

/// How long after its publication a post of a source is in the journal at the latest, as the status told at a time.
#[derive(Default)]
pub(super) struct Guarantees(HashMap<String, Vec<(i64, i64)>>);

impl Guarantees {
    /// Notes what the status promises since the last plan.
    pub(super) fn note(&mut self, collector: &Collector, now: i64) {
        let planned = collector.platforms.vk.plan().made_at().map_or(now, |at| at.as_millisecond());
        for status in collector.status() {
            let promise = status.latency_s.unwrap() as i64 * 1000;
            let told = self.0.entry(status.id).or_default();
            if told.last().is_none_or(|(_, last)| *last != promise) {
                told.push((planned, promise));
            }
        }
    }

    pub(super) fn at(&self, source: &str, time: i64) -> i64 {
        let told = &self.0[source];
        let before = told.partition_point(|(at, _)| *at <= time);
        told[before.saturating_sub(1)].1
    }
}

/// What the journal says of an item: when each of its versions was seen, its text then, and when it was found deleted.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) source: String,
    pub(super) versions: Vec<(i64, String)>,
    pub(super) deleted: Option<i64>,
}

pub(super) fn journalled(world: &World) -> HashMap<String, Seen> {
    let mut seen: HashMap<String, Seen> = HashMap::new();
    for post in world.journal.posts() {
        let at = post.seen_at.unwrap().as_millisecond();
        let entry = seen.entry(post.id.to_string()).or_insert_with(|| Seen { source: post.source, ..Seen::default() });
        match post.deleted_at {
            Some(_) => entry.deleted = Some(at),
            None => entry.versions.push((at, post.title.unwrap_or(post.text))),
        }
    }
    seen
}

/// What was compared.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) posts: usize,
    pub(super) comments: usize,
    pub(super) edits: usize,
    pub(super) deletions: usize,
    pub(super) too_short_lived: usize,
    /// Comments that came while another went, so that the number of comments did not tell of them.
    pub(super) uncounted: usize,
    /// The longest that a post waited of what it was promised to wait at most.
    pub(super) worst_share: f64,
}

/// What items are compared with.
pub(super) struct Account {
    pub(super) guarantees: Guarantees,
    pub(super) began: i64,
    pub(super) until: i64,
    pub(super) outage: (i64, i64),
    pub(super) tally: Tally,
}

impl Account {
    /// By when something that happened is seen; later where VK was away meanwhile.
    fn deadline(&self, place: Place, happened: i64, within: i64) -> i64 {
        let (from, to) = self.outage;
        let usual = happened + within;
        let is_away = matches!(place, Place::Wall(_)) && happened < to && usual > from;
        if is_away { to + 2 * within + 60 * MINUTE } else { usual }
    }

    /// Whether the number of comments may be the same before and after a comment came: another of the thread went between the
    /// same two polls. VK tells of the number alone, so nobody can know that there is something to read.
    fn is_uncounted(&self, item: &Item, thread: &[Item], promised: i64, deadline: i64) -> bool {
        let (from, to) = self.outage;
        let mut earliest = item.published_at - promised;
        if earliest < to && item.published_at > from {
            earliest = earliest.min(from - promised);
        }
        let mut gone = thread.iter().filter(|other| other.id != item.id).filter_map(|other| other.deleted_at);
        gone.any(|at| (earliest..=deadline).contains(&at))
    }

    /// Compares an item of a source, and of the thread it is of, with the journal.
    pub(super) fn compare(
        &mut self,
        (source, place): (&str, Place),
        item: &Item,
        thread: &[Item],
        seen: Option<&Seen>,
    ) -> Result<(), String> {
        let began = self.began;
        let id = &item.id;
        // What was there before anybody looked is seen at first sight, as far as the backfill goes; old threads are not read.
        let is_old = item.published_at < began - 14 * DAY;
        if is_old || (item.kind == Kind::Comment && item.post_published_at < began) {
            return Ok(());
        }
        let gone = item.deleted_at.unwrap_or(i64::MAX);
        let from = item.published_at.max(began);
        let promised = self.guarantees.at(source, from);
        let mut deadline = self.deadline(place, from, promised);
        let is_uncounted = self.is_uncounted(item, thread, promised, deadline);
        if is_uncounted {
            // It is seen when the thread is read again for its age.
            let Some(by) = self.re_read(source, place, item, from) else { return Ok(()) };
            deadline = deadline.max(by);
        }
        if gone <= deadline || deadline > self.until {
            // It went before anybody could promise to see it, or the world ended.
            self.tally.too_short_lived += usize::from(gone > began && gone <= deadline);
            return Ok(());
        }
        // A feed shows its newest items only: older ones were never there to be seen.
        if matches!(place, Place::Feed(_)) && item.published_at < began && seen.is_none() {
            return Ok(());
        }
        let missed = || format!("{id} was missed");
        let seen = seen.ok_or_else(missed)?;
        assert_eq!(seen.source, source, "{id}");
        let first = seen.versions.first().ok_or_else(missed)?.0;
        if first > deadline {
            return Err(format!("{id} was seen {} s late, promised {} s", (first - deadline) / 1000, promised / 1000));
        }
        self.tally.uncounted += usize::from(is_uncounted);
        match item.kind {
            Kind::Post => self.tally.posts += 1,
            Kind::Comment => self.tally.comments += 1,
        }
        if item.published_at > began && deadline == from + promised {
            self.tally.worst_share = self.tally.worst_share.max((first - from) as f64 / promised as f64);
        }
        if let Some((edited_at, text)) = &item.edit
            && let Some(by) = self.re_read(source, place, item, *edited_at).filter(|by| *by < gone)
        {
            let seen_at = seen.versions.iter().find(|(_, seen)| seen == text).map(|(at, _)| *at);
            let seen_at = seen_at.ok_or_else(|| format!("the edit of {id} was missed"))?;
            if seen_at > by {
                return Err(format!("the edit of {id} was seen {} s late", (seen_at - by) / 1000));
            }
            self.tally.edits += 1;
        }
        if gone < i64::MAX
            && let Some(by) = self.re_read(source, place, item, gone)
        {
            let found = seen.deleted.ok_or_else(|| format!("the deletion of {id} was missed"))?;
            if found > by {
                return Err(format!("the deletion of {id} was found {} s late", (found - by) / 1000));
            }
            self.tally.deletions += 1;
        }
        assert!(seen.deleted.is_none() || gone < i64::MAX, "{id} is not deleted");
        Ok(())
    }

    /// By when a change is seen: when the post above it is read again, by a poll that may have to wait for its turn. None: after
    /// the end of the world, or of a post too old to be read again.
    fn re_read(&self, source: &str, place: Place, item: &Item, changed: i64) -> Option<i64> {
        let age = changed - item.post_published_at;
        if changed < self.began || age >= 2 * DAY {
            return None;
        }
        let latency = self.guarantees.at(source, changed);
        let rest = (age + 2 * latency).max(0) / 3 + 30 * MINUTE;
        Some(self.deadline(place, changed, 2 * latency + rest)).filter(|by| *by <= self.until)
    }
}
