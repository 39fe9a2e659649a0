//! `otklik.toml`.

mod cluster;
mod facts;
mod fetch;
mod max;
mod section;
mod vk;
mod web;

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Time as ClockTime;
use jiff::tz::TimeZone;

use super::reader::Table;
use super::values::http_url;
use crate::files::Files;
use crate::settings::{
    Archive, Classify, Digest, HeatingSeason, JournalLimits, Reread, Settings, Telegram, TrainedModel, Way,
};
use section::{Section, bases, section, ways};

/// The same pages, at each of its hosts (<https://core.telegram.org/api/links>).
const PREVIEW: [&str; 3] = ["https://t.me", "https://telegram.me", "https://telegram.dog"];

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

pub fn read(mut table: Table, files: &Files) -> Settings {
    let zone = table.parsed("timezone", timezone);
    let public_url = table.parsed("public_url", http_url);
    let web = section(&mut table, "web", web::web);
    let journal = section(&mut table, "journal", journal);
    let archive = section(&mut table, "archive", archive);
    let kafka = table.table("kafka").and_then(cluster::kafka);
    let roles = table.table("roles").and_then(cluster::roles);
    let facts = table.table("facts").and_then(facts::facts);
    let fetch = section(&mut table, "fetch", fetch::fetch);
    let common = fetch.ways.clone();
    let settings = Settings {
        timezone: zone.unwrap_or_else(|| timezone("Europe/Moscow").unwrap_or(TimeZone::UTC)),
        public_url,
        web,
        journal,
        archive,
        kafka,
        roles,
        facts,
        vk: section(&mut table, "vk", |section| vk::vk(section, &common)),
        telegram: section(&mut table, "telegram", |section| telegram(section, &common)),
        max: section(&mut table, "max", |section| max::max(section, &common, files)),
        fetch,
        reread: section(&mut table, "reread", reread),
        digest: section(&mut table, "digest", digest),
        classify: section(&mut table, "classify", |section| classify(section, files)),
    };
    table.finish();
    settings
}

fn timezone(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name).map_err(|_| format!("{name:?} — не часовой пояс; пишите, например, \"Europe/Moscow\""))
}

fn journal(section: &mut Section) -> JournalLimits {
    JournalLimits {
        keep_days: section.number("keep_days", 14, 1..=3650),
        max_mb: u64::from(section.number("max_mb", 20_000, 100..=100_000_000)),
    }
}

/// A longer time than any post here is old: who wants to keep everything leaves the key out.
const MOST_MONTHS: u32 = 600;

fn archive(section: &mut Section) -> Archive {
    let months = |table: &mut Table<'_>| {
        let given = table.holds("keep_months");
        let months = table.number("keep_months", MOST_MONTHS, 1..=MOST_MONTHS);
        given.then_some(months)
    };
    Archive { keep_months: section.0.as_mut().and_then(months) }
}

fn reread(section: &mut Section) -> Reread {
    let first = Duration::from_secs(1800);
    Reread {
        days: section.number("days", 3, 0..=30),
        first: section.get(first, |table| Some(table.duration("first", first, MINUTE..=DAY))),
    }
}

fn telegram(section: &mut Section, common: &[Way]) -> Telegram {
    Telegram { preview: bases(section, "preview", &PREVIEW), ways: ways(section, common) }
}

fn digest(section: &mut Section) -> Digest {
    let at = |text: &str| {
        ClockTime::strptime("%H:%M", text)
            .map_err(|_| format!("{text:?} — не время суток; пишите, например, \"07:30\""))
    };
    Digest { at: section.get(ClockTime::constant(7, 30, 0, 0), |table| table.parsed("at", at)) }
}

fn classify(section: &mut Section, files: &Files) -> Classify {
    let model = |path: &str| TrainedModel::read(&files.path(path)).map(Arc::new);
    Classify {
        model: section.get(None, |table| Some(table.parsed("model", model))),
        heating_season: section.get(HeatingSeason::default(), |table| table.parsed("heating_season", heating_season)),
    }
}

/// `10-01..05-01`.
fn heating_season(text: &str) -> Result<HeatingSeason, String> {
    let day = |text: &str| {
        let (month, day) = text.split_once('-')?;
        let day = jiff::civil::Date::new(2024, month.parse().ok()?, day.parse().ok()?).ok()?;
        Some((day.month(), day.day()))
    };
    let season = text.split_once("..").and_then(|(from, to)| Some(HeatingSeason { from: day(from)?, to: day(to)? }));
    season.ok_or_else(|| format!("{text:?} — не пора отопления; пишите, например, \"10-01..05-01\""))
}
