//! A simulated week of walls on VK's limits, and of channels and feeds beside them: the servers are ours, keep VK's limits per
//! second and day, and know what they had. The process is started anew once a day, and VK is away for two hours once.
//!
//! A small world runs with the tests. The full one, 300 walls, 30 channels and 30 feeds for seven days: `make week`.

mod clock;
mod server;
mod world;

use std::time::Instant;

use super::*;
use clock::SimulatedClock;
use model::Kind;
use server::{Limits, Served};
use world::{DAY, Item, MINUTE, Place, Random};

const SEED: u64 = 20_261_125;

/// Walls, days, calls of `wall.get` a day.
struct Size {
    walls: usize,
    days: i64,
    per_day: u32,
}

/// The full world has VK's own limit; the small one has as much a wall.
fn size() -> Size {
    let text = std::env::var("OTKLIK_WEEK").unwrap_or_else(|_| "20x2".into());
    let (walls, days) = text.split_once('x').unwrap();
    let walls: usize = walls.parse().unwrap();
    Size { walls, days: days.parse().unwrap(), per_day: (5000 * walls / 300) as u32 }
}

/// How long after its publication a post of a source is in the journal at the latest, as the status told at a time.
#[derive(Default)]
struct Guarantees(HashMap<String, Vec<(i64, i64)>>);

impl Guarantees {
    /// Notes what the status promises since the last plan.
    fn note(&mut self, collector: &Collector, now: i64) {
        let planned = collector.paces().made_at().map_or(now, |at| at.as_millisecond());
        for status in collector.status() {
            let promise = status.latency_s.unwrap() as i64 * 1000;
            let told = self.0.entry(status.id).or_default();
            if told.last().is_none_or(|(_, last)| *last != promise) {
                told.push((planned, promise));
            }
        }
    }

    fn at(&self, source: &str, time: i64) -> i64 {
        let told = &self.0[source];
        let before = told.partition_point(|(at, _)| *at <= time);
        told[before.saturating_sub(1)].1
    }
}

/// Channels and feeds are polled this often.
const CHANNELS_EVERY: i64 = 30 * MINUTE;

/// Polls whatever is due, all at a time, until a time; what has begun is ended.
async fn play(collector: &Collector, clock: &SimulatedClock, until: i64, guarantees: &mut Guarantees) {
    collector.plan().await;
    let mut polls = FuturesUnordered::new();
    let mut polling = HashSet::new();
    let mut planned = None;
    loop {
        if planned != Some(collector.paces().made_at()) {
            planned = Some(collector.paces().made_at());
            guarantees.note(collector, clock.millis());
        }
        let now = clock.millis();
        let mut next = until;
        for (number, polled) in collector.sources.iter().enumerate().filter(|_| now < until) {
            if polling.contains(&number) {
                continue;
            }
            if polled.is_due(Time::from_millisecond(now).unwrap()) {
                polling.insert(number);
                polls.push(async move {
                    collector.poll_one(polled).await;
                    number
                });
            } else {
                next = next.min(polled.cursor().next_at.unwrap().as_millisecond());
            }
        }
        if polls.is_empty() && now >= until {
            return;
        }
        let (asleep, waking) = clock.asleep();
        if asleep == polls.len() {
            // All wait for the clock, or nobody is there.
            clock.advance(waking.unwrap_or(next).min(if now < until { next } else { i64::MAX }));
            continue;
        }
        tokio::select! {
            Some(number) = polls.next() => { polling.remove(&number); }
            () = clock.changed.notified() => {}
        }
    }
}

/// What the journal says of an item: when each of its versions was seen, its text then, and when it was found deleted.
#[derive(Default)]
struct Seen {
    source: String,
    versions: Vec<(i64, String)>,
    deleted: Option<i64>,
}

