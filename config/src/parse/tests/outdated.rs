//! Tables of earlier releases: named with what to write instead, and what refers to them stays valid.

use super::*;

const OLD: &str = "[[words]]\nid = 'home'\nwords = ['дом', 'хата']\n\
    [[list]]\nid = 'drill'\nname = 'учения'\nany = ['учения']\neverywhere = 'except'\n\
    [[risk]]\nkind = 'tree'\nname = 'Ёлка'\nlevel = 'high'\nany = ['елка {home}']\nlower_lists = ['drill']\n\
    [risk.examples]\nmatch = ['Упала ёлка']\n";

#[test]
fn each_outdated_table_is_named_with_what_takes_its_place() {
    let config = accept(&[("risks/own.toml", OLD), ("risks/events.toml", EVENTS)]);
    let told: Vec<String> = config.outdated.iter().map(Problem::to_string).collect();
    let expect = [
        ("risks/own.toml:9: [[risk]] `tree` больше не читается", "[[row]] с kind = \"tree\""),
        ("risks/own.toml:4: [[list]] `drill` больше не читается", "стоят в [[aside]]"),
        ("risks/own.toml:1: [[words]] `home` рискам больше не нужны", "[[object]] и [[says]]"),
    ];
    let fits = |(told, (start, part)): (&String, &(&str, &str))| told.starts_with(start) && told.contains(part);
    assert!(told.len() == expect.len() && told.iter().zip(&expect).all(fits), "{told:#?}");
}

#[test]
fn kinds_and_words_of_outdated_tables_may_still_be_named() {
    let search = "[[search]]\nid = 'trees'\nname = 'Ёлки'\nquery = 'риск:tree'\n";
    let topic = TOPIC.replace("'вода'", "'вода {home}'");
    let config = accept(&[("risks/own.toml", OLD), ("searches.toml", search), ("taxonomy/jkh.toml", &topic)]);
    assert_eq!(config.risk_name("tree"), "Ёлка");
    assert!(format!("{:?}", config.taxonomy[0].topics[0].any[0].query).contains("хата"));
    assert!(config.events.rows.is_empty());
    // A kind that both forms have is one kind, under the name of the new one.
    let both = OLD.replace("'tree'", "'outage'");
    let config = accept(&[("risks/a.toml", &both), ("risks/levels.toml", KIND)]);
    assert_eq!((config.risks.len(), config.risk_name("outage")), (1, "Отключение"));
}
