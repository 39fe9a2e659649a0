//! Texts of configuration files into one valid [`Config`], or all that is wrong with them.

mod alerts;
mod by_level;
mod calendar;
mod channels;
mod cluster;
mod deadlines;
mod people;
mod places;
mod rules;
mod searches;
mod settings;
mod shortforms;
mod sources;
mod table;
mod words;

use std::fmt;

use sha2::{Digest, Sha256};

use crate::{AlertRules, Config, Files, Source, TrainedModel};
use table::{At, Ids, Located, Report, Table};
use words::Words;

/// Part of `rules_hash`: raised when the code of classification gives other tags for the same rules.
const CLASSIFIER: u32 = 2;

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

/// Of these, what classification reads.
const CLASSIFYING: [&str; 2] = ["recipients.toml", "searches.toml"];

/// Something wrong with the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Path of the file, relative to the folder.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub message: String,
}

/// Everything wrong with a configuration, in the order of files and lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            let end = if i == 0 { "" } else { "\n" };
            write!(f, "{end}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// What is defined and what is referred to, over all files.
struct Names {
    sources: Ids,
    topics: Ids,
    risks: Ids,
    lists: Ids,
    words: Words,
    places: Ids,
    recipients: Ids,
    searches: Ids,
    searches_used: Vec<Located<String>>,
    topics_used: Vec<Located<String>>,
    risks_used: Vec<Located<String>>,
    places_used: Vec<Located<String>>,
    sources_used: Vec<Located<String>>,
    lists_used: Vec<Located<String>>,
}

impl Default for Names {
    fn default() -> Names {
        Names {
            sources: Ids::new("источник"),
            topics: Ids::new("тема"),
            risks: Ids::new("риск"),
            lists: Ids::new("список"),
            words: Words::default(),
            places: Ids::new("место"),
            recipients: Ids::new("получатель"),
            searches: Ids::new("сохранённый поиск"),
            searches_used: Vec::new(),
            topics_used: Vec::new(),
            risks_used: Vec::new(),
            places_used: Vec::new(),
            sources_used: Vec::new(),
            lists_used: Vec::new(),
        }
    }
}

/// Validates files as a whole.
pub fn config(files: &Files) -> Result<Config, Problems> {
    let report = Report::default();
    let mut names = Names::default();
    let single = |path| Table::open(&report, path, files.get(path).unwrap_or(""));
    let settings = single("otklik.toml").map(|table| settings::read(table, files));
    let alerts = single("alerts.toml").map(|table| alerts::read(table, &mut names));
    let people = single("people.toml").map(|table| people::read(table, &mut names));
    let calendar = single("calendar.toml").map(calendar::read);
    let deadlines = single("deadlines.toml").map(deadlines::read).unwrap_or_default();
    let proxy = settings.as_ref().and_then(|settings| settings.fetch.proxy.clone());
    let mut channels = single("channels.toml").map(|table| channels::read(table, proxy, files)).unwrap_or_default();
    // `webhook` of alerts.toml is a channel like those of channels.toml, without a secret.
    channels.webhooks.extend(alerts.as_ref().and_then(AlertRules::webhook_channel));
    let sources = single("sources.toml").map(|table| sources::read(table, &mut names)).unwrap_or_default();
    let recipients = single("recipients.toml").map(|table| places::recipients(table, &mut names)).unwrap_or_default();
    let searches = single("searches.toml").map(|table| searches::searches(table, &mut names)).unwrap_or_default();
    let (mut taxonomy, mut risk_tables, mut places) = (Vec::new(), Vec::new(), Vec::new());
    for (path, text) in files.iter() {
        match path.split_once('/') {
            Some(("taxonomy", name)) => {
                taxonomy
                    .extend(Table::open(&report, path, text).and_then(|table| rules::sector(table, name, &mut names)));
            }
            Some(("risks", _)) => {
                risk_tables.extend(Table::open(&report, path, text));
            }
            Some(("places", _)) => {
                places.extend(Table::open(&report, path, text).map(|table| places::places(table, &mut names)));
            }
            _ if SINGLE.contains(&path) => {}
            _ => report.add(
                &At { file: path.into(), line: 1 },
                format!("незнакомый файл; бывают {} и файлы в taxonomy/, risks/, places/", SINGLE.join(", ")),
            ),
        }
    }
    taxonomy.sort_by_key(|rules| rules.sector);
    // A pattern may name words of another file.
    risk_tables.iter_mut().for_each(|table| names.words.read(table));
    let (mut risks, mut lists) = (Vec::new(), Vec::new());
    for mut table in risk_tables {
        lists.extend(rules::lists(&mut table, &mut names));
        risks.extend(rules::risks(table, &mut names));
    }
    names.searches_used.iter().for_each(|id| names.searches.require(&report, id));
    names.lists_used.iter().for_each(|id| names.lists.require(&report, id));
    names.topics_used.iter().for_each(|id| names.topics.require(&report, id));
    names.risks_used.iter().for_each(|id| names.risks.require(&report, id));
    names.places_used.iter().for_each(|id| names.places.require(&report, id));
    names.sources_used.iter().for_each(|id| names.sources.require(&report, id));

    let problems = report.into_problems();
    match (settings, alerts, people, calendar) {
        (Some(settings), Some(alerts), Some(people), Some(calendar)) if problems.is_empty() => Ok(Config {
            rules_hash: rules_hash(files, &sources, settings.classify.model.as_deref()),
            settings,
            sources,
            taxonomy,
            risks,
            lists,
            places: places.into_iter().flatten().collect(),
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

/// Hash of everything that classification reads.
fn rules_hash(files: &Files, sources: &[Source], model: Option<&TrainedModel>) -> String {
    let mut hash = Sha256::new();
    hash.update(CLASSIFIER.to_be_bytes());
    let mut add = |part: &str| {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    };
    for (path, text) in files.iter().filter(|(path, _)| path.contains('/') || CLASSIFYING.contains(path)) {
        add(path);
        add(text);
    }
    let mut away: Vec<&str> = sources.iter().filter(|source| !source.home).map(|source| source.id.as_str()).collect();
    away.sort_unstable();
    away.into_iter().for_each(&mut add);
    model.into_iter().for_each(|model| add(&model.hash));
    hex(&hash.finalize())
}

/// Bytes of a hash as people write them.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
