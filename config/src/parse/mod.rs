//! Texts of configuration files into one valid [`Config`], or all that is wrong with them.

mod alerts;
mod calendar;
mod channels;
mod deadlines;
mod names;
mod people;
mod phone_gateway;
mod places;
mod reader;
mod recipients;
mod rules;
mod rules_hash;
mod searches;
mod settings;
mod shortforms;
mod sources;
mod transliteration;
mod values;
mod word_groups;

use crate::alerts::AlertRules;
use crate::config::Config;
use crate::events::EventRules;
use crate::files::Files;
use crate::problems::Problems;
use names::Names;
use reader::{At, Report, Table};

/// Files at the top of the folder; one of another name is a slip of the pen that would silently do nothing.
const SINGLE: [&str; 9] = [
    "alerts.toml",
    "channels.toml",
    "calendar.toml",
    "deadlines.toml",
    "otklik.toml",
    "people.toml",
    "recipients.toml",
    "searches.toml",
    "sources.toml",
];

impl Config {
    /// Validates files as a whole.
    ///
    /// # Errors
    /// Every problem of every file, each with its line.
    pub fn parse(files: &Files) -> Result<Config, Problems> {
        read_all(files)
    }
}

fn read_all(files: &Files) -> Result<Config, Problems> {
    let report = Report::default();
    let mut names = Names::default();
    let single = |path| Table::open(&report, path, files.get(path).unwrap_or(""));
    let settings = single("otklik.toml").map(|table| settings::read(table, files));
    let alerts = single("alerts.toml").map(|table| alerts::read(table, &mut names));
    let people = single("people.toml").map(|table| people::read(table, &mut names));
    let calendar = single("calendar.toml").map(calendar::read);
    let deadlines = single("deadlines.toml").map(deadlines::read).unwrap_or_default();
    let proxy = settings.as_ref().and_then(|settings| settings.fetch.ways.first()?.proxy().cloned());
    let mut channels = single("channels.toml").map(|table| channels::read(table, proxy, files)).unwrap_or_default();
    // `webhook` of alerts.toml is a channel like those of channels.toml.
    channels.webhooks.extend(alerts.as_ref().and_then(AlertRules::webhook_channel));
    let sources = single("sources.toml").map(|table| sources::read(table, &mut names)).unwrap_or_default();
    let recipients =
        single("recipients.toml").map(|table| recipients::recipients(table, &mut names)).unwrap_or_default();
    let searches = single("searches.toml").map(|table| searches::searches(table, &mut names)).unwrap_or_default();
    let (mut taxonomy_tables, mut risk_tables, mut place_tables) = (Vec::new(), Vec::new(), Vec::new());
    for (path, text) in files.iter() {
        match path.split_once('/') {
            Some(("taxonomy", name)) => {
                taxonomy_tables.extend(Table::open(&report, path, text).map(|table| (name, table)));
            }
            Some(("risks", _)) => {
                risk_tables.extend(Table::open(&report, path, text));
            }
            Some(("places", _)) => {
                place_tables.extend(Table::open(&report, path, text));
            }
            _ if SINGLE.contains(&path) => {}
            _ => report.add(
                &At { file: path.into(), line: 1 },
                format!("незнакомый файл; бывают {} и файлы в taxonomy/, risks/, places/", SINGLE.join(", ")),
            ),
        }
    }
    let mut risks: Vec<_> = risk_tables.iter_mut().flat_map(|table| rules::kinds(table, &mut names)).collect();
    let mut outdated = Vec::new();
    for table in &mut risk_tables {
        outdated.extend(rules::outdated(table, &mut risks, &mut names));
    }
    // A pattern may name words of another file.
    taxonomy_tables.iter_mut().for_each(|(_, table)| drop(names.word_groups.read(table)));
    let sectors = taxonomy_tables.into_iter().filter_map(|(name, table)| rules::sector(table, name, &mut names));
    let mut taxonomy: Vec<_> = sectors.collect();
    taxonomy.sort_by_key(|rules| rules.sector);
    let mut event_rules = EventRules::default();
    let (objects, states) = rules::events(&mut risk_tables, &mut event_rules);
    for table in &mut risk_tables {
        rules::rows(table, &objects, &states, &mut event_rules, &mut names);
    }
    names.objects.know(event_rules.objects.iter().map(|object| object.code.as_str()));
    names.states.know(event_rules.states.iter().map(|state| state.code.as_str()));
    names.who.know(event_rules.who.iter().map(|who| who.code.as_str()));
    names.wishes.know(event_rules.wishes.iter().map(|wish| wish.code.as_str()));
    risk_tables.into_iter().for_each(Table::finish);
    let places = place_tables.into_iter().flat_map(|table| places::places(table, &mut names)).collect();
    names.check_references(&report);

    let problems = report.into_problems();
    match (settings, alerts, people, calendar) {
        (Some(settings), Some(alerts), Some(people), Some(calendar)) if problems.is_empty() => Ok(Config {
            rules_hash: rules_hash::rules_hash(files, &sources, settings.classify.model.as_deref()),
            settings,
            sources,
            taxonomy,
            risks,
            outdated,
            events: event_rules,
            places,
            recipients,
            searches,
            alerts,
            people,
            calendar,
            deadlines,
            channels,
        }),
        _ => Err(Problems(problems)),
    }
}

#[cfg(test)]
mod tests;
