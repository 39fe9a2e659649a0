//! A simulated week of walls on VK's limits: the server is ours, keeps the limits per second and day, and knows what it had.
//!
//! The small world runs with the tests. The full one, 300 sources for seven days:
//! `OTKLIK_WEEK=300x7 cargo test --release -p ingest --lib vk_week -- --nocapture`

mod server;

use std::time::Instant;

use super::*;
use model::Kind;
use server::{Item, Limits, Vk};

/// Sources, days, calls of `wall.get` a day.
struct Size {
    walls: usize,
    days: i64,
    per_day: u32,
}

/// The full world has VK's own limit; the small one has as much a wall.
fn size() -> Size {
    let text = std::env::var("OTKLIK_WEEK").unwrap_or_else(|_| "18x2".into());
    let (walls, days) = text.split_once('x').unwrap();
    let walls: usize = walls.parse().unwrap();
    Size { walls, days: days.parse().unwrap(), per_day: (5000 * walls / 300) as u32 }
}

const DAY_MS: i64 = 24 * 3600 * 1000;

/// The guarantee that held when something happened: each is of the time it was planned at.
#[derive(Default)]
struct Guarantees(HashMap<i64, Vec<(i64, i64)>>);

impl Guarantees {
    fn note(&mut self, world: &World) {
        let now = world.now.load(Ordering::Relaxed);
        for polled in &world.collector.sources {
            let Address::Vk(owner) = polled.source.address else { continue };
            let Some(pace) = world.collector.paces().get(&polled.source.id) else { continue };
            let latency = pace.latency.as_millis() as i64;
            let told = self.0.entry(owner).or_default();
            if told.last().is_none_or(|(_, last)| *last != latency) {
                told.push((now, latency));
            }
        }
    }

    fn at(&self, owner: i64, time: i64) -> i64 {
        let told = &self.0[&owner];
        let before = told.partition_point(|(at, _)| *at <= time);
        told[before.saturating_sub(1)].1
    }
}

/// Polls whatever is due, and moves the clock to what is due next, until the end.
async fn play(world: &World, until: i64) -> Guarantees {
    let mut guarantees = Guarantees::default();
    let mut planned = None;
    loop {
        let now = world.now();
        if now.as_millisecond() >= until {
            return guarantees;
        }
        let due: Vec<&Polled> = world.collector.sources.iter().filter(|polled| polled.is_due(now)).collect();
        if due.is_empty() {
            let next = world.collector.sources.iter().filter_map(|polled| polled.cursor().next_at).min().unwrap();
            world.now.fetch_max(next.as_millisecond().min(until), Ordering::Relaxed);
            continue;
        }
        // One after another, so that nobody's wait moves the clock under a request that is on its way.
        for polled in due {
            world.collector.poll_one(polled).await;
        }
        if planned != Some(world.collector.paces().made_at()) {
            planned = Some(world.collector.paces().made_at());
            guarantees.note(world);
        }
    }
}

/// What the journal says of an item: when each of its versions was seen, its text then, and when it was found deleted.
#[derive(Default)]
struct Seen {
    versions: Vec<(i64, String)>,
    deleted: Option<i64>,
}

fn journalled(world: &World) -> HashMap<String, Seen> {
    let mut seen: HashMap<String, Seen> = HashMap::new();
    for post in world.journal.posts() {
        let at = post.seen_at.unwrap().as_millisecond();
        let entry = seen.entry(post.id.to_string()).or_default();
        if post.is_deleted() {
            entry.deleted = Some(at);
        } else {
            entry.versions.push((at, post.text));
        }
    }
    seen
}

/// What was compared, and the worst delays in seconds.
#[derive(Debug, Default)]
struct Tally {
    posts: usize,
    comments: usize,
    edits: usize,
    deletions: usize,
    too_short_lived: usize,
    worst_share: f64,
}

