//! Everything from outside at once: readers that take nothing, requests that never end, idle connections, clients that leave, searches
//! that are too wide, forged links, feeds made to choke a parser. Beside them what the product is for goes on: feeds are read, an
//! emergency reaches the webhook, `/readyz` answers.
//!
//! A short run in CI asserts that nothing is lost or refused to those who keep room. `make attack` lasts five minutes and holds the times too.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::support::{Hook, PATIENCE, Place, Site, get, item, rss, until};
use axum::extract::State;

/// Readers of an export that take nothing; they held every thread that may block before exports had threads of their own.
const SLOW_READERS: usize = 560;

/// Connections that say half a request or nothing, beyond what a process may have open by default.
const SILENT: usize = 1_200;

/// Emergencies that are published one after another: each another thing in another street, so that each is an alert of its own.
const EMERGENCIES: [(&str, &str); 8] = [
    ("Абановская", "Пожар! Горит жилой дом на улице Абановская, в квартире дети, помогите"),
    ("Беринская", "Сильный запах газа в подъезде, улица Беринская, дышать нечем, жильцы вышли во двор"),
    ("Вилужская", "Рухнул балкон на улице Вилужская, придавило женщину, ждут скорую"),
    ("Горавитская", "Автобус столкнулся с грузовиком, улица Горавитская, есть пострадавшие, двоих увезли в больницу"),
    ("Далмовская", "На улице Далмовская стая собак набросилась на школьника, искусали ему ноги"),
    ("Жаразинская", "Прорвало водопровод на улице Жаразинская, вода хлещет на проезжую часть, весь квартал без воды"),
    ("Золавская", "Открытый люк на улице Золавская, крышки нет, туда провалился велосипедист"),
    ("Миродовская", "Взрыв в гараже, улица Миродовская, выбило окна, двое ранены"),
];

/// The least time between two of them.
const PROBE_EVERY: Duration = Duration::from_secs(4);

/// Posts that are there before, so that an export does not fit into what the network holds by itself.
const POSTS: usize = 6_000;

/// What the feeds of the test serve.
#[derive(Default)]
struct Feeds {
    news: Mutex<Vec<Published>>,
    polls: AtomicU64,
}

/// An emergency that the feed has.
struct Published {
    at: Instant,
    /// When it was first read.
    read_at: Option<Instant>,
}

async fn news(State(feeds): State<Arc<Feeds>>) -> String {
    feeds.polls.fetch_add(1, Ordering::Relaxed);
    let mut news = feeds.news.lock().unwrap();
    news.iter_mut().filter(|published| published.read_at.is_none()).for_each(|it| it.read_at = Some(Instant::now()));
    let published = EMERGENCIES[..news.len()].iter().enumerate();
    rss(&published.map(|(number, (_, text))| item(number, text)).collect::<String>())
}

/// One tag with 200,000 attributes inside an item, many times.
async fn attributes() -> String {
    let tag: String = (0..200_000).map(|number| format!(" a{number}=\"1\"")).collect();
    rss(&format!("<item><guid>1</guid><title>t</title><description>&lt;p{tag}&gt;вода&lt;/p&gt;</description></item>"))
}

/// Ten megabytes of the smallest items.
async fn crumbs() -> String {
    rss(&(0..200_000).map(|number| format!("<item><guid>{number}</guid><title>в</title></item>")).collect::<String>())
}

/// Serves the feeds.
fn serve(feeds: &Arc<Feeds>) -> Site {
    let router = axum::Router::new()
        .route("/news", axum::routing::get(news))
        .route("/attributes", axum::routing::get(attributes))
        .route("/crumbs", axum::routing::get(crumbs))
        .with_state(Arc::clone(feeds));
    Site::new(router)
}

/// Connections of an attacker that say something and then wait; a refused one is not tried again.
fn hold(page: SocketAddr, count: usize, say: &str) -> Vec<TcpStream> {
    let connect = |_| {
        let mut stream = TcpStream::connect_timeout(&page, Duration::from_secs(1)).ok()?;
        stream.write_all(say.as_bytes()).ok()?;
        Some(stream)
    };
    (0..count).filter_map(connect).collect()
}