fn journalled(world: &World) -> HashMap<String, Seen> {
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
struct Tally {
    posts: usize,
    comments: usize,
    edits: usize,
    deletions: usize,
    too_short_lived: usize,
    /// Comments that came while another went, so that the number of comments did not tell of them.
    uncounted: usize,
    /// The longest that a post waited of what it was promised to wait at most.
    worst_share: f64,
}

/// What items are compared with.
struct Account {
    guarantees: Guarantees,
    began: i64,
    until: i64,
    outage: (i64, i64),
    tally: Tally,
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
    fn compare(
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

#[tokio::test]
async fn week_keeps_limits_and_guarantees_and_misses_nothing() {
    let Size { walls, days, per_day } = size();
    let real = Instant::now();
    let began = time(START).as_millisecond();
    let until = began + days * DAY;
    let middle = began + days * DAY / 2;
    let outage = (middle, middle + 120 * MINUTE);
    let mut places: Vec<Place> = (1..=walls as i64).map(|owner| Place::Wall(-owner)).collect();
    places.extend((0..walls.div_ceil(10)).flat_map(|number| [Place::Channel(number), Place::Feed(number)]));
    let clock = SimulatedClock::new(began);
    let limits = Limits { per_second: 5, wall_get_per_day: per_day as usize };
    let served = Arc::new(Mutex::new(Served::new(world::World::new(SEED, &places, began, until), limits, outage)));
    let (shared, now) = (served.clone(), clock.now.clone());
    let server = Server::start(move |asked| {
        // A request takes its time.
        let at = now.fetch_add(40, Ordering::Relaxed) + 40;
        shared.lock().unwrap().answer(asked, at)
    })
    .await;
    let addresses: Vec<Address> = places
        .iter()
        .map(|place| match place {
            Place::Wall(owner) => Address::Vk(*owner),
            Place::Channel(number) => Address::Telegram(format!("channel{number}")),
            Place::Feed(number) => Address::Portal(format!("{}/feed/{number}", server.base)),
        })
        .collect();
    let mut world = World::configured(&server, &addresses, true, |config| {
        config.settings.vk.limits.wall_get_per_day = per_day;
        config.settings.fetch.timeout_s = 30;
        config.settings.fetch.header_timeout_s = 30;
        config.sources.iter_mut().step_by(10).for_each(|source| source.weight = 4.0);
        for source in config.sources.iter_mut().filter(|source| source.platform() != Platform::Vk) {
            source.every = Duration::from_millis(CHANNELS_EVERY as u64);
        }
    });
    world.now = clock.now.clone();
    let (mut random, mut guarantees) = (Random(SEED), Guarantees::default());
    for day in 0..days {
        world = world.restart();
        world.collector = world.collector.sleeping(clock.sleep());
        let stop = if day == days - 1 { until } else { began + day * DAY + DAY / 2 + random.within(DAY / 2) };
        play(&world.collector, &clock, stop, &mut guarantees).await;
    }

    let served = served.lock().unwrap();
    assert_eq!(served.exceeded, Vec::<String>::new(), "limits exceeded");
    let seen = journalled(&world);
    let mut account = Account { guarantees, began, until, outage, tally: Tally::default() };
    let sources: HashMap<Place, String> =
        places.iter().enumerate().map(|(number, place)| (*place, format!("s{number}"))).collect();
    let mut failures = Vec::new();
    for (place, item, thread) in served.world.items() {
        let source = &sources[&place];
        let id = match place {
            Place::Feed(_) => format!("portal:{source}/{}", item.number),
            _ => item.id.clone(),
        };
        failures.extend(account.compare((source, place), item, thread, seen.get(&id)).err());
    }
    assert!(
        failures.is_empty(),
        "{} failures, {:?}: {:#?}",
        failures.len(),
        account.tally,
        &failures[..failures.len().min(30)]
    );
    let outcomes: BTreeMap<String, usize> =
        world.journal.read::<Coverage>(Stream::Coverage).into_iter().fold(BTreeMap::new(), |mut counts, entry| {
            let away = entry.at.as_millisecond() >= outage.0 && entry.at.as_millisecond() <= outage.1 + MINUTE;
            assert!(entry.outcome != "server_error" || (away && entry.covers_from.is_none()), "{entry:?}");
            *counts.entry(entry.outcome).or_default() += 1;
            counts
        });
    assert!(outcomes.keys().all(|name| ["ok", "empty", "server_error"].contains(&name.as_str())), "{outcomes:?}");
    let tally = &account.tally;
    let enough = |count: usize, at_least: usize| assert!(count >= at_least, "too little happened: {tally:?}");
    enough(tally.posts, walls * 5);
    enough(tally.comments, walls / 2);
    enough(tally.edits, walls / 3);
    enough(tally.deletions, walls / 6);
    let guaranteed = (0..walls).map(|wall| account.guarantees.at(&format!("s{wall}"), until) / MINUTE);
    let (least, most) = guaranteed.fold((i64::MAX, 0), |(least, most), it| (least.min(it), most.max(it)));
    println!(
        "{} sources, {walls} of them walls, {days} days, {per_day} wall.get a day: {tally:?}; requests {:?}; most wall.get \
         in a day {}; walls are guaranteed {least} to {most} min; outcomes {outcomes:?}; {:.0} s",
        places.len(),
        served.calls,
        served.most_in_a_day,
        real.elapsed().as_secs_f64()
    );
}
