//! `otklik import`.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::tz::TimeZone;
use journal::Stream;
use model::wire;

use crate::cli::{self, ImportFormat};
use crate::client::Client;
use crate::configuration::Locations;
use crate::exit::{Exit, Failure};
use crate::instance::OpenMode;
use crate::instance::http::admin::append::Appended;
use crate::instance::http::admin::positions::Positions;
use crate::language::say;

/// Posts sent in one piece.
const PIECE: usize = 1_000;

/// A piece is sent at this size even if it holds fewer posts.
const PIECE_BYTES: usize = 8 << 20;

/// An export longer than this does not fit into memory twice; split it.
const MAX_EXPORT_BYTES: u64 = 2 << 30;

/// How often the wait for the stages looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Reasons listed one by one at most; the rest are dead letters all the same.
const REASONS_SHOWN: usize = 10;

/// Fills in posts from files; ends when they are searchable and counted.
pub async fn import(locations: &Locations, args: cli::Import) -> Result<Exit, Failure> {
    let client = Client::connect(locations, OpenMode::pipeline()).await?;
    // Of times that an export writes without their zone.
    let zone = client.config().await?.timezone().clone();
    let mut total = Total::default();
    for file in &args.files {
        let imported = import_file(&client, args.format, file, &zone, &mut total).await;
        if let Err(error) = imported {
            eprintln!("otklik: {}: {error:#}", file.display());
            total.unreadable += 1;
        }
    }
    until_counted(&client, say("Поиск и цифры", "Search and figures")).await?;
    client.close().await;
    println!("{}: {}", say("Загружено публикаций", "Posts imported"), total.accepted);
    let left_out = [
        (say("Не взято, стоят на стенах частных лиц", "Left out, on walls of private persons"), total.dropped),
        (say("Не взято, старше срока хранения", "Left out, older than what is kept"), total.old),
        (say("Не взято, забыто по запросу", "Left out, forgotten on request"), total.forgotten),
    ];
    for (why, posts) in left_out.into_iter().filter(|(_, posts)| *posts > 0) {
        println!("{why}: {posts}");
    }
    if total.refused.is_empty() && total.unreadable == 0 && total.chats == 0 {
        return Ok(Exit::Done);
    }
    if total.chats > 0 {
        let why = say("Не взято чатов, которые не открытые каналы", "Left out, chats that are no public channels");
        eprintln!("{why}: {}", total.chats);
    }
    for (reason, count) in total.refused.iter().take(REASONS_SHOWN) {
        eprintln!("{} × {count}: {reason}", say("не понято", "refused"));
    }
    if total.accepted == 0 && total.unreadable == args.files.len() {
        return Ok(Exit::Failed);
    }
    Ok(Exit::LeftOut)
}

#[derive(Default)]
struct Total {
    accepted: u64,
    dropped: u64,
    old: u64,
    forgotten: u64,
    /// Chats of an account that are no public channels.
    chats: usize,
    refused: BTreeMap<String, u64>,
    unreadable: usize,
}

async fn import_file(
    client: &Client,
    format: ImportFormat,
    path: &Path,
    zone: &TimeZone,
    total: &mut Total,
) -> Result<()> {
    let file = std::fs::File::open(path).context("cannot read it")?;
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    let bar = bar(length, &path.display().to_string());
    let mut piece = Vec::new();
    let mut posts = 0;
    match format {
        ImportFormat::Ndjson => {
            let mut input = BufReader::new(bar.wrap_read(file));
            loop {
                let before = piece.len();
                let read = input.read_until(b'\n', &mut piece).context("cannot read it")?;
                if read == 0 {
                    break;
                }
                if piece[before..].trim_ascii().is_empty() {
                    piece.truncate(before);
                    continue;
                }
                if piece.last() != Some(&b'\n') {
                    piece.push(b'\n');
                }
                posts += 1;
                if posts == PIECE || piece.len() >= PIECE_BYTES {
                    send(client, &mut piece, &mut posts, total).await?;
                }
            }
        }
        ImportFormat::TelegramExport | ImportFormat::TelegramChannel => {
            if length > MAX_EXPORT_BYTES {
                return Err(anyhow!(
                    "it has {} MB, at most {} MB are read at once",
                    length >> 20,
                    MAX_EXPORT_BYTES >> 20
                ));
            }
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut bar.wrap_read(file), &mut bytes).context("cannot read it")?;
            let page = match format {
                ImportFormat::TelegramExport => {
                    let export = ingest::telegram::parse_export(&bytes, zone)?;
                    total.chats += export.chats_left_out;
                    export.page
                }
                _ => ingest::telegram::parse_message_list(&bytes, zone)?,
            };
            for problem in &page.problems {
                *total.refused.entry(problem.reason.clone()).or_default() += 1;
            }
            for parsed in &page.posts {
                piece.extend_from_slice(&wire::write_post(&parsed.post));
                piece.push(b'\n');
                posts += 1;
                if posts == PIECE || piece.len() >= PIECE_BYTES {
                    send(client, &mut piece, &mut posts, total).await?;
                }
            }
        }
    }
    send(client, &mut piece, &mut posts, total).await?;
    bar.finish_and_clear();
    Ok(())
}

async fn send(client: &Client, piece: &mut Vec<u8>, posts: &mut usize, total: &mut Total) -> Result<()> {
    *posts = 0;
    let body = std::mem::take(piece);
    if body.is_empty() {
        return Ok(());
    }
    let appended: Appended = client.post("/own/append", &(), body).await?;
    total.accepted += appended.accepted;
    total.dropped += appended.dropped;
    total.old += appended.old;
    total.forgotten += appended.forgotten;
    for reason in appended.refused {
        *total.refused.entry(reason).or_default() += 1;
    }
    Ok(())
}

/// Waits until every stage has done what was in the journal when it was called, first the classifier, then what follows it.
pub async fn until_counted(client: &Client, what: &str) -> Result<()> {
    until_done(client, Stream::Posts, what).await?;
    until_done(client, Stream::Tagged, what).await
}

/// Waits until every stage of a stream has done what was in it when it was called.
pub async fn until_done(client: &Client, stream: Stream, what: &str) -> Result<()> {
    let first: Positions = client.get("/own/positions", &()).await?;
    let end = first.ends.get(stream.as_str()).cloned().unwrap_or_default();
    let behind = |positions: &Positions| {
        let stages = positions.stages.values().filter(|stage| stage.stream == stream.as_str());
        stages.map(|stage| stage.checkpoint.behind(&end)).max().unwrap_or(0)
    };
    let all = behind(&first);
    let bar = bar(all, what);
    loop {
        let positions: Positions = client.get("/own/positions", &()).await?;
        let left = behind(&positions);
        bar.set_position(all.saturating_sub(left));
        if left == 0 {
            bar.finish_and_clear();
            return Ok(());
        }
        let failing = positions.stages.iter().find_map(|(name, stage)| Some((name, stage.error.as_ref()?)));
        if let Some((name, error)) = failing {
            bar.set_message(format!("{what}: {name}: {error}"));
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// A progress bar on a terminal, nothing elsewhere.
pub fn bar(length: u64, what: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{wide_msg} {bar:30} {percent:>3}% {eta}");
    let bar = ProgressBar::new(length).with_message(what.to_owned());
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
