//! `alerts.toml`.

mod rule;

use std::time::Duration;

use jiff::civil;

use super::names::Names;
use super::reader::{Ids, Located, Report, Table};
use super::values::{http_url, secret};
use crate::alerts::{AlertRule, AlertRules, Heartbeat, Notify, Shift};
use crate::files::Files;
use rule::rule;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
const MONTH: Duration = Duration::from_secs(31 * 24 * 3600);

/// Measured on 1,743 appeals: of copies with one word changed or deleted nine in ten are this near, of pairs of different appeals
/// one in 100,000. At 16 it is one in 10,000.
const COPY_DISTANCE: u32 = 12;

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
        webhook_secret: secret(&mut table, "webhook_secret_file", "webhook_secret_env"),
        notify: notify(table.table("notify")),
        shift: table.table("shift").map_or_else(Shift::usual, shift),
        heartbeat: table.table("heartbeat").and_then(heartbeat),
        rules: Vec::new(),
    };
    if rules.webhook_secret.is_some() && rules.webhook.is_none() {
        table.report().add(
            &table.at(),
            "`webhook_secret_file` и `webhook_secret_env` подписывают то, что идёт по адресу `webhook`: его здесь нет",
        );
    }
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

/// A file without rules keeps the shipped ones: nobody means an installation that notifies of nothing.
fn shipped_rules() -> Vec<AlertRule> {
    let shipped = Files::shipped();
    let report = Report::default();
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
