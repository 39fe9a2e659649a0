use jiff::civil::Date;
use model::Event;

use super::*;
use crate::facts::{Figure, FigureBy, FiguresRequest, PostsFilter, Step};

const DAY: Date = Date::constant(2026, 11, 2);

fn event(object: &str, state: &str) -> Event {
    let json = serde_json::json!({ "object": object, "state": state, "actuality": "now" });
    serde_json::from_value(json).unwrap()
}

/// Midnight in Moscow is 21:00 UTC.
fn district(held: &Held, database: &str) -> Facts {
    let facts = held.facts(database);
    let mut water = post("vk:-1_2", "2026-11-01T21:00:00Z", Sector::Jkh);
    water.tags.topics = vec!["water".into(), "pipes".into()];
    water.tags.risks = vec![risk("outage", Level::High), risk("injury", Level::Low)];
    water.tags.events = vec![event("cold_water", "absent"), event("cold_water", "burst"), event("gas", "smells")];
    let mut bus = post("vk:-1_3", "2026-11-02T20:59:59.999Z", Sector::Transport);
    bus.post.source = "buses".into();
    bus.tags.topics = vec!["water".into()];
    bus.tags.events = vec![event("gas", "absent")];
    bus.tags.risks = vec![risk("outage", Level::Low)];
    let posts = [
        post("vk:-1_1", "2026-11-01T20:59:59.999Z", Sector::Jkh),
        water,
        bus,
        post("vk:-1_4", "2026-11-02T21:00:00Z", Sector::Roads),
    ];
    held.take_in(&facts, &posts);
    facts
}

#[test]
fn a_day_begins_at_midnight_of_the_configured_zone() {
    let held = engine();
    let facts = district(&held, "day");
    let day = held.run(facts.day(DAY)).unwrap();
    assert_eq!((day.date, day.posts), (DAY, 2));
    assert_eq!((day.by_sector[&Sector::Jkh], day.by_sector[&Sector::Transport], day.by_sector.len()), (1, 1, 7));
    assert_eq!(day.by_topic, [("water".to_owned(), 2), ("pipes".to_owned(), 1)]);
    assert_eq!((day.by_hour[0], day.by_hour[23], day.by_hour.len()), (1, 1, 24));
    assert_eq!(day.by_source, [("buses".to_owned(), 1), ("city".to_owned(), 1)].into());
    let mut risks = day.by_risk;
    risks.sort();
    let expect = [("injury", Level::Low), ("outage", Level::Low), ("outage", Level::High)];
    assert_eq!(risks, expect.map(|(kind, level)| (kind.to_owned(), level, 1)));
}

#[test]
fn the_server_counts_no_longer_than_anybody_waits() {
    let held = engine();
    let facts = held.facts("limits");
    let limit = facts.client.query("SELECT toUInt64(getSetting('max_execution_time'))");
    assert_eq!(held.run(facts.one::<u64>(limit)).unwrap(), 120);
}

#[test]
fn days_without_posts_are_there_with_zeros() {
    let held = engine();
    let facts = district(&held, "days");
    let days = held.run(facts.days(Date::constant(2026, 10, 31), Date::constant(2026, 11, 4))).unwrap();
    assert_eq!(days.iter().map(|day| day.posts).collect::<Vec<_>>(), [0, 1, 2, 1]);
    assert_eq!((days[1].by_sector[&Sector::Jkh], days[0].by_sector.len()), (1, 7));
}

#[test]
fn figures_come_by_hour_and_day_and_key() {
    let held = engine();
    let facts = district(&held, "figures");
    let ask = |by, step| {
        let (from, to) = (time("2026-11-01T21:00:00Z"), time("2026-11-02T21:00:00Z"));
        held.run(facts.figures(&FiguresRequest { from, to, by, step })).unwrap()
    };
    let figure = |at, key: &str, posts| Figure { at: time(at), key: key.into(), posts };
    assert_eq!(
        ask(FigureBy::Topic, Step::Day),
        [figure("2026-11-01T21:00:00Z", "pipes", 1), figure("2026-11-01T21:00:00Z", "water", 2),]
    );
    assert_eq!(
        ask(FigureBy::Sector, Step::Hour),
        [figure("2026-11-01T21:00:00Z", "jkh", 1), figure("2026-11-02T20:00:00Z", "transport", 1),]
    );
    assert_eq!(ask(FigureBy::Risk, Step::Day)[1], figure("2026-11-01T21:00:00Z", "outage", 2));
    let day = |key, posts| figure("2026-11-01T21:00:00Z", key, posts);
    assert_eq!(ask(FigureBy::Object, Step::Day), [day("cold_water", 1), day("gas", 2)]);
    assert_eq!(ask(FigureBy::State, Step::Day), [day("absent", 2), day("burst", 1), day("smells", 1)]);
    assert_eq!(ask(FigureBy::Source, Step::Day).len(), 2);
    assert_eq!(ask(FigureBy::Platform, Step::Day), [figure("2026-11-01T21:00:00Z", "vk", 2)]);
}

