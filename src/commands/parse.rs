//! `otklik parse`.

use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, anyhow};
use jiff::tz::TimeZone;
use model::{Post, Time, wire};

use crate::cli::{self, Format};
use crate::configuration::{Locations, configuration};
use crate::exit::{Exit, Failure};
use crate::terminal::ShownJson;

/// A saved page longer than this is not one: the limit of a fetched body, with room.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// Reads a saved page: posts to standard output, problems to standard error.
pub fn parse(locations: &Locations, args: &cli::Parse) -> Result<Exit, Failure> {
    let bytes = read(&args.file)?;
    let (format, zone) = match args.format {
        Format::Telegram => (ingest::Format::Telegram, TimeZone::UTC),
        Format::Vk => (ingest::Format::Vk, TimeZone::UTC),
        Format::Max => (ingest::Format::Max, TimeZone::UTC),
        // Only here dates lack their zone.
        Format::Feed => (ingest::Format::Feed, configuration(locations)?.timezone().clone()),
    };
    let page = ingest::parse(format, &bytes, &args.source, &zone)
        .map_err(|error| anyhow!("{}: {error}", args.file.display()))?;
    let now = Time::now();
    let mut out = ShownJson(std::io::BufWriter::new(std::io::stdout().lock()));
    for parsed in page.posts {
        let post = as_collected(parsed, now);
        out.write_all(&wire::write_post(&post)).and_then(|()| out.write_all(b"\n")).context("cannot write")?;
    }
    out.flush().context("cannot write")?;
    for problem in page.problems.iter().chain(&page.notes) {
        eprintln!("{}: {}: {}", args.file.display(), problem.position, problem.reason);
    }
    Ok(if page.problems.is_empty() { Exit::Done } else { Exit::LeftOut })
}

/// A post as the collectors would store it: what the page does not date, or dates ahead of the clock, is dated by first sight, and what was deleted is a
/// tombstone.
fn as_collected(parsed: ingest::Parsed, now: Time) -> Post {
    let ahead = parsed.post.published_at.duration_since(now).as_secs() > wire::MAX_AHEAD_S as i64;
    let published_at = if parsed.undated || ahead { now } else { parsed.post.published_at };
    let post = Post { published_at, ..parsed.post };
    if parsed.deleted { post.tombstone(now) } else { post }
}

/// Reads a file, `-` for standard input, up to the limit.
fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes))
    };
    read.with_context(|| format!("cannot read {}", path.display()))?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(anyhow!("{} is longer than {} MB: not a page", path.display(), MAX_FILE_BYTES >> 20));
    }
    Ok(bytes)
}
