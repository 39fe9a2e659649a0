//! The names of «Инцидент Менеджмент» in the shipped taxonomy, against that classifier where it is present.

use std::collections::BTreeMap;
use std::path::Path;

use model::Sector;

use crate::{Config, Files};

/// Its groups that are one of our sectors; the others are `other`, whose name a group has in common with no sector.
const GROUPS: [(&str, Sector); 10] = [
    ("ЖКХ", Sector::Jkh),
    ("Благоустройство", Sector::Jkh),
    ("Газ и топливо", Sector::Jkh),
    ("Электроснабжение", Sector::Jkh),
    ("Дороги", Sector::Roads),
    ("Мусор/Свалки/ТКО", Sector::Tko),
    ("Образование", Sector::Education),
    ("Общественный транспорт", Sector::Transport),
    ("Социальное обслуживание и защита", Sector::Social),
    ("Мобилизация", Sector::Social),
];

/// Names that are another sector's with us: crossings are asked of those who keep the road, vouchers for camps and the help to refugees
/// of social protection.
const ELSEWHERE: [&str; 3] = ["Пешеходные переходы и жд переезды", "Детские оздоровительные лагеря", "Беженцы"];

/// Each name is spelled as in one of the two tables, and what the older one puts into a group is in the sector of that group.
#[test]
fn names_of_incident_management_are_its_own() {
    let (Some(of_2022), Some(of_2025)) = (table("incident_management_2022.tsv"), table("incident_management_2025.tsv"))
    else {
        return;
    };
    let groups: BTreeMap<&str, &str> =
        of_2022.iter().filter_map(|line| line.split_once('\t')).map(|(group, rest)| (first(rest), group)).collect();
    let config = Config::parse(&Files::shipped()).unwrap_or_else(|problems| panic!("{problems}"));
    let mut named = 0;
    for rules in &config.taxonomy {
        for (topic, name) in rules.topics.iter().flat_map(|topic| topic.incident.iter().map(|name| (&topic.id, name))) {
            named += 1;
            let group = groups.get(name.as_str());
            assert!(group.is_some() || of_2025.iter().any(|line| first(line) == name), "{topic}: {name}");
            let Some(group) = group.filter(|_| !ELSEWHERE.contains(&name.as_str())) else { continue };
            let sector = GROUPS.iter().find(|(of, _)| of == group).map_or(Sector::Other, |(_, sector)| *sector);
            assert_eq!(sector, rules.sector, "{topic}: {name} is in {group}");
        }
    }
    assert!(named > 300, "{named}");
}

fn first(line: &str) -> &str {
    line.split('\t').next().unwrap_or(line)
}

/// The lines of a table below its header; none where the data is absent.
fn table(file: &str) -> Option<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/topics").join(file);
    let Ok(text) = std::fs::read_to_string(&path) else {
        let required = std::env::var_os("OTKLIK_REQUIRE_DATA").is_some_and(|value| value == "1");
        assert!(!required, "{} is needed", path.display());
        println!("skipped: {} is absent", path.display());
        return None;
    };
    Some(text.lines().skip(1).map(str::to_owned).collect())
}
