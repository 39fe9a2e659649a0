//! How often each wall and search is read within VK's limits, and the delay that this guarantees.

use std::collections::HashMap;
use std::time::Duration;

use config::{Address, Config, Source};
use model::Time;

use super::wall::PAGE;
use crate::schedule::allocation::{Allocation, Budget, Demand, allocate};
use crate::schedule::quota::{Quota, SPARE};

/// The rates of posting are looked at this often.
pub(crate) const PLAN_EVERY: Duration = Duration::from_secs(3600);

/// A rate is taken over this many days.
pub(crate) const RATE_DAYS: u32 = 7;

/// A source of which nothing is known counts as posting this often for a day.
const PRIOR_RATE: f64 = 3.0;

/// The pause and the guarantee of each source, as last planned.
#[derive(Debug, Default)]
pub(crate) struct PollPlan {
    polls: HashMap<String, PlannedPoll>,
    made_at: Option<Time>,
}

/// How often a source is polled, and what that guarantees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PlannedPoll {
    /// Between two polls.
    pub pause: Duration,
    /// A post published now is in the journal no later than after this, while VK answers.
    pub latency: Duration,
    /// VK's limits suffice for it and all sources before it.
    pub afforded: bool,
}

impl PollPlan {
    /// Whether the plan is out of date.
    pub(crate) fn is_stale(&self, now: Time) -> bool {
        // A clock that was set back makes a new plan as well.
        self.made_at.is_none_or(|at| at > now || crate::time::later(at, PLAN_EVERY) <= now)
    }

    /// Plans for these sources. `published` is how many posts each source had in the last [`RATE_DAYS`] days.
    pub(crate) fn new(config: &Config, quota: &Quota, published: &HashMap<String, u64>, now: Time) -> PollPlan {
        let mut polls = HashMap::new();
        let walls = |source: &&Source| matches!(source.address, Address::Vk(_));
        let searches = |source: &&Source| matches!(source.address, Address::VkSearch(_));
        let enabled: Vec<&Source> = config.sources.iter().filter(|source| source.enabled).collect();
        let walls: Vec<&Source> = enabled.iter().copied().filter(walls).collect();
        let searches: Vec<&Source> = enabled.iter().copied().filter(searches).collect();
        // Were all due at once, the last would wait for the newest pages of all; every other call gives way to these.
        let calls = (walls.len() + searches.len()) as f64;
        let queue = calls / quota.per_second("wall.get").max(1) as f64 * 1.1;
        let wait =
            Duration::from_secs(queue.ceil() as u64) + Duration::from_secs(config.settings.fetch.timeout_s.into());
        for (method, sources) in [("wall.get", walls), ("newsfeed.search", searches)] {
            // Without a token nothing is read, however often.
            let Some(per_day) = quota.per_day(method).filter(|calls| *calls > 0) else { continue };
            let demands: Vec<Demand> = sources.iter().map(|source| demand(source, published)).collect();
            let per_day = f64::from(per_day) * (1.0 - SPARE);
            let Allocation { pauses, afforded } =
                allocate(&demands, Budget { per_day, slowest: config.settings.vk.slowest });
            for (number, (source, pause)) in sources.into_iter().zip(pauses).enumerate() {
                let poll = PlannedPoll { pause, latency: pause + wait, afforded: number < afforded };
                polls.insert(source.id.clone(), poll);
            }
        }
        PollPlan { polls, made_at: Some(now) }
    }

    /// When it was planned.
    #[cfg(test)]
    pub(crate) fn made_at(&self) -> Option<Time> {
        self.made_at
    }

    /// The plan of a source of VK.
    pub(crate) fn get(&self, source: &str) -> Option<PlannedPoll> {
        self.polls.get(source).copied()
    }
}

fn demand(source: &Source, published: &HashMap<String, u64>) -> Demand {
    let known = published.get(&source.id).copied().unwrap_or(0) as f64;
    let rate = (known + PRIOR_RATE) / f64::from(RATE_DAYS + 1);
    Demand { rate, weight: f64::from(source.weight), calls: 1.0 + rate / 24.0 / PAGE as f64, at_least: source.every }
}

/// A warning for `otklik check`, in Russian: sources that VK's limits do not suffice for.
pub fn vk_warning(config: &Config) -> Option<String> {
    let quota = Quota::new(&config.settings.vk);
    let plan = PollPlan::new(config, &quota, &HashMap::new(), Time::UNIX_EPOCH);
    let over: Vec<&str> = config
        .sources
        .iter()
        .filter(|source| plan.get(&source.id).is_some_and(|poll| !poll.afforded))
        .map(|source| source.id.as_str())
        .collect();
    let slowest = config.settings.vk.slowest.as_secs() / 60;
    let first = over.first()?;
    Some(format!(
        "лимитов ВКонтакте не хватает, чтобы читать все источники хотя бы раз в {slowest} мин: не хватает на {}, начиная с «{first}»; \
         добавьте ключ ([[vk.token]]), увеличьте [vk] slowest или выключите часть источников",
        over.len()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(settings: &str, walls: usize) -> Config {
        let source = |number| format!("[[source]]\nid = 'w{number}'\nname = 'С'\nowner = -{}\n", number + 1);
        let files = [
            ("otklik.toml".to_owned(), settings.to_owned()),
            ("sources.toml".to_owned(), (0..walls).map(source).collect::<String>()),
        ];
        Config::parse(&files.into_iter().collect()).unwrap()
    }

    #[test]
    fn sources_that_the_limits_do_not_suffice_for_are_named() {
        let limited = "[vk]\ntoken_env = 'A'\n[vk.limits]\nwall_get_per_day = 10";
        assert_eq!(vk_warning(&config(limited, 1)), None);
        let warning = vk_warning(&config(limited, 5)).unwrap();
        assert!(warning.contains("не хватает на 4, начиная с «w1»"), "{warning}");
        assert_eq!(vk_warning(&config("[vk]\ntoken_env = 'A'", 900)), None, "VK's own limits");
        assert!(vk_warning(&config("[vk]\ntoken_env = 'A'", 1100)).is_some());
        let more = "[vk]\ntoken_env = 'A'\n[[vk.token]]\nkind = 'user'\nenv = 'B'";
        assert_eq!(vk_warning(&config(more, 1100)), None, "another token helps");
        assert_eq!(vk_warning(&config("", 5000)), None, "without a token it is another trouble");
    }

    #[test]
    fn a_guarantee_is_the_pause_and_the_wait_for_the_turn() {
        let config = config("[vk]\ntoken_env = 'A'", 300);
        let quota = Quota::new(&config.settings.vk);
        let busy = HashMap::from([("w7".to_owned(), 300)]);
        let plan = PollPlan::new(&config, &quota, &busy, Time::UNIX_EPOCH);
        let (quiet, busy) = (plan.get("w0").unwrap(), plan.get("w7").unwrap());
        assert!(busy.pause * 5 < quiet.pause, "{busy:?} {quiet:?}");
        // 300 calls at five a second, a tenth slower, and one that times out.
        assert_eq!(quiet.latency - quiet.pause, Duration::from_secs(66 + 30));
        assert_eq!(plan.get("nobody"), None);
    }
}
