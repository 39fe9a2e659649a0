//! Rules that look at no post: what was not seen, and how the installation itself is doing.

use std::collections::{BTreeMap, BTreeSet};

use config::{AlertRule, RuleKind, SilenceOf};
use model::{Level, Platform, Time};
use rusqlite::{Connection, Transaction};

use crate::alert;
use crate::audit::{self, OTKLIK, Record};
use crate::book::{meta, set_meta, time};
use crate::life::Life;
use crate::raise::{Firing, Subject};
use crate::{AlertError, Alerts};

/// Outcomes of polls that are the configuration's, and that nothing but a person ends.
const PERSON_NEEDED: [&str; 3] = ["vk_no_token", "vk_token", "vk_human_needed"];

/// How the installation is doing, as the rule `system` looks at it.
#[derive(Debug, Clone, Default)]
pub struct Vitals {
    /// Stages, how many messages each is behind, and what fails.
    pub stages: Vec<(String, u64, Option<String>)>,
    /// Dead letters in all.
    pub dead_letters: u64,
    /// Free space on the data folder's disk, in percent.
    pub disk_free_percent: Option<u64>,
    /// Further troubles: what it is, and in what words.
    pub troubles: Vec<(String, String)>,
}

impl Alerts {
    /// Asks the rules that look at no post, and closes what is over by itself.
    pub(crate) fn watch(
        &self,
        transaction: &Transaction<'_>,
        vitals: Option<&Vitals>,
        now: Time,
    ) -> Result<(), AlertError> {
        // Before its first look nothing can have been unseen for long.
        let since = match meta(transaction, "watching_since")?.and_then(|at| at.parse::<i64>().ok()) {
            Some(millis) => time(millis)?,
            None => {
                set_meta(transaction, "watching_since", &now.as_millisecond().to_string())?;
                now
            }
        };
        let rules = &self.config().alerts.rules;
        for rule in rules {
            match &rule.kind {
                RuleKind::Silence { of, after, level } => {
                    let after_ms = after.as_millis() as i64;
                    let unseen = self.unseen(transaction, *of, since)?;
                    let things = unseen.into_iter().map(|(name, headline, seen)| {
                        let silent = now.as_millisecond() - seen.as_millisecond();
                        let words = (silent >= after_ms).then(|| format!("не видно {}", spoken(silent)));
                        (name, headline, words)
                    });
                    self.settle_things(transaction, rule, *level, things.collect(), now)?;
                }
                RuleKind::System { level, .. } => {
                    if let Some(vitals) = vitals {
                        let things = self.ailing(transaction, &rule.kind, vitals, now)?;
                        self.settle_things(transaction, rule, *level, things, now)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Since when each thing has not been seen.
    fn unseen(
        &self,
        database: &Connection,
        of: SilenceOf,
        since: Time,
    ) -> Result<Vec<(String, String, Time)>, AlertError> {
        let config = self.config();
        let mut seen: BTreeMap<&str, Time> = BTreeMap::new();
        let stored = seen_sources(database)?;
        for source in config.sources.iter().filter(|source| source.enabled) {
            let at = stored.get(&source.id).copied().flatten();
            seen.insert(&source.id, at.map_or(since, |at| at.max(since)));
        }
        let sources = || config.sources.iter().filter(|source| source.enabled);
        Ok(match of {
            SilenceOf::Source => sources()
                .map(|source| {
                    (source.id.clone(), format!("Не виден источник «{}»", source.name), seen[source.id.as_str()])
                })
                .collect(),
            SilenceOf::Platform => {
                let mut platforms: BTreeMap<&str, (Platform, Time)> = BTreeMap::new();
                for source in sources() {
                    let at = seen[source.id.as_str()];
                    let entry = platforms.entry(source.platform().as_str()).or_insert((source.platform(), at));
                    entry.1 = entry.1.max(at);
                }
                let named = platforms.into_iter();
                named
                    .map(|(name, (of, at))| (name.to_owned(), format!("Не видна платформа {}", platform_ru(of)), at))
                    .collect()
            }
            SilenceOf::Everything => seen
                .values()
                .max()
                .map(|at| ("everything".to_owned(), "Не виден ни один источник".to_owned(), *at))
                .into_iter()
                .collect(),
        })
    }

    /// What ails the installation; with no words what does not.
    fn ailing(
        &self,
        transaction: &Transaction<'_>,
        rule: &RuleKind,
        vitals: &Vitals,
        now: Time,
    ) -> Result<Vec<(String, String, Option<String>)>, AlertError> {
        let RuleKind::System { lag, dead_letters, disk_free_percent, .. } = rule else { return Ok(Vec::new()) };
        let mut things = Vec::new();
        for (stage, behind, error) in &vitals.stages {
            let words = match error {
                Some(error) => Some(format!("не работает: {error}")),
                None => (behind > lag).then(|| format!("отстаёт на {behind} сообщений")),
            };
            things.push((format!("stage:{stage}"), format!("Стадия {stage}"), words));
        }
        let hour = now.as_second().div_euclid(3600);
        let noted = meta(transaction, "dead_letters")?;
        let noted = noted.as_deref().and_then(|noted| noted.split_once(' '));
        let before = match noted.and_then(|(at, count)| Some((at.parse::<i64>().ok()?, count.parse::<u64>().ok()?))) {
            Some((at, count)) if at == hour => count,
            _ => {
                set_meta(transaction, "dead_letters", &format!("{hour} {}", vitals.dead_letters))?;
                vitals.dead_letters
            }
        };
        let more = vitals.dead_letters.saturating_sub(before);
        let words = (more > *dead_letters).then(|| format!("за час не разобрано сообщений: {more}"));
        things.push(("dead-letters".into(), "Неразобранные сообщения".into(), words));
        things.extend(self.unread_for_want_of_a_person(transaction)?);
        let disk = vitals.disk_free_percent.filter(|free| free < disk_free_percent);
        let words = disk.map(|free| format!("свободно {free} %"));
        things.push(("disk".into(), "Кончается место на диске".into(), words));
        for (name, words) in &vitals.troubles {
            let headline = if name == "digest" { "Сводка не ушла" } else { "Канал не готов" };
            things.push((name.clone(), headline.into(), Some(words.clone())));
        }
        if !vitals.troubles.iter().any(|(name, _)| name == "digest") {
            things.push(("digest".into(), String::new(), None));
        }
        Ok(things)
    }

    /// Sources that are not read until a person does something: one thing for each outcome, however many sources have it.
    fn unread_for_want_of_a_person(
        &self,
        database: &Connection,
    ) -> Result<Vec<(String, String, Option<String>)>, AlertError> {
        let mut select = database.prepare_cached("SELECT source FROM source_seen WHERE outcome = ?1")?;
        let mut things = Vec::new();
        for outcome in PERSON_NEEDED {
            let stored: BTreeSet<String> = select.query_map([outcome], |row| row.get(0))?.collect::<Result<_, _>>()?;
            let sources = self.config().sources.iter().filter(|source| source.enabled);
            let unread = sources.filter(|source| stored.contains(&source.id)).count();
            let words =
                (unread > 0).then(|| format!("не читается источников: {unread}; что делать, скажет otklik source try"));
            let headline = format!("Сбор: {}", model::outcome_ru(outcome));
            things.push((format!("outcome:{outcome}"), headline, words));
        }
        Ok(things)
    }

    /// Raises what has words and closes what has none.
    fn settle_things(
        &self,
        transaction: &Transaction<'_>,
        rule: &AlertRule,
        level: Level,
        things: Vec<(String, String, Option<String>)>,
        now: Time,
    ) -> Result<(), AlertError> {
        for (name, headline, words) in things {
            let open = alert::of_subject(transaction, &rule.id, &name)?;
            match (words, open) {
                (Some(words), None) => raise_thing(self, transaction, &rule.id, &name, level, headline, words)?,
                (None, Some(mut alert)) => {
                    (alert.life, alert.life_at, alert.notify_at) = (Life::Resolved, now, None);
                    alert.note = Some("прошло само".into());
                    let record = Record { at: now, who: OTKLIK, what: "over", subject: &alert.id, detail: "" };
                    audit::append(transaction, &record)?;
                    self.show_now(transaction, &mut alert, now)?;
                    alert::store(transaction, &alert)?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Raises an alert about something that is no post.
pub(crate) fn raise_thing(
    alerts: &Alerts,
    transaction: &Transaction<'_>,
    rule: &str,
    name: &str,
    level: Level,
    headline: String,
    words: String,
) -> Result<(), AlertError> {
    let firing = Firing { rule, subject: Subject::Thing { name, headline }, level, words, fresh: true };
    alerts.raise(transaction, &firing)?;
    Ok(())
}

/// When each source was last seen, by the coverage ledger.
pub(crate) fn seen_sources(database: &Connection) -> Result<BTreeMap<String, Option<Time>>, AlertError> {
    let mut select = database.prepare_cached("SELECT source, ok_at FROM source_seen")?;
    let mut rows = select.query([])?;
    let mut seen = BTreeMap::new();
    while let Some(row) = rows.next()? {
        seen.insert(row.get(0)?, row.get::<_, Option<i64>>(1)?.map(time).transpose()?);
    }
    Ok(seen)
}

fn platform_ru(platform: Platform) -> &'static str {
    match platform {
        Platform::Vk => "ВКонтакте",
        Platform::Telegram => "Telegram",
        Platform::Portal => "порталы",
    }
}

/// So many milliseconds in words.
fn spoken(millis: i64) -> String {
    let minutes = millis / 60_000;
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} мин"),
        (hours, _) if hours < 48 => format!("{hours} ч"),
        (hours, _) => format!("{} сут", hours / 24),
    }
}
