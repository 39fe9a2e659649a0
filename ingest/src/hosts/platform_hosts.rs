//! The hosts of one platform: which is asked, and what became of each.

use std::sync::{Mutex, MutexGuard, PoisonError};

use config::Way;
use model::{Clock, Platform, Time};

use super::door::Door;
use super::status::{HostStatus, PlatformStatus};
use crate::fetch::Preference;
use crate::poll::Failure;

/// The hosts of one platform.
pub(crate) struct PlatformHosts {
    platform: Platform,
    doors: Vec<Door>,
    preference: Preference,
    /// Of each door, when and why it failed, unless it has answered since.
    failed: Mutex<Vec<Option<(Time, String)>>>,
    clock: Clock,
}

impl PlatformHosts {
    pub(crate) fn new(platform: Platform, bases: &[String], ways: &[Way], clock: Clock) -> PlatformHosts {
        let doors = Door::all(bases, ways);
        let failed = Mutex::new(doors.iter().map(|_| None).collect());
        PlatformHosts { platform, doors, preference: Preference::default(), failed, clock }
    }

    /// Asks the hosts one after another until one answers, whatever it answers. Where none does, the failure is that of the one asked
    /// first, and says what became of each.
    pub(crate) async fn ask<T, A: Future<Output = Result<T, Failure>>>(
        &self,
        request: impl Fn(&Door) -> A,
    ) -> Result<T, Failure> {
        let (mut failed, mut reasons, mut first) = (Vec::new(), Vec::new(), None);
        for number in self.preference.order(self.doors.len(), (self.clock)()) {
            let Some(door) = self.doors.get(number) else { continue };
            match request(door).await {
                Err(failure) if failure.outcome.is_of_the_network() => {
                    let reason = failure.detail.clone().unwrap_or_else(|| failure.outcome.name().to_owned());
                    self.note(number, Some(&reason));
                    reasons.push(format!("{}: {reason}", door.name));
                    failed.push(number);
                    first.get_or_insert(failure);
                }
                answer => {
                    if answer.as_ref().err().is_none_or(|failure| failure.outcome.is_an_answer()) {
                        self.answered(number, &failed, &reasons);
                    }
                    return answer;
                }
            }
        }
        let mut failure = first.unwrap_or_else(|| crate::outcome::PollOutcome::BadUrl.into());
        if reasons.len() > 1 {
            failure.detail = Some(reasons.join("; "));
        }
        Err(failure)
    }

    /// How they are doing.
    pub(crate) fn status(&self) -> PlatformStatus {
        let name = |door: &Door| door.name.clone();
        let host = |(door, failed): (&Door, &Option<(Time, String)>)| HostStatus {
            host: name(door),
            failed_at: failed.as_ref().map(|(at, _)| *at),
            reason: failed.as_ref().map(|(_, reason)| reason.clone()),
        };
        PlatformStatus {
            platform: self.platform,
            asked: self.doors.get(self.preference.at()).map(name).unwrap_or_default(),
            hosts: self.doors.iter().zip(self.lock().iter()).map(host).collect(),
        }
    }

    /// Notes who answered, and says so once where it is another than before.
    fn answered(&self, number: usize, failed: &[usize], reasons: &[String]) {
        self.note(number, None);
        if self.preference.got_through(number, failed, (self.clock)()) {
            let host = self.doors.get(number).map(|door| door.name.as_str());
            tracing::warn!(
                platform = self.platform.as_str(),
                host,
                failed = reasons.join("; "),
                "another host answers"
            );
        }
    }

    fn note(&self, number: usize, reason: Option<&str>) {
        let now = (self.clock)();
        if let Some(slot) = self.lock().get_mut(number) {
            *slot = reason.map(|reason| (now, reason.to_owned()));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Option<(Time, String)>>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
