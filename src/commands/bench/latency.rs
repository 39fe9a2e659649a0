//! How long a post takes at a rate that the machine carries.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use journal::{Checkpoint, Stream};

use super::path::{fail_on_error, records};
use super::posts::Posts;
use crate::instance::Instance;

/// How often the stages are looked at: the resolution of the latencies.
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// Pieces a second: sources are polled one by one, so posts come in small pieces.
const PIECES: u32 = 100;

/// Threads that append them by turns, as sources are read side by side: none waits until another's piece is confirmed.
const FEEDERS: usize = 4;

/// Halves and hundredths of latencies, in milliseconds.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Percentiles {
    pub p50: f64,
    pub p99: f64,
}

impl Percentiles {
    /// Of measured times, in any order.
    pub fn of(times: &mut [Duration]) -> Percentiles {
        times.sort_unstable();
        let at = |share: f64| {
            let last = times.len().saturating_sub(1);
            times.get((last as f64 * share).round() as usize).map_or(0.0, |time| time.as_secs_f64() * 1e3)
        };
        Percentiles { p50: at(0.5), p99: at(0.99) }
    }
}

/// Sends posts through at a rate and tells how long each piece took to be searchable and to be checked for alerts.
pub async fn latency(
    instance: &Arc<Instance>,
    posts: Posts,
    rate: u32,
    seconds: u32,
) -> Result<(Percentiles, Percentiles)> {
    let piece = (rate / PIECES).max(1) as usize;
    let pieces = (rate * seconds) as usize / piece;
    let (send, sent) = std::sync::mpsc::channel::<(Checkpoint, Instant)>();
    let (begun, posts) = (Instant::now(), Arc::new(Mutex::new(posts)));
    let feeders: Vec<_> = (0..FEEDERS)
        .map(|first| {
            let (instance, posts, send) = (Arc::clone(instance), Arc::clone(&posts), send.clone());
            std::thread::Builder::new().name("bench-append".into()).spawn(move || -> Result<()> {
                for n in (first..pieces).step_by(FEEDERS) {
                    let due = begun + Duration::from_secs_f64(n as f64 * piece as f64 / f64::from(rate));
                    std::thread::sleep(due.saturating_duration_since(Instant::now()));
                    let records = records(&mut posts.lock().unwrap_or_else(PoisonError::into_inner), piece)?;
                    // The clock of a post begins when it was due, not when a slow journal took it.
                    let end = instance.journal.append(Stream::Posts, &records)?;
                    if send.send((end, due)).is_err() {
                        break;
                    }
                }
                Ok(())
            })
        })
        .collect::<Result<_, _>>()?;
    drop(send);
    let watching = Arc::clone(instance);
    let watched = tokio::task::spawn_blocking(move || watch(&watching, &sent)).await??;
    for feeder in feeders {
        feeder.join().map_err(|_| anyhow::anyhow!("appending panicked"))??;
    }
    Ok(watched)
}

/// A piece of posts on its way.
struct Piece {
    due: Instant,
    /// In the stream of posts, its end.
    end: Checkpoint,
    /// In the stream of tagged posts, an end behind all of it, once it is classified.
    tagged: Option<Checkpoint>,
    searchable: bool,
    checked: bool,
}

/// Notes when each piece was done by the stages that readers see.
fn watch(
    instance: &Instance,
    sent: &std::sync::mpsc::Receiver<(Checkpoint, Instant)>,
) -> Result<(Percentiles, Percentiles)> {
    let mut open: Vec<Piece> = Vec::new();
    let (mut searchable, mut checked) = (Vec::new(), Vec::new());
    loop {
        let mut ended = false;
        while !ended {
            match sent.try_recv() {
                Ok((end, due)) => open.push(Piece { due, end, tagged: None, searchable: false, checked: false }),
                Err(std::sync::mpsc::TryRecvError::Empty) => break,
                Err(std::sync::mpsc::TryRecvError::Disconnected) => ended = true,
            }
        }
        let states = instance.stages.states();
        fail_on_error(&states)?;
        if open.iter().any(|piece| piece.tagged.is_none() && states["classify"].checkpoint.reaches(&piece.end)) {
            let tagged = instance.journal.end(Stream::Tagged)?;
            for piece in open.iter_mut().filter(|piece| states["classify"].checkpoint.reaches(&piece.end)) {
                piece.tagged.get_or_insert_with(|| tagged.clone());
            }
        }
        let now = Instant::now();
        for piece in &mut open {
            let Some(tagged) = &piece.tagged else { continue };
            let took = now.saturating_duration_since(piece.due);
            if !piece.searchable && states["search"].checkpoint.reaches(tagged) {
                piece.searchable = true;
                searchable.push(took);
            }
            if !piece.checked && states["alerts"].checkpoint.reaches(tagged) {
                piece.checked = true;
                checked.push(took);
            }
        }
        open.retain(|piece| !(piece.searchable && piece.checked));
        if ended && open.is_empty() {
            return Ok((Percentiles::of(&mut searchable), Percentiles::of(&mut checked)));
        }
        std::thread::sleep(LOOK_EVERY);
    }
}
