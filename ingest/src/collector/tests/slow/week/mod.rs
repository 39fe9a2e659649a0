//! A simulated week of walls on VK's limits, and of channels of Telegram and MAX and feeds beside them: the servers are ours, keep VK's limits per
//! second and day, and know what they had. The process is started anew once a day, VK is away for two hours once, and a provider
//! answers in place of the first host of Telegram's preview for a day.
//!
//! A small world runs with the tests. The full one, 300 walls, 30 channels, 30 chats and 30 feeds for seven days: `make week`.

mod account;
mod clock;
mod server;
mod world;

use std::time::Instant;

use super::*;
use account::{Account, Guarantees, Tally, journalled};
use clock::SimulatedClock;
use server::{FIRST_PREVIEW, Limits, Outages, Served};
use world::{DAY, MINUTE, Place, Random};

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

/// The number of the first channel of MAX; the others are below it.
const FIRST_CHAT: i64 = -70_000_000_000_000;

/// Channels, chats and feeds are polled this often.
const CHANNELS_EVERY: i64 = 30 * MINUTE;

/// Polls whatever is due, all at a time, until a time; what has begun is ended.
async fn play(collector: &Collector, clock: &SimulatedClock, until: i64, guarantees: &mut Guarantees) {
    collector.plan().await;
    let mut polls = FuturesUnordered::new();
    let mut polling = HashSet::new();
    let mut planned = None;
    loop {
        if planned != Some(collector.platforms.vk.plan().made_at()) {
            planned = Some(collector.platforms.vk.plan().made_at());
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

#[tokio::test]
async fn week_keeps_limits_and_guarantees_and_misses_nothing() {
    let Size { walls, days, per_day } = size();
    let real = Instant::now();
    let began = time(START).as_millisecond();
    let until = began + days * DAY;
    let middle = began + days * DAY / 2;
    let outage = (middle, middle + 120 * MINUTE);
    let outages = Outages { vk: outage, preview: (middle - DAY / 2, middle + DAY / 2) };
    let mut places: Vec<Place> = (1..=walls as i64).map(|owner| Place::Wall(-owner)).collect();
    places.extend(
        (0..walls.div_ceil(10))
            .flat_map(|number| [Place::Channel(number), Place::Chat(FIRST_CHAT - number as i64), Place::Feed(number)]),
    );
    let clock = SimulatedClock::new(began);
    let limits = Limits { per_second: 5, wall_get_per_day: per_day as usize };
    let served = Arc::new(Mutex::new(Served::new(world::World::new(SEED, &places, began, until), limits, outages)));
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
            Place::Chat(chat) => Address::Max { chat: *chat, name: None },
            Place::Feed(number) => Address::Portal(format!("{}/feed/{number}", server.base)),
        })
        .collect();
    let mut world = World::configured(&server, &addresses, true, |config| {
        config.settings.vk.limits.wall_get_per_day = per_day;
        let first_preview = server.host.replace("127.0.0.1", FIRST_PREVIEW);
        config.settings.telegram.preview.insert(0, format!("http://{first_preview}"));
        config.settings.fetch.allow_private.push(first_preview);
        max_chats::with_token(config);
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
        world = world.restart_sleeping(clock.sleep());
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
    let held_back = served.calls["pages of a provider"] as i64;
    assert!(held_back <= DAY / (15 * MINUTE) * 2, "{held_back} tries at a host that is held back");
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
