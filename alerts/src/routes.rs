//! Who is told of an alert, and to whom it goes when nobody acknowledges it: pure decisions with their reasons.

use std::time::Duration;

use config::{Chain, Hours, People, Person, PersonRole, Route};
use jiff::SignedDuration;
use model::{Level, Sector, Time};

use crate::working_time::WorkingTime;

/// What routes look at.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// How bad it is.
    pub level: Level,
    /// What it is about; empty where it is about no post.
    pub sectors: &'a [Sector],
    /// Where it is, ids of `places/`.
    pub places: &'a [String],
    /// Kind of the rule that raised it, one of [`config::RULE_KINDS`].
    pub kind: &'a str,
}

/// A person who is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Their id.
    pub person: String,
    /// Their role.
    pub role: PersonRole,
    /// Why they, in Russian.
    pub reason: String,
    /// They are told in working hours only: the message waits for these to begin.
    pub not_before: Option<Time>,
}

/// How far an alert has come up the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// Step of the chain that was told last, from 0; beyond its top each repeat is one more. None: routes led past its first step.
    pub step: Option<u32>,
    /// When they were told; where the message had to wait for working hours, when these began.
    pub at: Time,
}

/// What is to happen to an alert that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escalation {
    /// Nothing yet, or ever where there is no moment: somebody acknowledged it.
    Nothing {
        /// When to ask again.
        until: Option<Time>,
    },
    /// It goes to the next step.
    Next {
        /// What becomes [`Reached::step`].
        step: u32,
        /// Who is told.
        role: PersonRole,
    },
    /// The top of the chain is told again.
    RepeatTop {
        /// What becomes [`Reached::step`].
        step: u32,
        /// Who is told.
        role: PersonRole,
        /// Number of the repeat, from 1.
        n: u32,
        /// Pause until the next one.
        next_pause: Duration,
    },
}

/// Who is told of a new alert: the people of every route that fits; where none fits, the first step of the chain. Where none of them
/// has an address, the first step that has one hears of it at once.
pub fn told(people: &People, facts: Facts<'_>, at: Time, time: WorkingTime<'_>) -> Vec<Told> {
    let mut told: Vec<Told> = Vec::new();
    for (number, route) in people.routes.iter().enumerate().filter(|(_, route)| fits(route, facts, at, time)) {
        for person in route.to.iter().flat_map(|role| people.with_role(*role)) {
            if !told.iter().any(|other| other.person == person.id) {
                let reason = format!("маршрут № {}: {}", number + 1, person.role.name_ru());
                told.push(tell(person, facts.level, &reason, at, time));
            }
        }
    }
    if told.is_empty()
        && let Some(first) = people.chain.steps.first()
    {
        let reason = format!("ни один маршрут не подошёл, первым узнаёт {}", first.name_ru());
        told.extend(people.with_role(*first).map(|person| tell(person, facts.level, &reason, at, time)));
    }
    let reachable = |role: &&PersonRole| people.with_role(**role).any(is_reachable);
    if !told.iter().filter_map(|told| people.person(&told.person)).any(is_reachable)
        && let Some(role) = people.chain.steps.iter().find(reachable)
    {
        let reason = format!("у тех, кому это положено, нет адресов, поэтому сразу {}", role.name_ru());
        told.extend(people.with_role(*role).map(|person| tell(person, facts.level, &reason, at, time)));
    }
    told
}

/// Who is told when an alert comes to a step of the chain.
pub fn told_next(people: &People, role: PersonRole, level: Level, at: Time, time: WorkingTime<'_>) -> Vec<Told> {
    let reason = format!("никто не принял тревогу, дальше {}", role.name_ru());
    people.with_role(role).map(|person| tell(person, level, &reason, at, time)).collect()
}

/// Where the chain begins for those who were told first: at its first step if they are of it, else before it.
pub fn first_step(chain: &Chain, told: &[Told]) -> Option<u32> {
    let first = chain.steps.first();
    told.iter().any(|told| Some(&told.role) == first).then_some(0)
}

