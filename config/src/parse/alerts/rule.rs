//! `[[rule]]` of `alerts.toml`.

use std::time::Duration;

use model::Level;

use crate::alerts::{AlertRule, Burst, BurstBy, RULE_KINDS, RuleKind, SilenceOf};
use crate::parse::names::Names;
use crate::parse::reader::{Ids, Table};
use crate::parse::values;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
const MONTH: Duration = Duration::from_secs(31 * 24 * 3600);

/// Windows of posts are kept in memory; a longer one is a trend, which the digest shows.
const LONGEST_BURST: Duration = DAY;

pub fn rule(mut table: Table, ids: &mut Ids, names: &mut Names) -> Option<AlertRule> {
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
            let (last, others) = RULE_KINDS.split_last().unwrap_or((&"", &[]));
            let kinds = format!("{} или {last}", others.join(", "));
            table.report().add(&kind.at, format!("{other:?} — не вид правила; пишите {kinds}"));
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
    table.parsed("level", values::level).unwrap_or(default)
}

fn count(table: &mut Table, key: &'static str) -> Option<u64> {
    table.holds(key).then(|| u64::from(table.number(key, 1, 1..=u32::MAX)))
}

fn one_of(table: &Table, given: [Option<u64>; 2], names: &str) {
    if given == [None, None] {
        table.report().add(&table.at(), format!("правилу этого вида нужно {names}; добавьте"));
    }
}
