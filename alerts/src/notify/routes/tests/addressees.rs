use config::PersonRole;
use deadlines::WorkingTime;
use model::{Level, Sector};

use super::config;
use crate::notify::routes::{Facts, first_addressees, initial_step, step_addressees};

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
    Facts { level, sectors: vec![Sector::Jkh], places: Vec::new(), kind }
}

/// Those who are told, a `~` before those whose message waits.
#[track_caller]
fn check(people: &str, facts: Facts<'_>, at: &str, expect: &[&str]) {
    let config = config(people);
    let time = WorkingTime::new(&config.calendar, config.timezone());
    let told = first_addressees(&config.people, &facts, at.parse().unwrap(), time);
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
    check(&routes, Facts { sectors: vec![Sector::Roads], ..facts(Level::High, "risk") }, NOON, &["anna", "boris"]);
    check(&routes, Facts { sectors: Vec::new(), ..facts(Level::High, "system") }, NOON, &["anna", "boris"]);
}

#[test]
fn a_route_by_place_takes_alerts_of_that_place_only() {
    let mut config = config(&format!("{PEOPLE}[[route]]\nto = ['operator']\n"));
    config.people.routes[0].places = vec!["mira".to_owned()];
    let time = WorkingTime::new(&config.calendar, config.timezone());
    let first = |places: &[&str]| {
        let facts = Facts { places: places.to_vec(), ..facts(Level::High, "risk") };
        first_addressees(&config.people, &facts, NOON.parse().unwrap(), time)[0].person.clone()
    };
    assert_eq!(first(&["lenina", "mira"]), "gleb");
    assert_eq!(first(&["lenina"]), "anna");
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
        |level| step_addressees(&config.people, PersonRole::Lead, level, NIGHT.parse().unwrap(), time)[0].not_before;
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
        let told = first_addressees(&config.people, &facts(Level::High, kind), NOON.parse().unwrap(), time);
        initial_step(&config.people.chain, &told)
    };
    assert_eq!((start("risk"), start("system")), (Some(0), None));
}
