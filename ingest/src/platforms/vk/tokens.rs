//! The tokens of an installation: whose turn it is, the waits that VK's limits ask for, and what an error means for a token.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use config::Vk;
use model::{Clock, Time};

use super::errors::{Effect, of_code};
use crate::outcome::PollOutcome;
use crate::poll::Failure;
use crate::schedule::quota::{Call, Quota, Spent, Turn, Unavailable};
use crate::state::{SharedState, State};
use crate::time::later;

/// The longest real pause before the clock is asked again: it may run faster than real time.
const LONGEST_NAP: Duration = Duration::from_millis(50);

/// How long a call gives way before it looks again whether newest pages wait.
const GIVE_WAY: Duration = Duration::from_millis(200);

/// Waits until the clock may show a time.
pub(crate) type Sleep = Arc<dyn Fn(Time) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// Naps of real time.
pub(crate) fn naps(clock: Clock) -> Sleep {
    Arc::new(move |until| {
        let left = Duration::try_from(until.duration_since(clock())).unwrap_or_default();
        Box::pin(tokio::time::sleep(left.min(LONGEST_NAP)))
    })
}

/// The tokens and what each may still do.
pub(crate) struct TokenPool {
    quota: Arc<Mutex<Quota>>,
    /// Where what was spent outlives a restart; none where a command reads a source once.
    saved: Option<SharedState>,
    clock: Clock,
    sleep: Sleep,
    floods: AtomicU32,
    /// Calls for newest pages that wait for their turn. All others give way to them, so that how long a new post waits does not
    /// depend on how many comments are read.
    newest: AtomicUsize,
}

/// What is left to do after an error.
pub(super) enum Next {
    /// Make the call again once the token has rested.
    Retry,
    /// Make the call again with another token.
    Failover,
    /// No token is left.
    Closed(PollOutcome),
    /// The error belongs to the source.
    Source,
}

impl TokenPool {
    pub(crate) fn new(settings: &Vk, saved: Option<SharedState>, clock: Clock, sleep: Sleep) -> TokenPool {
        let mut quota = Quota::new(settings);
        if let Some(state) = &saved {
            match state.lock().spent() {
                Ok(spent) => quota.restore(spent),
                Err(error) => tracing::warn!(%error, "cannot read what VK's tokens have spent"),
            }
        }
        let (floods, newest) = (AtomicU32::new(0), AtomicUsize::new(0));
        TokenPool { quota: Arc::new(Mutex::new(quota)), saved, clock, sleep, floods, newest }
    }

    pub(crate) fn quota(&self) -> MutexGuard<'_, Quota> {
        locked(&self.quota)
    }

    /// How often VK found the requests too much alike: they are varied by this.
    pub(crate) fn floods(&self) -> u32 {
        self.floods.load(Ordering::Relaxed)
    }

    /// Waits for the turn of a token.
    pub(super) async fn turn(&self, call: Call) -> Result<usize, Failure> {
        let _waiting = call.is_newest().then(|| Waiting::new(&self.newest));
        loop {
            if !call.is_newest() && self.newest.load(Ordering::Relaxed) > 0 {
                (self.sleep)(later((self.clock)(), GIVE_WAY)).await;
                continue;
            }
            let taken = self.quota().take(call, (self.clock)());
            match taken {
                Ok(Turn { token, save }) if save.is_empty() => return Ok(token),
                Ok(Turn { token, save }) => {
                    let Some(state) = self.saved.clone() else { return Ok(token) };
                    let quota = self.quota.clone();
                    let saved = tokio::task::spawn_blocking(move || put(&mut state.lock(), &quota, save)).await;
                    if let Ok(Err(error)) = saved {
                        return Err(Failure { outcome: PollOutcome::StateFailed, detail: Some(error.to_string()) });
                    }
                    return Ok(token);
                }
                Err(Unavailable::Wait(until)) => (self.sleep)(until).await,
                Err(Unavailable::Closed(outcome)) => {
                    let detail = format!("no token may call {} now", call.method);
                    return Err(Failure { outcome, detail: Some(detail) });
                }
                Err(Unavailable::NoToken) => return Err(PollOutcome::VkNoToken.into()),
            }
        }
    }

    /// Notes what an error means for the token.
    pub(super) fn note(&self, token: usize, call: Call, code: i64) -> Next {
        let now = (self.clock)();
        let (outcome, effect) = of_code(code);
        let mut quota = self.quota();
        let (method, until, outcome) = match effect {
            Effect::Source | Effect::Split | Effect::Skip => return Next::Source,
            Effect::Retry(rest) => {
                quota.rest(token, later(now, rest));
                return Next::Retry;
            }
            Effect::CloseMethod(pause) if code == 9 => {
                self.floods.fetch_add(1, Ordering::Relaxed);
                let until = later(now, pause);
                (Some(call.closes()), until, PollOutcome::VkFlood { until: Some(until) })
            }
            Effect::CloseMethod(pause) => (Some(call.closes()), later(now, pause), outcome),
            Effect::CloseMethodUntilReset => {
                let until = quota.reset(token, call.method, now);
                (Some(call.closes()), until, PollOutcome::VkQuota { until: Some(until) })
            }
            Effect::CloseToken(pause) => (None, later(now, pause), outcome),
        };
        tracing::warn!(method = call.method, code, outcome = outcome.name(), %until, "VK closed a token");
        quota.close(token, method, until, outcome.clone());
        match quota.is_open(call, now) {
            true => Next::Failover,
            false => Next::Closed(outcome),
        }
    }
}

fn locked(quota: &Mutex<Quota>) -> MutexGuard<'_, Quota> {
    quota.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Saves counts. Threads come to the file in any order, so what is written is read when it is their turn.
fn put(state: &mut State, quota: &Mutex<Quota>, mut save: Vec<Spent>) -> rusqlite::Result<()> {
    locked(quota).refresh(&mut save);
    state.put_spent(&save)
}

/// Counts a call among those that wait, also where its poll is given up meanwhile.
struct Waiting<'a>(&'a AtomicUsize);

impl Waiting<'_> {
    fn new(waiting: &AtomicUsize) -> Waiting<'_> {
        waiting.fetch_add(1, Ordering::Relaxed);
        Waiting(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_count_that_is_written_late_does_not_go_over_a_newer_one() {
        let secret = config::Secret::Env("TOKEN".to_owned());
        let tokens = vec![config::VkToken { kind: config::TokenKind::User, secret }];
        let settings = Vk { tokens, ..crate::test_server::settings("http://127.0.0.1:1", &[]).vk };
        let quota = Mutex::new(Quota::new(&settings));
        let mut state = State::open(Path::new(":memory:")).unwrap();
        let start: Time = "2026-11-01T10:00:00Z".parse().unwrap();
        let take =
            |second| locked(&quota).take(Call::of("wall.get"), later(start, Duration::from_secs(second))).unwrap();
        let mut saves: Vec<Vec<Spent>> = (0..11).map(|second| take(second).save).collect();
        saves.retain(|save| !save.is_empty());
        assert_eq!(saves.len(), 2);
        for save in saves.into_iter().rev() {
            put(&mut state, &quota, save).unwrap();
        }
        assert_eq!(state.spent().unwrap().iter().map(|spent| spent.calls).collect::<Vec<_>>(), [20]);
    }
}
