//! How fast each parser is on captured real pages, by the processor's time of one thread:
//! `cargo run -p ingest --release --example parser_speed -- ../shared/data`.
//!
//! What nobody captured is measured on what is nearest: of the discussion widget our fixture, as a list of news and as an
//! article the page of a channel.

use std::path::{Path, PathBuf};

use config::ListSelectors;
use ingest::portal::ListReading;
use ingest::{Budget, Format, Page, PageError, portal, telegram, vk};
use jiff::tz::TimeZone;
use url::Url;

/// Processor time each parser is given.
const NANOSECONDS: u64 = 2_000_000_000;

fn main() {
    let data = std::env::args().nth(1).map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let posts = |page: Result<Page, PageError>| page.map_or(0, |page| page.posts.len());
    let parse = |format| move |bytes: &[u8]| posts(ingest::parse(format, bytes, "s", &TimeZone::UTC));
    let pages = data.join("telegram/pages");
    measure("telegram", &pages, "", parse(Format::Telegram));
    measure("telegram, a page of posts", &pages, "channel_feed", parse(Format::Telegram));
    measure("telegram discussion", &fixtures.join("telegram"), "discussion.html", |bytes| {
        match telegram::parse_discussion(bytes, "s", "channel", 1, &Budget::untimed()) {
            telegram::Discussion::Shown { page, .. } => page.posts.len(),
            telegram::Discussion::NotShown => 0,
        }
    });
    let answers = data.join("vk/answers");
    measure("vk", &answers, "", parse(Format::Vk));
    measure("vk comments", &answers, "GetComments", |bytes| {
        posts(vk::parse_comments(bytes, "s", (-1, 2)).map(|comments| comments.page))
    });
    measure("vk events", &answers, "WallReply", parse(Format::Vk));
    measure("feeds, RSS", &data.join("feeds/rss-parser/input"), ".rss", parse(Format::Feed));
    measure("feeds, Atom", &data.join("feeds/rss-parser/input"), ".atom", parse(Format::Feed));
    measure("feeds, JSON Feed", &data.join("feeds/gofeed/parser/universal"), ".json", parse(Format::Feed));
    let Ok(address) = Url::parse("https://city.example/") else { return };
    let css = |text: &str| Some(text.to_owned());
    let selectors = ListSelectors {
        item: ".tgme_widget_message_wrap".to_owned(),
        title: None,
        link: "a.tgme_widget_message_date".to_owned(),
        date: css("time"),
        text: css(".tgme_widget_message_text"),
    };
    measure("HTML list", &pages, "channel_feed", |bytes| {
        let (zone, now) = (&TimeZone::UTC, model::Time::UNIX_EPOCH);
        let how = ListReading { address: &address, selectors: &selectors, zone, now, source: "s", go_on: 0 };
        posts(portal::parse_list(how, bytes, None, &Budget::untimed()))
    });
    measure("article", &pages, "channel_feed", |bytes| {
        usize::from(portal::article_text(bytes, None, &Budget::untimed()).is_some())
    });
}

/// Reads those of a folder's files whose name holds `part`, again and again.
fn measure(name: &str, folder: &Path, part: &str, parse: impl Fn(&[u8]) -> usize) {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let meant = files.filter(|file| file.file_name().to_string_lossy().contains(part));
    let inputs: Vec<Vec<u8>> = meant.filter_map(|file| std::fs::read(file.path()).ok()).collect();
    if inputs.is_empty() {
        return eprintln!("{name}: nothing to read in {}", folder.display());
    }
    let started = processor_time();
    let (mut bytes, mut posts, mut used) = (0, 0, 0);
    while used < NANOSECONDS {
        for input in &inputs {
            bytes += input.len();
            posts += parse(input);
        }
        used = processor_time() - started;
    }
    let seconds = used as f64 / 1e9;
    println!("{name}: {:.1} MB/s, {:.0} posts/s on one core", bytes as f64 / 1e6 / seconds, posts as f64 / seconds);
}

/// What this thread has used of a processor, in nanoseconds, so that a busy machine measures the same.
fn processor_time() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let used = stat.split(' ').next().and_then(|used| used.parse().ok());
    used.unwrap_or_else(|| {
        eprintln!("no processor time in /proc/thread-self/schedstat: this measures on Linux only");
        std::process::exit(1)
    })
}
