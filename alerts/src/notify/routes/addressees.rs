//! Who is notified of an alert.

use config::{Hours, People, Person, PersonRole, Route};
use deadlines::WorkingTime;
use model::{Level, Sector, Time};

use crate::store::alert::Alert;

/// What the conditions of a `[[route]]` look at.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// Its level.
    pub level: Level,
    /// What it is about; empty where it is about no post.
    pub sectors: Vec<Sector>,
    /// Where it is, ids of `places/`.
    pub places: Vec<&'a str>,
    /// Kind of the rule that raised it, one of [`config::RULE_KINDS`].
    pub kind: &'a str,
}

/// A person who is to be notified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressee {
    /// Their id.
    pub person: String,
    /// Their role.
    pub role: PersonRole,
    /// Why they are, in Russian.
    pub reason: String,
    /// They are notified in working hours only: the message waits for these to begin.
    pub not_before: Option<Time>,
}

impl<'a> Facts<'a> {
    /// The facts of an alert, which a rule of this kind raised.
    pub fn of(alert: &'a Alert, kind: &'a str) -> Facts<'a> {
        Facts {
            level: alert.level,
            sectors: alert.sector.as_deref().and_then(Sector::parse).into_iter().collect(),
            places: alert.place.as_deref().into_iter().collect(),
            kind,
        }
    }

    /// Whether a route takes the alert at a time.
    fn fit(&self, route: &Route, at: Time, time: WorkingTime<'_>) -> bool {
        let now = self.level == Level::Critical || route.when != Some(Hours::Working) || time.is_working(at);
        now && self.level >= route.level
            && takes(&route.sectors, |sector| self.sectors.contains(sector))
            && takes(&route.places, |place| self.places.contains(&place.as_str()))
            && takes(&route.kinds, |kind| kind == self.kind)
    }
}

/// Who is notified of a new alert: the people of every route that takes it; where none does, those of the chain's first step. Where
/// none of them has an address, the first step that has one is notified at once as well.
pub fn first_addressees(people: &People, facts: &Facts<'_>, at: Time, time: WorkingTime<'_>) -> Vec<Addressee> {
    let mut addressees: Vec<Addressee> = Vec::new();
    for (number, route) in people.routes.iter().enumerate().filter(|(_, route)| facts.fit(route, at, time)) {
        for person in route.to.iter().flat_map(|role| people.with_role(*role)) {
            if !addressees.iter().any(|other| other.person == person.id) {
                let reason = format!("маршрут № {}: {}", number + 1, person.role.name_ru());
                addressees.push(addressee(person, facts.level, &reason, at, time));
            }
        }
    }
    if addressees.is_empty()
        && let Some(first) = people.chain.steps.first()
    {
        let reason = format!("ни один маршрут не подошёл, первым узнаёт {}", first.name_ru());
        addressees.extend(people.with_role(*first).map(|person| addressee(person, facts.level, &reason, at, time)));
    }
    let reachable = |role: &&PersonRole| people.with_role(**role).any(is_reachable);
    if !addressees.iter().filter_map(|addressee| people.person(&addressee.person)).any(is_reachable)
        && let Some(role) = people.chain.steps.iter().find(reachable)
    {
        let reason = format!("у тех, кому это положено, нет адресов, поэтому сразу {}", role.name_ru());
        addressees.extend(people.with_role(*role).map(|person| addressee(person, facts.level, &reason, at, time)));
    }
    addressees
}

/// Who is notified when an alert comes to a step of the chain.
pub fn step_addressees(
    people: &People,
    role: PersonRole,
    level: Level,
    at: Time,
    time: WorkingTime<'_>,
) -> Vec<Addressee> {
    let reason = format!("никто не принял тревогу, дальше {}", role.name_ru());
    people.with_role(role).map(|person| addressee(person, level, &reason, at, time)).collect()
}

/// An empty list takes everything.
fn takes<T>(list: &[T], fits: impl Fn(&T) -> bool) -> bool {
    list.is_empty() || list.iter().any(fits)
}

fn addressee(person: &Person, level: Level, reason: &str, at: Time, time: WorkingTime<'_>) -> Addressee {
    let waits = level != Level::Critical && person.hours == Hours::Working && !time.is_working(at);
    Addressee {
        person: person.id.clone(),
        role: person.role,
        reason: reason.to_owned(),
        not_before: waits.then(|| time.next_start(at)),
    }
}

fn is_reachable(person: &Person) -> bool {
    !person.addresses.is_empty()
}
