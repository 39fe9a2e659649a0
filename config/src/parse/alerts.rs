//! `alerts.toml`.

use std::time::Duration;

use jiff::civil;
use model::Level;

use super::Names;
use super::settings::http_url;
use super::table::{Ids, Located, Table};
use crate::alerts::{AlertRule, Burst, BurstBy, Heartbeat, Notify, RuleKind, Shift, SilenceOf};
use crate::{AlertRules, Files};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
const MONTH: Duration = Duration::from_secs(31 * 24 * 3600);

/// Windows of posts are kept in memory; a longer one is a trend, which the digest shows.
const LONGEST_BURST: Duration = DAY;

/// Measured on 1,743 appeals: of copies with one word changed or deleted nine in ten are this near, of pairs of different appeals
/// one in 100,000. At 16 it is one in 10,000.
const COPY_DISTANCE: u32 = 12;

const KINDS: &str = "risk, burst, spread, growth, query, silence, recurrence или system";

pub fn read(mut table: Table, names: &mut Names) -> AlertRules {
    let wide_kinds = table.list("wide_kinds");
    names.risks_used.extend(wide_kinds.iter().cloned());
    let mut rules = AlertRules {
        group_window: table.duration("group_window", DAY, MINUTE..=MONTH),
        wide_kinds: wide_kinds.into_iter().map(|kind| kind.value).collect(),
        wide_window: table.duration("wide_window", 6 * HOUR, MINUTE..=MONTH),
        quiet_after: table.duration("quiet_after", 2 * DAY, MINUTE..=MONTH),
        max_age: table.duration("max_age", DAY, MINUTE..=MONTH),
        copy_distance: table.number("copy_distance", COPY_DISTANCE, 0..=24),
        webhook: table.parsed("webhook", http_url),
        notify: notify(table.table("notify")),
        shift: table.table("shift").map_or_else(Shift::usual, shift),
        heartbeat: table.table("heartbeat").and_then(heartbeat),
        rules: Vec::new(),
    };
    let mut ids = Ids::new("правило");
    let tables = table.tables("rule");
    let written = !tables.is_empty();
    rules.rules = tables.into_iter().filter_map(|table| rule(table, &mut ids, names)).collect();
    if !written {
        rules.rules = shipped_rules();
    }
    table.finish();
    rules
}

/// A file that says nothing of rules keeps the shipped ones: an installation that tells of nothing is never meant.
fn shipped_rules() -> Vec<AlertRule> {
    let shipped = Files::shipped();
    let report = super::Report::default();
    let table = Table::open(&report, "alerts.toml", shipped.get("alerts.toml").unwrap_or_default());
    let (mut ids, mut names) = (Ids::new("правило"), Names::default());
    let tables = table.map(|mut table| table.tables("rule")).unwrap_or_default();
    tables.into_iter().filter_map(|table| rule(table, &mut ids, &mut names)).collect()
}

fn notify(table: Option<Table>) -> Notify {
    let waits =
        [("wait_low", HOUR), ("wait_medium", 15 * MINUTE), ("wait_high", MINUTE), ("wait_critical", Duration::ZERO)];
    let Some(mut table) = table else {
        return Notify { wait: waits.map(|(_, wait)| wait), update: 15 * MINUTE };
    };
    let notify = Notify {
        wait: waits.map(|(key, wait)| table.duration(key, wait, Duration::ZERO..=DAY)),
        update: table.duration("update", 15 * MINUTE, MINUTE..=DAY),
    };
    table.finish();
    notify
}

fn shift(mut table: Table) -> Shift {
    let mut at: Vec<civil::Time> = Vec::new();
    for hour in table.list("at") {
        match civil::Time::strptime("%H:%M", &hour.value) {
            Ok(time) => at.push(time),
            Err(_) => {
                table.report().add(&hour.at, format!("{:?} — не время суток; пишите, например, \"08:00\"", hour.value))
            }
        }
    }
    at.sort();
    let to = table.list("to").into_iter().filter_map(|role| known_role(&table, role)).collect();
    table.finish();
    Shift { at, to }
}

fn known_role(table: &Table, role: Located<String>) -> Option<String> {
    let known = ["officer", "lead", "head", "curator", "analyst", "operator"];
    if known.contains(&role.value.as_str()) {
        return Some(role.value);
    }
    table.report().add(&role.at, format!("{:?} — не роль; бывают {}", role.value, known.join(", ")));
    None
}

fn heartbeat(mut table: Table) -> Option<Heartbeat> {
    let url = table.required("url").and_then(|url| match http_url(&url.value) {
        Ok(good) => Some(good),
        Err(message) => {
            table.report().add(&url.at, format!("`url`: {message}"));
            None
        }
    });
    let every = table.duration("every", MINUTE, 10 * SECOND..=DAY);
    table.finish();
    Some(Heartbeat { url: url?, every })
}