/// Asks one thing after another until told to stop; what is answered does not matter.
fn pester(page: SocketAddr, stop: &Arc<AtomicBool>, request: String, reads: bool) -> std::thread::JoinHandle<u64> {
    let stop = Arc::clone(stop);
    std::thread::spawn(move || {
        let mut asked = 0;
        while !stop.load(Ordering::Relaxed) {
            if let Ok(mut stream) = TcpStream::connect_timeout(&page, Duration::from_secs(1)) {
                let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
                let _ = stream.write_all(request.as_bytes());
                if reads {
                    let _ = stream.read(&mut [0; 512]);
                }
                asked += 1;
            }
            // Bounded: about a hundred requests a second.
            std::thread::park_timeout(Duration::from_millis(10));
        }
        asked
    })
}

fn request(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
}

/// A phrase of a hundred positions of five prefixes each.
fn wide() -> String {
    let position = "(%D0%B0*%7C%D0%B1*%7C%D0%B2*%7C%D0%B3*%7C%D0%B4*)";
    format!("/api/search?query=%22{}%22", [position; 100].join("+"))
}

/// What a run measured.
#[derive(Default)]
struct Measured {
    /// By the number of an emergency: from its publication to the poll that read it, and from there to the webhook.
    arrivals: BTreeMap<usize, (Duration, Duration)>,
    readyz: Vec<Duration>,
    memory_mb: u64,
}

impl Measured {
    /// An alert arrived; only its first message counts.
    fn arrived(&mut self, body: &serde_json::Value, feeds: &Feeds) {
        let place = body["alert"]["place"].as_str().unwrap_or_else(|| panic!("without a place: {body}"));
        let number: usize = place.trim_start_matches('z').parse().unwrap();
        let published = &feeds.news.lock().unwrap()[number];
        let read_at = published.read_at.expect("read");
        self.arrivals.entry(number).or_insert_with(|| (read_at.duration_since(published.at), read_at.elapsed()));
    }
}

