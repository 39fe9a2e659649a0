//! What holds over all files together.

use std::fs;
use std::time::Duration;

use ::deadlines::Calendar;

use super::*;
use crate::{Address, AlertRules};

#[test]
fn shipped_files_are_valid() {
    let config = Config::parse(&Files::shipped()).unwrap_or_else(|problems| panic!("{problems}"));
    assert!(config.sources.len() >= 8 && config.sources.iter().all(|source| !source.enabled));
    assert_eq!(config.settings.web.listen.port(), 8686);
}

#[test]
fn no_files_are_the_defaults_and_the_shipped_settings_state_them() {
    let empty = accept(&[]);
    let shipped = Config::parse(&Files::shipped()).unwrap();
    assert_eq!(format!("{:?}", empty.settings), format!("{:?}", shipped.settings));
    // Kinds are those of the risks, of which there are none here.
    let without_kinds = AlertRules { wide_kinds: Vec::new(), ..shipped.alerts };
    assert_eq!(format!("{:?}", empty.alerts), format!("{without_kinds:?}"));
    assert_eq!(format!("{:?}", empty.people), format!("{:?}", shipped.people));
    assert_eq!(empty.deadlines, shipped.deadlines);
    // What the government moved is nobody's default.
    assert_eq!(empty.calendar, Calendar { years: Vec::new(), ..shipped.calendar });
    assert_eq!(empty.alerts.group_window, Duration::from_secs(86400));
    assert!(empty.sources.is_empty() && empty.taxonomy.is_empty());
}

#[test]
fn problems_of_all_files_are_listed_together() {
    refuse(
        &[
            ("otklik.toml", "timezone = 'X'\nzone = 1\n[web]\nlisten = ''"),
            ("sources.toml", "[[source]]\nid = 'a'\nname = 'А'\nowner = 5\nx = 1"),
            ("places/b.toml", &PLACE.replace("улица мира", "\"")),
            ("taxonomy/jkh.toml", "sector = \n[[topic]\n"),
            ("recipients.toml", "[[recipient]]\nid = 'a'\nname = 'А'\ntopics = ['jkh.water']"),
        ],
        &[
            ("otklik.toml:1", "не часовой пояс"),
            ("otklik.toml:2", "незнакомый ключ `zone`"),
            ("otklik.toml:4", "не адрес"),
            ("places/b.toml:5", "запрос"),
            ("sources.toml:4", "отрицательный"),
            ("sources.toml:5", "незнакомый ключ `x`"),
            ("taxonomy/jkh.toml:1", "не TOML"),
            ("taxonomy/jkh.toml:2", "не TOML"),
        ],
    );
}

#[test]
fn what_is_written_is_what_is_read() {
    let config = accept(&[
        ("sources.toml", &format!("{SOURCE}channel = 'City_News'\nevery = '90s'\nhome = false\n")),
        ("taxonomy/tko.toml", &TOPIC.replace("jkh", "tko")),
        ("taxonomy/jkh.toml", &format!("{TOPIC}[topic.examples]\nmatch = [\n'Нет воды',\n'Вода']\n")),
        ("risks/a.toml", KIND),
        ("places/a.toml", PLACE),
        (
            "recipients.toml",
            "[[recipient]]\nid = 'r'\nname = 'Р'\ntopics = ['jkh.water']\nplaces = ['mira']\nsources = ['a']",
        ),
    ]);
    let source = &config.sources[0];
    assert_eq!(source.address, Address::Telegram("city_news".into()));
    assert_eq!((source.every, source.home, source.enabled), (Duration::from_secs(90), false, true));
    let sectors: Vec<_> = config.taxonomy.iter().map(|rules| rules.sector.as_str()).collect();
    assert_eq!(sectors, ["jkh", "tko"]);
    let examples = &config.taxonomy[0].topics[0].examples;
    assert_eq!((examples.file.as_str(), examples.matching[1].line), ("taxonomy/jkh.toml", 9));
    assert_eq!(config.recipients[0].sources, ["a"]);
}

/// A model without features: its header and seven zeros.
const MODEL: &[u8] = b"OTKLIK-S\x01\0\0\0\x07\0\0\0\0\0\0\0\
    \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

#[test]
fn the_rules_hash_follows_the_rules_and_nothing_else() {
    let base = [("taxonomy/jkh.toml", TOPIC), ("otklik.toml", "")];
    let hash = accept(&base).rules_hash;
    assert_eq!(hash.len(), 64);
    assert_eq!(hash, accept(&[base[0], ("otklik.toml", "[journal]\nkeep_days = 3")]).rules_hash);
    let home = format!("{SOURCE}owner = -5\n");
    assert_eq!(hash, accept(&[base[0], ("sources.toml", &home)]).rules_hash);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sectors.model");
    fs::write(&file, MODEL).unwrap();
    for other in [
        [("otklik.toml", format!("[classify]\nmodel = {:?}", file.to_str().unwrap()))],
        [("taxonomy/jkh.toml", TOPIC.replace("'вода'", "'водопровод'"))],
        [("places/a.toml", PLACE.to_owned())],
        [("recipients.toml", "[[recipient]]\nid = 'r'\nname = 'Р'\nsectors = ['jkh']".to_owned())],
        [("sources.toml", format!("{home}home = false\n"))],
    ] {
        let [(path, text)] = other;
        assert_ne!(hash, accept(&[base[0], base[1], (path, &text)]).rules_hash, "{path}");
    }
}

#[test]
fn a_model_lies_in_the_folder_and_is_read_whole() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("otklik.toml"), "[classify]\nmodel = 'sectors.model'\n").unwrap();
    let read = || Config::parse(&Files::read(folder.path()).unwrap());
    let refused = |message: &str| {
        let problems = read().unwrap_err().0;
        assert_eq!((problems.len(), problems[0].file.as_str(), problems[0].line), (1, "otklik.toml", 2));
        assert!(problems[0].message.contains(message), "{}", problems[0].message);
    };
    refused("No such file");
    fs::write(folder.path().join("sectors.model"), "PK").unwrap();
    refused("это не модель; обучите её: `otklik train`");
    fs::write(folder.path().join("sectors.model"), MODEL).unwrap();
    assert_eq!(read().unwrap().settings.classify.model.as_ref().map(|model| model.hash.len()), Some(64));
}
