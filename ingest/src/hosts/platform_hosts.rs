//! The hosts of one platform: which is asked, what became of each, and whether any can be reached.

use std::sync::{Mutex, MutexGuard, PoisonError};

use config::Way;
use model::{Clock, Platform, Time};

use super::door::Door;
use super::outage::{Outage, Reach};
use super::status::{HostStatus, PlatformStatus};
use crate::fetch::Preference;
use crate::outcome::PollOutcome;
use crate::poll::Failure;

/// The hosts of one platform.
pub(crate) struct PlatformHosts {
    platform: Platform,
    doors: Vec<Door>,
    preference: Preference,
    state: Mutex<State>,
    /// Held by the one request that tries for all whether an outage is over.
    trying: tokio::sync::Mutex<()>,
    clock: Clock,
}

struct State {
    /// Of each door, when and why it failed, unless it has answered since.
    failed: Vec<Option<(Time, String)>>,
    reach: Reach,
}

impl PlatformHosts {
    pub(crate) fn new(platform: Platform, bases: &[String], ways: &[Way], clock: Clock) -> PlatformHosts {
        let doors = Door::all(bases, ways);
        let state = State { failed: doors.iter().map(|_| None).collect(), reach: Reach::default() };
        let (preference, trying) = (Preference::default(), tokio::sync::Mutex::default());
        PlatformHosts { platform, doors, preference, state: Mutex::new(state), trying, clock }
    }

    /// Asks the hosts one after another until one answers, whatever it answers. Where none does, the failure is that of the one asked
    /// first, and says what became of each; where none answers several sources it is the network's, and nobody is asked until its pause is
    /// over.
    pub(crate) async fn ask<T, A: Future<Output = Result<T, Failure>>>(
        &self,
        source: &str,
        request: impl Fn(&Door) -> A,
    ) -> Result<T, Failure> {
        let _trying = match self.open() {
            Ok(true) => None,
            Err(closed) => return Err(closed),
            Ok(false) => {
                let trying = self.trying.lock().await;
                // Another request may have found out meanwhile.
                match self.open() {
                    Ok(true) => None,
                    Err(closed) => return Err(closed),
                    Ok(false) => Some(trying),
                }
            }
        };
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
        Err(self.unanswered(source, first, &reasons))
    }

    /// Who was polled in vain while none of the hosts could be reached, each since when.
    pub(crate) fn not_to_blame(&self) -> Vec<(String, Time)> {
        self.lock().reach.not_to_blame()
    }

    /// The failure that all sources share while none of the hosts can be reached.
    pub(crate) fn outage(&self) -> Option<Failure> {
        self.lock().reach.outage().map(network_down)
    }

    /// How they are doing.
    pub(crate) fn status(&self) -> PlatformStatus {
        let name = |door: &Door| door.name.clone();
        let host = |(door, failed): (&Door, &Option<(Time, String)>)| HostStatus {
            host: name(door),
            failed_at: failed.as_ref().map(|(at, _)| *at),
            reason: failed.as_ref().map(|(_, reason)| reason.clone()),
        };
        let state = self.lock();
        PlatformStatus {
            platform: self.platform,
            asked: self.doors.get(self.preference.at()).map(name).unwrap_or_default(),
            down_since: state.reach.outage().map(|outage| outage.since),
            next_at: state.reach.outage().map(|outage| outage.next_at),
            hosts: self.doors.iter().zip(state.failed.iter()).map(host).collect(),
        }
    }

    /// Whether requests go out. False: one may, to find out whether an outage is over.
    fn open(&self) -> Result<bool, Failure> {
        match self.lock().reach.outage() {
            None => Ok(true),
            Some(outage) if outage.next_at <= (self.clock)() => Ok(false),
            Some(outage) => Err(network_down(outage)),
        }
    }

    /// Notes who answered, and says so once where it is another than before.
    fn answered(&self, number: usize, failed: &[usize], reasons: &[String]) {
        self.note(number, None);
        let (platform, host) = (self.platform.as_str(), self.doors.get(number).map(|door| door.name.as_str()));
        if let Some(outage) = self.lock().reach.answered() {
            tracing::info!(platform, host, since = %outage.since, "a host answers again");
        }
        if self.preference.got_through(number, failed, (self.clock)()) {
            tracing::warn!(platform, host, failed = reasons.join("; "), "another host answers");
        }
    }

    /// Notes that a source got no answer, and says once that nobody does.
    fn unanswered(&self, source: &str, first: Option<Failure>, reasons: &[String]) -> Failure {
        let reason = reasons.join("; ");
        let mut state = self.lock();
        if state.reach.unanswered(source, &reason, (self.clock)()) {
            let platform = self.platform.as_str();
            tracing::error!(
                platform,
                reason,
                "no host can be reached; `otklik check --network` tells what the firewall must let through"
            );
        }
        if let Some(outage) = state.reach.outage() {
            return network_down(outage);
        }
        let mut failure = first.unwrap_or_else(|| PollOutcome::BadUrl.into());
        if reasons.len() > 1 {
            failure.detail = Some(reason);
        }
        failure
    }

    fn note(&self, number: usize, reason: Option<&str>) {
        let now = (self.clock)();
        if let Some(slot) = self.lock().failed.get_mut(number) {
            *slot = reason.map(|reason| (now, reason.to_owned()));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn network_down(outage: &Outage) -> Failure {
    let detail = Some(format!("no host answers since {}: {}", outage.since, outage.reason));
    Failure { outcome: PollOutcome::NetworkDown { until: outage.next_at }, detail }
}
