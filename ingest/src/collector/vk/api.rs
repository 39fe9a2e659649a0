//! Calls of VK's API: the token whose turn it is, the waits that its limits ask for, and what an error means for it.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use config::Vk;
use model::{Clock, Time};

use super::super::intake::Intake;
use super::super::reading::{Failure, Net, accept, parse};
use crate::PageError;
use crate::outcome::Outcome;
use crate::quota::{Call, Quota, Refusal, Spent, Turn};
use crate::schedule::later;
use crate::state::State;
use crate::vk::errors::{Effect, of_code};

/// The version of the API that the parsers were written for.
pub(crate) const VERSION: &str = "5.199";

/// A call that VK finds too fast again and again waits for the next poll.
const MAX_AGAIN: u32 = 5;

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

/// The tokens of an installation and what they may still do.
pub(crate) struct Api {
    quota: Arc<Mutex<Quota>>,
    /// Where what was spent outlives a restart; none where a command reads a source once.
    saved: Option<Arc<Intake>>,
    sleep: Sleep,
    floods: AtomicU32,
    /// Calls for newest pages that wait for their turn. All others give way to them, so that how long a new post waits does not
    /// hang on how many comments are read.
    newest: AtomicUsize,
}

impl Api {
    pub(crate) fn new(settings: &Vk, saved: Option<Arc<Intake>>, sleep: Sleep) -> Api {
        let mut quota = Quota::new(settings);
        if let Some(intake) = &saved {
            match intake.state().spent() {
                Ok(spent) => quota.restore(spent),
                Err(error) => tracing::warn!(%error, "cannot read what VK's tokens have spent"),
            }
        }
        Api { quota: Arc::new(Mutex::new(quota)), saved, sleep, floods: AtomicU32::new(0), newest: AtomicUsize::new(0) }
    }

    pub(crate) fn quota(&self) -> MutexGuard<'_, Quota> {
        locked(&self.quota)
    }

    /// How often VK found the requests too much alike: they are varied by this.
    pub(crate) fn floods(&self) -> u32 {
        self.floods.load(Ordering::Relaxed)
    }

    /// Calls a method and reads its answer. Errors of a token are noted, and another token is tried where there is one.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        net: Net<'_>,
        call: Call,
        form: &[(&str, &str)],
        read: impl Fn(&[u8]) -> Result<T, PageError> + Clone + Send + 'static,
    ) -> Result<T, Failure> {
        let mut again = 0;
        loop {
            let token = self.turn(net, call).await?;
            let body = send(net, token, call.closes(), form).await?;
            let reader = read.clone();
            // The error's code is needed as VK gave it, the outcome only where nothing else helps.
            let error = match parse(move || Ok(reader(&body))).await? {
                Ok(read) => return Ok(read),
                Err(error) => error,
            };
            let PageError::Vk { code, .. } = error else { return Err(error.into()) };
            match self.note(net, token, call, code) {
                Noted::Again if again < MAX_AGAIN => again += 1,
                Noted::OtherToken => {}
                Noted::Again | Noted::Source => return Err(error.into()),
                Noted::Closed(outcome) => return Err(Failure { outcome, detail: Some(error.to_string()) }),
            }
        }
    }

    /// Waits for the turn of a token.
    async fn turn(&self, net: Net<'_>, call: Call) -> Result<usize, Failure> {
        let _waiting = call.is_newest().then(|| Waiting::new(&self.newest));
        loop {
            if !call.is_newest() && self.newest.load(Ordering::Relaxed) > 0 {
                (self.sleep)(later((net.clock)(), GIVE_WAY)).await;
                continue;
            }
            let taken = self.quota().take(call, (net.clock)());
            match taken {
                Ok(Turn { token, save }) if save.is_empty() => return Ok(token),
                Ok(Turn { token, save }) => {
                    let Some(intake) = self.saved.clone() else { return Ok(token) };
                    let quota = self.quota.clone();
                    let saved = tokio::task::spawn_blocking(move || put(&mut intake.state(), &quota, save)).await;
                    if let Ok(Err(error)) = saved {
                        return Err(Failure { outcome: Outcome::StateFailed, detail: Some(error.to_string()) });
                    }
                    return Ok(token);
                }
                Err(Refusal::Wait(until)) => (self.sleep)(until).await,
                Err(Refusal::Closed(outcome)) => {
                    let detail = format!("no token may call {} now", call.method);
                    return Err(Failure { outcome, detail: Some(detail) });
                }
                Err(Refusal::NoToken) => return Err(Outcome::VkNoToken.into()),
            }
        }
    }

    /// Notes what an error means for the token.
    fn note(&self, net: Net<'_>, token: usize, call: Call, code: i64) -> Noted {
        let now = (net.clock)();
        let (outcome, effect) = of_code(code);
        let mut quota = self.quota();
        let (method, until, outcome) = match effect {
            Effect::Source | Effect::Split | Effect::Skip => return Noted::Source,
            Effect::Again(rest) => {
                quota.rest(token, later(now, rest));
                return Noted::Again;
            }
            Effect::CloseMethod(pause) if code == 9 => {
                self.floods.fetch_add(1, Ordering::Relaxed);
                let until = later(now, pause);
                (Some(call.closes()), until, Outcome::VkFlood { until: Some(until) })
            }
            Effect::CloseMethod(pause) => (Some(call.closes()), later(now, pause), outcome),
            Effect::CloseMethodUntilReset => {
                let until = quota.reset(token, call.method, now);
                (Some(call.closes()), until, Outcome::VkQuota { until: Some(until) })
            }
            Effect::CloseToken(pause) => (None, later(now, pause), outcome),
        };
        tracing::warn!(method = call.method, code, outcome = outcome.name(), %until, "VK closed a token");
        quota.close(token, method, until, outcome.clone());
        match quota.is_open(call, now) {
            true => Noted::OtherToken,
            false => Noted::Closed(outcome),
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

/// What is left to do after an error.
enum Noted {
    /// Make the call again, when the token has rested.
    Again,
    /// Make the call again, by another token.
    OtherToken,
    /// No token is left.
    Closed(Outcome),
    /// The error is the source's own.
    Source,
}

/// Sends a call. The token goes in the body, never into an address.
async fn send(net: Net<'_>, token: usize, method: &str, form: &[(&str, &str)]) -> Result<Vec<u8>, Failure> {
    let settings = &net.settings.vk;
    let secret = settings.tokens.get(token).ok_or(Outcome::VkNoToken)?;
    let token = secret.secret.read().map_err(|error| Failure { outcome: Outcome::VkNoToken, detail: Some(error) })?;
    let url = format!("{}/{method}", settings.api.trim_end_matches('/'));
    let mut form = form.to_vec();
    form.extend([("v", VERSION), ("access_token", token.as_str())]);
    Ok(accept(net.fetcher.post_form(&url, &form).await?)?.body)
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
