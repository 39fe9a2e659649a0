//! How fast each parser is on captured real pages: `cargo run -p ingest --release --example parser_speed -- ../shared/data`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ingest::Format;

fn main() {
    let data = std::env::args().nth(1).map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    for (name, format, folder) in [
        ("telegram", Format::Telegram, "telegram/pages"),
        ("vk", Format::Vk, "vk/answers"),
        ("feed", Format::Feed, "feeds/rss-parser/input"),
    ] {
        measure(name, format, &data.join(folder));
    }
}

/// Reads a folder's files again and again for two seconds.
fn measure(name: &str, format: Format, folder: &Path) {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let inputs: Vec<Vec<u8>> = files.filter_map(|file| std::fs::read(file.path()).ok()).collect();
    if inputs.is_empty() {
        return eprintln!("{name}: nothing to read in {}", folder.display());
    }
    let started = Instant::now();
    let (mut bytes, mut posts) = (0, 0);
    while started.elapsed() < Duration::from_secs(2) {
        for input in &inputs {
            bytes += input.len();
            posts += ingest::parse(format, input, "s").map_or(0, |page| page.posts.len());
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    println!("{name}: {:.1} MB/s, {:.0} posts/s on one core", bytes as f64 / 1e6 / seconds, posts as f64 / seconds);
}