/// What is to happen to an alert now. One step at a time, each with the whole wait after the one before, even where nobody asked
/// for long.
pub fn escalate(chain: &Chain, level: Level, reached: Reached, acknowledged: bool, now: Time) -> Escalation {
    if acknowledged {
        return Escalation::Nothing { until: None };
    }
    let until = reached.at.saturating_add(signed(pause(chain, level, reached.step))).unwrap_or(Time::MAX);
    if now < until {
        return Escalation::Nothing { until: Some(until) };
    }
    let step = reached.step.map_or(0, |step| step.saturating_add(1));
    let top = top(chain);
    match (chain.steps.get(step as usize), chain.steps.last()) {
        (Some(role), _) => Escalation::Next { step, role: *role },
        (None, Some(role)) => {
            let next_pause = pause(chain, level, Some(step));
            Escalation::RepeatTop { step, role: *role, n: step - top, next_pause }
        }
        // A chain has a step; the configuration is refused otherwise.
        (None, None) => Escalation::Nothing { until: None },
    }
}

fn fits(route: &Route, facts: Facts<'_>, at: Time, time: WorkingTime<'_>) -> bool {
    let now = facts.level == Level::Critical || route.when != Some(Hours::Working) || time.is_working(at);
    now && facts.level >= route.level
        && takes(&route.sectors, |sector| facts.sectors.contains(sector))
        && takes(&route.places, |place| facts.places.contains(place))
        && takes(&route.kinds, |kind| kind == facts.kind)
}

/// An empty list takes everything.
fn takes<T>(list: &[T], fits: impl Fn(&T) -> bool) -> bool {
    list.is_empty() || list.iter().any(fits)
}

fn tell(person: &Person, level: Level, reason: &str, at: Time, time: WorkingTime<'_>) -> Told {
    let waits = level != Level::Critical && person.hours == Hours::Working && !time.is_working(at);
    Told {
        person: person.id.clone(),
        role: person.role,
        reason: reason.to_owned(),
        not_before: waits.then(|| time.next_start(at)),
    }
}

fn is_reachable(person: &Person) -> bool {
    !person.addresses.is_empty()
}

fn top(chain: &Chain) -> u32 {
    u32::try_from(chain.steps.len().saturating_sub(1)).unwrap_or(u32::MAX)
}