fn rule(mut table: Table, ids: &mut Ids, names: &mut Names) -> Option<AlertRule> {
    let id = table.required("id");
    if let Some(id) = &id {
        ids.add(table.report(), id);
    }
    let (reason, owner) = (table.required("reason"), table.required("owner"));
    let kind = table.required("kind").and_then(|kind| match kind.value.as_str() {
        "risk" => Some(RuleKind::Risk { level: level_of(&mut table, Level::High) }),
        "burst" => burst(&mut table).map(RuleKind::Burst),
        "spread" => {
            let (sources, views) = (count(&mut table, "sources"), count(&mut table, "views"));
            one_of(&table, [sources, views], "`sources` или `views`");
            Some(RuleKind::Spread { sources, views, level: level_of(&mut table, Level::Medium) })
        }
        "growth" => {
            let (views_per_hour, reposts_per_hour) =
                (count(&mut table, "views_per_hour"), count(&mut table, "reposts_per_hour"));
            one_of(&table, [views_per_hour, reposts_per_hour], "`views_per_hour` или `reposts_per_hour`");
            Some(RuleKind::Growth { views_per_hour, reposts_per_hour, level: level_of(&mut table, Level::Medium) })
        }
        "query" => {
            let search = table.required("search");
            names.searches_used.extend(search.clone());
            let level = level_of(&mut table, Level::Medium);
            search.map(|search| RuleKind::Query { search: search.value, level })
        }
        "silence" => silence(&mut table),
        "recurrence" => Some(RuleKind::Recurrence {
            posts: u64::from(table.number("posts", 3, 1..=10_000)),
            within: table.duration("within", 14 * DAY, HOUR..=2 * MONTH),
        }),
        "system" => Some(RuleKind::System {
            lag: u64::from(table.number("lag", 50_000, 1..=u32::MAX)),
            dead_letters: u64::from(table.number("dead_letters", 100, 1..=u32::MAX)),
            disk_free_percent: u64::from(table.number("disk_free_percent", 5, 0..=50)),
            level: level_of(&mut table, Level::High),
        }),
        other => {
            table.report().add(&kind.at, format!("{other:?} — не вид правила; пишите {KINDS}"));
            // What else is written belongs to a kind that is not known.
            None
        }
    });
    if kind.is_some() {
        table.finish();
    }
    Some(AlertRule { id: id?.value, reason: reason?.value, owner: owner?.value, kind: kind? })
}

fn burst(table: &mut Table) -> Option<Burst> {
    let by = table.required("by").and_then(|by| {
        let found = [BurstBy::Sector, BurstBy::Topic, BurstBy::Place, BurstBy::Story]
            .into_iter()
            .find(|b| b.code() == by.value);
        if found.is_none() {
            table
                .report()
                .add(&by.at, format!("{:?}: по этому не считают; пишите sector, topic, place или story", by.value));
        }
        found
    });
    let burst = Burst {
        by: by.unwrap_or(BurstBy::Topic),
        window: table.duration("window", 3 * HOUR, 10 * MINUTE..=LONGEST_BURST),
        minimum: u64::from(table.number("minimum", 8, 2..=1_000_000)),
        minimum_new: u64::from(table.number("minimum_new", 40, 2..=1_000_000)),
        authors: u64::from(table.number("authors", 2, 1..=1_000_000)),
        factor: f64::from(table.float("factor", 4.0, 1.0..=1000.0)),
        level: level_of(table, Level::High),
    };
    by.map(|_| burst)
}

fn silence(table: &mut Table) -> Option<RuleKind> {
    let of = table.required("of").and_then(|of| {
        let found = match of.value.as_str() {
            "source" => Some(SilenceOf::Source),
            "platform" => Some(SilenceOf::Platform),
            "everything" => Some(SilenceOf::Everything),
            _ => None,
        };
        if found.is_none() {
            table
                .report()
                .add(&of.at, format!("{:?} молчать не может; пишите source, platform или everything", of.value));
        }
        found
    });
    let after = table.duration("after", DAY, MINUTE..=MONTH);
    let level = level_of(table, Level::Medium);
    of.map(|of| RuleKind::Silence { of, after, level })
}

fn level_of(table: &mut Table, default: Level) -> Level {
    table.parsed("level", level).unwrap_or(default)
}

fn count(table: &mut Table, key: &'static str) -> Option<u64> {
    table.holds(key).then(|| u64::from(table.number(key, 1, 1..=u32::MAX)))
}

fn one_of(table: &Table, given: [Option<u64>; 2], names: &str) {
    if given == [None, None] {
        table.report().add(&table.at(), format!("правилу этого вида нужно {names}; добавьте"));
    }
}

pub fn level(code: &str) -> Result<Level, String> {
    Level::parse(code).ok_or_else(|| format!("{code:?} — не уровень; пишите low, medium, high или critical"))
}