#[test]
fn a_figure_opens_the_posts_it_counted() {
    let held = engine();
    let facts = district(&held, "opened");
    let check = |filter: PostsFilter, limit, expect: &[&str]| {
        let posts = held.run(facts.posts(&filter, limit)).unwrap();
        let ids: Vec<&str> = posts.iter().map(|tagged| tagged.post.id.as_str()).collect();
        assert_eq!(ids, expect, "{filter:?}");
    };
    let any = PostsFilter::default;
    check(any(), 100, &["vk:-1_4", "vk:-1_3", "vk:-1_2", "vk:-1_1"]);
    check(any(), 1, &["vk:-1_4"]);
    check(PostsFilter { sector: Some(Sector::Jkh), ..any() }, 9, &["vk:-1_2", "vk:-1_1"]);
    check(PostsFilter { topic: Some("water".into()), ..any() }, 9, &["vk:-1_3", "vk:-1_2"]);
    let outage = PostsFilter { risk: Some("outage".into()), ..any() };
    check(outage.clone(), 9, &["vk:-1_3", "vk:-1_2"]);
    check(PostsFilter { risk_level: Some(Level::Low), ..outage }, 9, &["vk:-1_3"]);
    check(PostsFilter { risk_level: Some(Level::Low), ..any() }, 9, &["vk:-1_3", "vk:-1_2"]);
    check(PostsFilter { source: Some("buses".into()), ..any() }, 9, &["vk:-1_3"]);
    let gas = PostsFilter { object: Some("gas".into()), ..any() };
    check(gas.clone(), 9, &["vk:-1_3", "vk:-1_2"]);
    check(PostsFilter { state: Some("absent".into()), ..gas }, 9, &["vk:-1_3"]);
    check(PostsFilter { state: Some("burst".into()), ..any() }, 9, &["vk:-1_2"]);
    check(PostsFilter { ids: vec!["vk:-1_1".into(), "vk:-1_9".into()], ..any() }, 9, &["vk:-1_1"]);
    check(PostsFilter { topic: Some("' OR 1 = 1 -- ? \\".into()), ..any() }, 9, &[]);
    let from = Some(time("2026-11-01T21:00:00Z"));
    check(PostsFilter { from, to: Some(time("2026-11-02T21:00:00Z")), ..any() }, 9, &["vk:-1_3", "vk:-1_2"]);
    let ids = held.run(facts.ids_published(time("2026-11-01T00:00:00Z"), time("2026-11-02T00:00:00Z"))).unwrap();
    assert_eq!(ids, ["vk:-1_1", "vk:-1_2"]);
}

#[test]
fn a_revision_moves_a_post_from_one_figure_to_another() {
    let held = engine();
    let facts = district(&held, "moved");
    let mut moved = post("vk:-1_2", "2026-11-01T21:00:00Z", Sector::Tko);
    moved.tags.rules = 2;
    moved.post.published_at = time("2026-11-05T09:00:00Z");
    moved.post.seen_at = Some(time("2026-11-05T09:00:00Z"));
    held.take_in(&facts, &[moved]);
    let day = held.run(facts.day(DAY)).unwrap();
    assert_eq!((day.posts, day.by_sector[&Sector::Jkh], day.by_risk.len()), (1, 0, 1));
    assert_eq!(held.run(facts.day(Date::constant(2026, 11, 5))).unwrap().by_sector[&Sector::Tko], 1);
}

#[test]
fn every_form_of_a_link_leads_to_the_source_it_is_of() {
    let held = engine();
    let facts = held.facts("leads");
    let words = "t.me/s/Gorod_News https://telegram.me/gorod_news/5 telegram.dog/gorod_news/6?single gorod_news.t.me/7 \
                 tg://resolve?domain=gorod_news&post=8 t.me/a_person m.vk.ru/wall-77_8?reply=9 vk.ru/club77 \
                 https://vk.com/feed?w=wall-78_1_r2 [club78|Город] vk.com/wall79_1 vk.com/feed?w=wall79_1";
    let published = "2026-11-01T21:00:00Z";
    let posts = [edited(&post("vk:-1_2", published, Sector::Jkh), published, words)];
    held.take_in(&facts, &posts);
    let leads =
        held.run(facts.suggested_sources(time("2026-11-01T00:00:00Z"), time("2026-11-03T00:00:00Z"), 9)).unwrap();
    let found: Vec<(&str, &str)> = leads.iter().map(|lead| (lead.platform.as_str(), lead.name.as_str())).collect();
    assert_eq!(found, [("telegram", "gorod_news"), ("vk", "1"), ("vk", "77"), ("vk", "78")]);
}
