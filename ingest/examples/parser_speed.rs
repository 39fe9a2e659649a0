//! How fast each parser is on captured real pages: `cargo run -p ingest --release --example parser_speed -- ../shared/data`.
//! Of the discussion widget no page was captured; it is measured on our fixture.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ingest::{Format, Page, PageError, telegram, vk};

fn main() {
    let data = std::env::args().nth(1).map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let posts = |page: Result<Page, PageError>| page.map_or(0, |page| page.posts.len());
    let parse = |format| move |bytes: &[u8]| posts(ingest::parse(format, bytes, "s"));
    measure("telegram", &data.join("telegram/pages"), "", parse(Format::Telegram));
    measure("telegram discussion", &fixtures.join("telegram"), "discussion.html", |bytes| {
        match telegram::parse_discussion(bytes, "s", "channel", 1) {
            telegram::Discussion::Shown { page, .. } => page.posts.len(),
            telegram::Discussion::NotShown => 0,
        }
    });
    measure("vk", &data.join("vk/answers"), "", parse(Format::Vk));
    measure("vk comments", &data.join("vk/answers"), "GetComments", |bytes| {
        posts(vk::parse_comments(bytes, "s", (-1, 2)).map(|comments| comments.page))
    });
    measure("vk events", &data.join("vk/answers"), "WallReply", parse(Format::Vk));
    measure("feed", &data.join("feeds/rss-parser/input"), "", parse(Format::Feed));
}

/// Reads those of a folder's files whose name holds `part`, again and again for two seconds.
fn measure(name: &str, folder: &Path, part: &str, parse: impl Fn(&[u8]) -> usize) {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let meant = files.filter(|file| file.file_name().to_string_lossy().contains(part));
    let inputs: Vec<Vec<u8>> = meant.filter_map(|file| std::fs::read(file.path()).ok()).collect();
    if inputs.is_empty() {
        return eprintln!("{name}: nothing to read in {}", folder.display());
    }
    let started = Instant::now();
    let (mut bytes, mut posts) = (0, 0);
    while started.elapsed() < Duration::from_secs(2) {
        for input in &inputs {
            bytes += input.len();
            posts += parse(input);
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    println!("{name}: {:.1} MB/s, {:.0} posts/s on one core", bytes as f64 / 1e6 / seconds, posts as f64 / seconds);
}