/// How long a step waits to be acknowledged. At the top each pause is twice the one before, up to the most; where the wait itself is
/// longer than that, it stays.
fn pause(chain: &Chain, level: Level, step: Option<u32>) -> Duration {
    let wait = *chain.wait.of(level);
    let repeats = step.unwrap_or(0).saturating_sub(top(chain));
    wait.saturating_mul(1_u32.checked_shl(repeats).unwrap_or(u32::MAX)).min(chain.repeat_most.max(wait))
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    use config::{Config, Files};
    use proptest::prelude::*;

    use super::*;

    fn config(people: &str) -> Config {
        let files = Files::from_iter([("people.toml".to_owned(), people.to_owned())]);
        Config::parse(&files).unwrap_or_else(|problems| panic!("{problems}"))
    }

    const PEOPLE: &str = "
        [[person]]\nid = 'anna'\nname = 'А'\nrole = 'officer'\naddresses = [{ channel = 'vk', to = '1' }]
        [[person]]\nid = 'boris'\nname = 'Б'\nrole = 'officer'
        [[person]]\nid = 'vera'\nname = 'В'\nrole = 'lead'\nhours = 'working'\naddresses = [{ channel = 'vk', to = '2' }]
        [[person]]\nid = 'gleb'\nname = 'Г'\nrole = 'operator'\naddresses = [{ channel = 'vk', to = '3' }]
        [chain]\nsteps = ['officer', 'lead']\n";

    /// A Friday in Moscow.
    const NOON: &str = "2026-11-27T12:00:00+03";
    const NIGHT: &str = "2026-11-27T23:00:00+03";

    fn facts(level: Level, kind: &str) -> Facts<'_> {
        Facts { level, sectors: &[Sector::Jkh], places: &[], kind }
    }

    /// Those who are told, a `~` before those whose message waits.
    #[track_caller]
    fn check(people: &str, facts: Facts<'_>, at: &str, expect: &[&str]) {
        let config = config(people);
        let time = WorkingTime::new(&config.calendar, config.timezone());
        let told = told(&config.people, facts, at.parse().unwrap(), time);
        let who: Vec<String> = told
            .iter()
            .map(|told| format!("{}{}", if told.not_before.is_some() { "~" } else { "" }, told.person))
            .collect();
        assert_eq!(who, expect);
        assert!(told.iter().all(|told| !told.reason.is_empty()));
    }

    #[test]
    fn without_a_fitting_route_the_first_of_the_chain_is_told() {
        check(PEOPLE, facts(Level::Low, "risk"), NIGHT, &["anna", "boris"]);
        let narrow = format!("{PEOPLE}[[route]]\nto = ['operator']\nkinds = ['system', 'silence']\n");
        check(&narrow, facts(Level::High, "risk"), NOON, &["anna", "boris"]);
        check(&narrow, facts(Level::High, "silence"), NOON, &["gleb"]);
    }

    #[test]
    fn every_route_that_fits_adds_its_people_once() {
        let routes = format!(
            "{PEOPLE}[[route]]\nto = ['officer']\n[[route]]\nto = ['lead', 'officer']\nlevel = 'high'\nsectors = ['jkh', 'tko']\n"
        );
        check(&routes, facts(Level::Medium, "risk"), NOON, &["anna", "boris"]);
        check(&routes, facts(Level::High, "risk"), NOON, &["anna", "boris", "vera"]);
        check(&routes, Facts { sectors: &[Sector::Roads], ..facts(Level::High, "risk") }, NOON, &["anna", "boris"]);
        check(&routes, Facts { sectors: &[], ..facts(Level::High, "system") }, NOON, &["anna", "boris"]);
    }

    #[test]
    fn a_route_by_place_takes_alerts_of_that_place_only() {
        let mut config = config(&format!("{PEOPLE}[[route]]\nto = ['operator']\n"));
        config.people.routes[0].places = vec!["mira".to_owned()];
        let time = WorkingTime::new(&config.calendar, config.timezone());
        let first = |places: &[String]| {
            let facts = Facts { places, ..facts(Level::High, "risk") };
            told(&config.people, facts, NOON.parse().unwrap(), time)[0].person.clone()
        };
        assert_eq!(first(&["lenina".to_owned(), "mira".to_owned()]), "gleb");
        assert_eq!(first(&["lenina".to_owned()]), "anna");
        assert_eq!(first(&[]), "anna");
    }

    #[test]
    fn critical_alerts_pass_all_hours_and_the_rest_waits_for_work_to_begin() {
        let routes = format!("{PEOPLE}[[route]]\nto = ['lead']\n[[route]]\nto = ['operator']\nwhen = 'working'\n");
        check(&routes, facts(Level::High, "risk"), NIGHT, &["~vera"]);
        check(&routes, facts(Level::High, "risk"), NOON, &["vera", "gleb"]);
        check(&routes, facts(Level::Critical, "risk"), NIGHT, &["vera", "gleb"]);
        let config = config(PEOPLE);
        let time = WorkingTime::new(&config.calendar, config.timezone());
        let next =
            |level| told_next(&config.people, PersonRole::Lead, level, NIGHT.parse().unwrap(), time)[0].not_before;
        assert_eq!(next(Level::Medium), Some("2026-11-30T09:00:00+03".parse().unwrap()));
        assert_eq!(next(Level::Critical), None);
    }

    #[test]
    fn where_nobody_told_has_an_address_the_chain_is_gone_up_at_once() {
        let silent = PEOPLE.replacen("addresses = [{ channel = 'vk', to = '1' }]", "", 1);
        check(&silent, facts(Level::High, "risk"), NOON, &["anna", "boris", "vera"]);
        let routed = format!("{silent}[[route]]\nto = ['operator']\n");
        check(&routed, facts(Level::High, "risk"), NOON, &["gleb"]);
        // The shipped file: nobody can be reached, and the officer's messages are kept all the same.
        check("", facts(Level::High, "risk"), NOON, &["officer"]);
    }

    #[test]
    fn the_chain_begins_before_its_first_step_where_routes_led_past_it() {
        let config = config(&format!("{PEOPLE}[[route]]\nto = ['operator', 'lead']\nkinds = ['system']\n"));
        let time = WorkingTime::new(&config.calendar, config.timezone());
        let start = |kind| {
            let told = told(&config.people, facts(Level::High, kind), NOON.parse().unwrap(), time);
            first_step(&config.people.chain, &told)
        };
        assert_eq!((start("risk"), start("system")), (Some(0), None));
    }

    fn at(minute: i64) -> Time {
        Time::from_second(1_790_000_000 + minute * 60).unwrap()
    }

    #[test]
    fn an_alert_climbs_step_by_step_and_is_repeated_at_the_top_with_doubling_pauses() {
        let chain = config("").people.chain;
        let mut reached = Reached { step: Some(0), at: at(0) };
        let mut log = Vec::new();
        for minute in 0..24 * 60 {
            match escalate(&chain, Level::Critical, reached, false, at(minute)) {
                Escalation::Nothing { until } => assert!(until.is_some_and(|until| until > at(minute))),
                Escalation::Next { step, role } => {
                    log.push((minute, role.as_str(), 0));
                    reached = Reached { step: Some(step), at: at(minute) };
                }
                Escalation::RepeatTop { step, role, n, .. } => {
                    log.push((minute, role.as_str(), n));
                    reached = Reached { step: Some(step), at: at(minute) };
                }
            }
        }
        let expect = [
            (10, "lead", 0),
            (20, "head", 0),
            (30, "curator", 0),
            (40, "curator", 1),
            (60, "curator", 2),
            (100, "curator", 3),
            (180, "curator", 4),
            (340, "curator", 5),
            (660, "curator", 6),
            // Six hours, the most.
            (1020, "curator", 7),
            (1380, "curator", 8),
        ];
        assert_eq!(log, expect);
    }

    #[test]
    fn a_wait_longer_than_the_most_pause_stays() {
        let chain = config("").people.chain;
        let day = 24 * 60;
        let top = Reached { step: Some(3), at: at(0) };
        let low = |now| escalate(&chain, Level::Low, top, false, at(now));
        assert_eq!(low(day - 1), Escalation::Nothing { until: Some(at(day)) });
        let next_pause = Duration::from_secs(24 * 3600);
        let repeat = Escalation::RepeatTop { step: 4, role: PersonRole::Curator, n: 1, next_pause };
        assert_eq!(low(day), repeat);
        let never = Reached { step: Some(u32::MAX), at: at(0) };
        assert!(matches!(escalate(&chain, Level::High, never, false, at(day)), Escalation::RepeatTop { .. }));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        /// Whenever it is asked, and after pauses of any length: it ends in acknowledgement or at the top, skips no step, and is
        /// never at one step again before its wait.
        #[test]
        fn escalation_ends_in_acknowledgement_or_at_the_top(
            level in prop::sample::select(Level::ALL.to_vec()),
            before: bool,
            gaps in prop::collection::vec(1_i64..3000, 1..150),
            acknowledged_at in prop::option::of(0_i64..100_000),
        ) {
            let chain = config("").people.chain;
            let wait = *chain.wait.of(level);
            let cap = chain.repeat_most.max(wait);
            let mut reached = Reached { step: (!before).then_some(0), at: at(0) };
            let (mut minute, mut expected, mut least) = (0, u32::from(!before), wait);
            for gap in gaps {
                minute += gap;
                let acknowledged = acknowledged_at.is_some_and(|acknowledged| acknowledged <= minute);
                let passed = Duration::try_from(at(minute).duration_since(reached.at)).unwrap();
                let (step, role) = match escalate(&chain, level, reached, acknowledged, at(minute)) {
                    Escalation::Nothing { until: None } => {
                        prop_assert!(acknowledged);
                        continue;
                    }
                    Escalation::Nothing { until: Some(until) } => {
                        prop_assert!(!acknowledged && until > at(minute) && passed < least);
                        continue;
                    }
                    Escalation::Next { step, role } => {
                        prop_assert_eq!(role, chain.steps[step as usize]);
                        (step, role)
                    }
                    Escalation::RepeatTop { step, role, n, next_pause } => {
                        prop_assert_eq!((role, n), (PersonRole::Curator, step - 3));
                        prop_assert_eq!(next_pause, (least * 2).min(cap));
                        (step, role)
                    }
                };
                prop_assert!(!acknowledged && passed >= least, "{:?} after {:?}", role, passed);
                prop_assert_eq!(step, expected);
                least = if step > 3 { (least * 2).min(cap) } else { wait };
                expected += 1;
                reached = Reached { step: Some(step), at: at(minute) };
            }
            // So many days of silence are enough for the whole chain at any level.
            if acknowledged_at.is_none() && minute > 8 * 24 * 60 * 4 {
                prop_assert!(expected > 3);
            }
        }
    }
}
