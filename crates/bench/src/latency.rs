//! How long a post takes at a rate that the machine carries.

use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use journal::{Checkpoint, Stream};

use crate::percentiles::Percentiles;
use crate::pipeline::{Pipeline, Progress, records};
use crate::posts::Posts;

/// How often the stages are checked: the resolution of the latencies.
const CHECK_EVERY: Duration = Duration::from_millis(1);

/// Pieces a second: sources are polled one by one, so posts come in small pieces.
const PIECES_PER_S: u32 = 100;

/// Threads that append them in turn, as sources are read side by side: no piece waits until another one is confirmed.
const FEEDERS: usize = 4;

/// How long posts took at a rate.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Latencies {
    /// Until they could be found.
    pub searchable: Percentiles,
    /// Until they were checked for alerts.
    pub alert: Percentiles,
}

/// Sends posts through at a rate.
pub async fn latency(pipeline: &Pipeline, posts: Posts, rate: u32, seconds: u32) -> Result<Latencies> {
    let piece = (rate / PIECES_PER_S).max(1) as usize;
    let schedule =
        Schedule { begun: Instant::now(), piece, pieces: (rate * seconds) as usize / piece, rate: f64::from(rate) };
    let (send, sent) = channel();
    let posts = Arc::new(Mutex::new(posts));
    let feeders: Vec<_> = (0..FEEDERS)
        .map(|first| {
            let (pipeline, posts, send) = (pipeline.clone(), Arc::clone(&posts), send.clone());
            let feeder = std::thread::Builder::new().name("bench-append".into());
            feeder.spawn(move || feed(&pipeline, &posts, schedule, first, &send))
        })
        .collect::<Result<_, _>>()?;
    drop(send);
    let watching = pipeline.clone();
    let latencies = tokio::task::spawn_blocking(move || watch(&watching, &sent)).await??;
    for feeder in feeders {
        feeder.join().map_err(|_| anyhow::anyhow!("appending panicked"))??;
    }
    Ok(latencies)
}

/// When each piece of posts is due.
#[derive(Clone, Copy)]
struct Schedule {
    begun: Instant,
    /// Posts in a piece.
    piece: usize,
    pieces: usize,
    /// Posts a second.
    rate: f64,
}

/// Appends every [`FEEDERS`]th piece when it is due.
fn feed(
    pipeline: &Pipeline,
    posts: &Mutex<Posts>,
    schedule: Schedule,
    first: usize,
    send: &Sender<(Checkpoint, Instant)>,
) -> Result<()> {
    for n in (first..schedule.pieces).step_by(FEEDERS) {
        let due = schedule.begun + Duration::from_secs_f64(n as f64 * schedule.piece as f64 / schedule.rate);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let records = records(&mut posts.lock().unwrap_or_else(PoisonError::into_inner), schedule.piece)?;
        let end = pipeline.journal.append(Stream::Posts, &records)?;
        // The clock of a post begins when it was due, not when a slow journal took it.
        if send.send((end, due)).is_err() {
            break;
        }
    }
    Ok(())
}

/// A piece of posts on its way.
struct Piece {
    due: Instant,
    /// Its end in the stream of posts.
    end: Checkpoint,
    /// An end of the stream of tagged posts that lies behind all of it, once it is classified.
    tagged: Option<Checkpoint>,
    searchable: bool,
    checked: bool,
}

/// Notes when each piece was done by the stages whose results readers see.
fn watch(pipeline: &Pipeline, sent: &Receiver<(Checkpoint, Instant)>) -> Result<Latencies> {
    let mut open: Vec<Piece> = Vec::new();
    let (mut searchable, mut checked) = (Vec::new(), Vec::new());
    loop {
        let ended = receive(sent, &mut open);
        let progress = pipeline.progress()?;
        note_classified(pipeline, &progress, &mut open)?;
        let now = Instant::now();
        for piece in &mut open {
            let Some(tagged) = &piece.tagged else { continue };
            let took = now.saturating_duration_since(piece.due);
            if !piece.searchable && progress["search"].checkpoint.reaches(tagged) {
                piece.searchable = true;
                searchable.push(took);
            }
            if !piece.checked && progress["alerts"].checkpoint.reaches(tagged) {
                piece.checked = true;
                checked.push(took);
            }
        }
        open.retain(|piece| !(piece.searchable && piece.checked));
        if ended && open.is_empty() {
            return Ok(Latencies {
                searchable: Percentiles::of(&mut searchable),
                alert: Percentiles::of(&mut checked),
            });
        }
        std::thread::sleep(CHECK_EVERY);
    }
}

/// Takes up the pieces that were appended since; true once no more will come.
fn receive(sent: &Receiver<(Checkpoint, Instant)>, open: &mut Vec<Piece>) -> bool {
    loop {
        match sent.try_recv() {
            Ok((end, due)) => open.push(Piece { due, end, tagged: None, searchable: false, checked: false }),
            Err(TryRecvError::Empty) => return false,
            Err(TryRecvError::Disconnected) => return true,
        }
    }
}

/// Notes where the tagged posts of the pieces end that the classifier is through with.
fn note_classified(pipeline: &Pipeline, progress: &Progress, open: &mut [Piece]) -> Result<()> {
    let classified = |piece: &Piece| progress["classify"].checkpoint.reaches(&piece.end);
    if open.iter().any(|piece| piece.tagged.is_none() && classified(piece)) {
        let tagged = pipeline.journal.end(Stream::Tagged)?;
        for piece in open.iter_mut().filter(|piece| classified(piece)) {
            piece.tagged.get_or_insert_with(|| tagged.clone());
        }
    }
    Ok(())
}