/// Compares an item with the journal. `latency` is that of its wall.
fn compare(item: &Item, seen: Option<&Seen>, guarantees: &Guarantees, until: i64, tally: &mut Tally) {
    let latency = |time: i64| guarantees.at(item.owner, time);
    // What was there before anybody looked is seen at first sight, as far as the backfill goes; old threads are not read.
    let began = item.began;
    let is_old = item.published_at < began - 14 * DAY_MS;
    if is_old || (item.kind == Kind::Comment && item.post_published_at < began) {
        return;
    }
    let gone = item.deleted_at.unwrap_or(i64::MAX);
    let from = item.published_at.max(began);
    let deadline = from + latency(from);
    if gone <= deadline || deadline > until {
        // It went before anybody could promise to see it, or the world ended.
        tally.too_short_lived += usize::from(gone > began && gone <= deadline);
        return;
    }
    let id = item.id();
    let seen = seen.unwrap_or_else(|| panic!("{id} was missed"));
    let first = seen.versions.first().unwrap_or_else(|| panic!("{id} was missed")).0;
    assert!(first <= deadline, "{id} was seen {} s late", (first - deadline) / 1000);
    match item.kind {
        Kind::Post => tally.posts += 1,
        Kind::Comment => tally.comments += 1,
    }
    if item.published_at > began {
        let share = (first - item.published_at) as f64 / latency(item.published_at) as f64;
        tally.worst_share = tally.worst_share.max(share);
    }
    // A change is seen when the post above it is read again, by a poll that may have to wait for its turn.
    let by = |changed: i64| {
        let age = changed - item.post_published_at;
        let rest = (age + 2 * latency(changed)).max(0) / 3 + 30 * 60 * 1000;
        changed + 2 * latency(changed) + rest
    };
    let re_read =
        |changed: i64| changed >= began && changed - item.post_published_at < 2 * DAY_MS && by(changed) <= until;
    if let Some((edited_at, text)) = &item.edit
        && re_read(*edited_at)
        && by(*edited_at) < gone
    {
        let seen_at = seen.versions.iter().find(|(_, seen)| seen == text).map(|(at, _)| *at);
        let seen_at = seen_at.unwrap_or_else(|| panic!("the edit of {id} was missed"));
        assert!(seen_at <= by(*edited_at), "the edit of {id} was seen {} s late", (seen_at - by(*edited_at)) / 1000);
        tally.edits += 1;
    }
    if gone < i64::MAX && re_read(gone) {
        let found = seen.deleted.unwrap_or_else(|| panic!("the deletion of {id} was missed"));
        assert!(found <= by(gone), "the deletion of {id} was found {} s late", (found - by(gone)) / 1000);
        tally.deletions += 1;
    }
    assert!(seen.deleted.is_none() || gone < i64::MAX, "{id} is not deleted");
}

#[tokio::test]
async fn vk_week_keeps_limits_and_guarantees_and_misses_nothing() {
    let Size { walls, days, per_day } = size();
    let real = Instant::now();
    let began = time(START).as_millisecond();
    let until = began + days * DAY_MS;
    let vk = Vk::new(20_261_125, walls, began, until);
    let clock = Arc::new(AtomicI64::new(began));
    let limits = Limits { per_second: 5, wall_get_per_day: per_day as usize };
    let served = Arc::new(Mutex::new(server::Served::new(vk, limits)));
    let (shared, now) = (served.clone(), clock.clone());
    let server = Server::start(move |asked| {
        // A request takes its time.
        let at = now.fetch_add(40, Ordering::Relaxed) + 40;
        answer(200, &[], shared.lock().unwrap().answer(asked, at))
    })
    .await;
    let addresses: Vec<Address> = (1..=walls as i64).map(|owner| Address::Vk(-owner)).collect();
    let mut world = World::configured(&server, &addresses, true, |config| {
        config.settings.vk.limits.wall_get_per_day = per_day;
        config.settings.fetch.timeout_s = 30;
        config.sources.iter_mut().step_by(10).for_each(|source| source.weight = 4.0);
    });
    world.now = clock.clone();
    world.collector = open(&world.dir, &world.config, &world.journal, &world.now);
    let guarantees = play(&world, until).await;

    let served = served.lock().unwrap();
    assert_eq!(served.exceeded, Vec::<String>::new(), "limits exceeded");
    let seen = journalled(&world);
    let mut tally = Tally::default();
    for item in served.vk.items() {
        compare(item, seen.get(&item.id()), &guarantees, until, &mut tally);
    }
    let outcomes: BTreeMap<String, usize> =
        world.journal.read::<Coverage>(Stream::Coverage).into_iter().fold(BTreeMap::new(), |mut counts, entry| {
            *counts.entry(entry.outcome).or_default() += 1;
            counts
        });
    assert!(outcomes.keys().all(|name| name == "ok" || name == "empty"), "{outcomes:?}");
    let enough = |count: usize, at_least: usize| assert!(count >= at_least, "too little happened: {tally:?}");
    enough(tally.posts, walls * 5);
    enough(tally.comments, walls);
    enough(tally.edits, walls / 3);
    enough(tally.deletions, walls / 6);
    let guaranteed: Vec<i64> = (1..=walls as i64).map(|owner| guarantees.at(-owner, until) / 60_000).collect();
    println!(
        "{walls} walls, {days} days, {per_day} wall.get a day: {tally:?}; calls {:?}; most wall.get in a day {}; guaranteed {} to {} min; outcomes {outcomes:?}; {:.0} s",
        served.calls,
        served.most_in_a_day,
        guaranteed.iter().min().unwrap(),
        guaranteed.iter().max().unwrap(),
        real.elapsed().as_secs_f64()
    );
}
