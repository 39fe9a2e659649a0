//! `otklik parse`.

use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, anyhow};
use model::{Post, Time, wire};

use crate::cli::{self, Format};
use crate::exit::{Exit, Failure};
use crate::terminal::ShownJson;

/// A saved page longer than this is not one: the limit of a fetched body, with room.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// Reads a saved page: posts to standard output, problems to standard error.
pub fn parse(args: &cli::Parse) -> Result<Exit, Failure> {
    let bytes = read(&args.file)?;
    let format = match args.format {
        Format::Telegram => ingest::Format::Telegram,
        Format::Vk => ingest::Format::Vk,
        Format::Max => ingest::Format::Max,
        Format::Feed => ingest::Format::Feed,
    };
    let page =
        ingest::parse(format, &bytes, &args.source).map_err(|error| anyhow!("{}: {error}", args.file.display()))?;
    let mut out = ShownJson(std::io::BufWriter::new(std::io::stdout().lock()));
    for parsed in page.posts {
        // What the page does not date is dated by first sight, as the collectors do.
        let published_at = if parsed.undated { Time::now() } else { parsed.post.published_at };
        let post = Post { published_at, ..parsed.post };
        out.write_all(&wire::write_post(&post)).and_then(|()| out.write_all(b"\n")).context("cannot write")?;
    }
    out.flush().context("cannot write")?;
    for problem in &page.problems {
        eprintln!("{}: {}: {}", args.file.display(), problem.position, problem.reason);
    }
    Ok(if page.problems.is_empty() { Exit::Done } else { Exit::LeftOut })
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