#[test]
fn what_comes_from_outside_neither_stops_nor_slows_what_the_product_is_for() {
    let seconds: u64 = std::env::var("OTKLIK_ATTACK_S").ok().and_then(|s| s.parse().ok()).unwrap_or(20);
    let strict = std::env::var_os("OTKLIK_ATTACK_S").is_some();
    let (place, hook, feeds) = (Place::new(), Hook::new(), Arc::new(Feeds::default()));
    let site = serve(&feeds);
    let feed = site.address;
    let street = |(n, (name, _)): (usize, &(&str, &str))| format!("[[street]]\nid = 'z{n}'\nname = '{name}'\n");
    let streets: String = EMERGENCIES.iter().enumerate().map(street).collect();
    let probe_every = (Duration::from_secs(seconds) / EMERGENCIES.len() as u32).max(PROBE_EVERY);
    let sources: String = ["news", "attributes", "crumbs"]
        .map(|id| {
            format!("[[source]]\nid = '{id}'\nname = '{id}'\nurl = 'http://{feed}/{id}'\nhome = true\nevery = '5s'\n")
        })
        .concat();
    let settings = format!("[fetch]\nhost_interval_ms = 0\nallow_private = ['{feed}']\n");
    let config = place.config(&[
        ("otklik.toml", &settings),
        ("sources.toml", &sources),
        ("places/attacked.toml", &streets),
        ("alerts.toml", &format!("{}[notify]\nwait_high = '0s'\n", hook.alerts_toml())),
    ]);
    let text = "Ёлку поставили на площади, приходите всей семьёй, будет весело и тепло. ".repeat(12);
    let archive: String =
        (0..POSTS).map(|n| crate::support::post_line(n as u32, "2026-11-21T08:00:00Z", &text)).collect();
    place.ok(&["--config", &config, "import", "ndjson", &place.file("archive.ndjson", &archive)]);
    let running = place.serve(&["--config", &config, "--listen", "127.0.0.1:0"]);
    let page = running.page();
    until("the first poll", || feeds.polls.load(Ordering::Relaxed) > 0);

    let readers = hold(page, SLOW_READERS, &request("/api/search.csv?query="));
    let halves = hold(page, SILENT / 2, "GET /api/search?query=");
    let idle = hold(page, SILENT / 2, "");
    println!("held: {} readers, {} halves, {} idle", readers.len(), halves.len(), idle.len());
    let stop = Arc::new(AtomicBool::new(false));
    let pests = [
        pester(page, &stop, request(&wide()), true),
        pester(page, &stop, request("/api/search?query=%D0%B0*&facets=true"), false),
        pester(page, &stop, request("/api/alerts?all=true"), true),
        pester(
            page,
            &stop,
            "POST /act/0123456789abcdef HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n".into(),
            true,
        ),
    ];

    let mut measured = Measured::default();
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(seconds) && feeds.news.lock().unwrap().len() < EMERGENCIES.len() {
        let published = Instant::now();
        feeds.news.lock().unwrap().push(Published { at: published, read_at: None });
        while published.elapsed() < probe_every {
            let asked = Instant::now();
            assert_eq!(get(page, "/readyz").map(|(status, _)| status), Some(200), "ready under attack");
            measured.readyz.push(asked.elapsed());
            measured.memory_mb = measured.memory_mb.max(running.memory_mb());
            std::thread::park_timeout(Duration::from_millis(200));
            while let Ok((_, body)) = hook.arrivals.try_recv() {
                measured.arrived(&body, &feeds);
            }
        }
    }
    let emergencies = feeds.news.lock().unwrap().len();
    while measured.arrivals.len() < emergencies {
        let arrived = hook.arrivals.recv_timeout(PATIENCE);
        let (_, body) =
            arrived.unwrap_or_else(|_| panic!("of {emergencies} only {:?} are told", measured.arrivals.keys()));
        measured.arrived(&body, &feeds);
    }
    stop.store(true, Ordering::Relaxed);
    let asked: Vec<u64> = pests.map(|pest| pest.join().unwrap()).into();
    drop((readers, halves, idle));
    report(&mut measured, feeds.polls.load(Ordering::Relaxed), &asked);
    assert!(feeds.polls.load(Ordering::Relaxed) >= seconds / 10, "every poll in its time");
    if strict {
        let (waits, ways): (Vec<Duration>, Vec<Duration>) = measured.arrivals.values().copied().unzip();
        let (wait, way) = (waits.iter().max().unwrap(), ways.iter().max().unwrap());
        // A feed that had nothing new for six polls is read half as often.
        assert!(*wait < Duration::from_secs(12), "{wait:?} to a poll that comes every five or ten seconds");
        assert!(*way < Duration::from_secs(2), "{way:?} from the poll to the webhook");
        assert!(measured.memory_mb < 1_500, "{} MB", measured.memory_mb);
        let late = measured.readyz.iter().filter(|took| **took > Duration::from_millis(100)).count();
        assert!(
            late * 100 <= measured.readyz.len(),
            "{late} of {} answers of /readyz took over 100 ms",
            measured.readyz.len()
        );
    }
    assert_eq!(running.stop(), 0);
}

fn report(measured: &mut Measured, polls: u64, asked: &[u64]) {
    measured.readyz.sort();
    let (mut waits, mut ways): (Vec<Duration>, Vec<Duration>) = measured.arrivals.values().copied().unzip();
    waits.sort();
    ways.sort();
    let at = |of: &[Duration], share: usize| of[(of.len() * share / 100).min(of.len() - 1)];
    println!(
        "{} emergencies: publication to poll (every 5 s) p50 {:?}, worst {:?}; poll to webhook p50 {:?}, worst {:?}; {polls} polls; /readyz p50 {:?}, p99 {:?}, \
         worst {:?}; {} MB; requests of attackers {asked:?}",
        ways.len(),
        at(&waits, 50),
        at(&waits, 100),
        at(&ways, 50),
        at(&ways, 100),
        at(&measured.readyz, 50),
        at(&measured.readyz, 99),
        at(&measured.readyz, 100),
        measured.memory_mb,
    );
}
