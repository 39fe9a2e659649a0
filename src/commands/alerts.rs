//! `otklik alerts`.

use std::collections::HashMap;
use std::time::Duration;

use ::alerts::{Act, AlertView, AuditEntry, Cause, Mark, Matcher, Silence, Step, Suppressed};
use anyhow::anyhow;
use config::Config;
use model::{PostId, Time};
use serde::{Deserialize, Serialize};

use crate::cli::{self, AlertCommand, Places, Role, Which};
use crate::client::Client;
use crate::commands::print_json;
use crate::commands::time::{End, parse};
use crate::instance::Purpose;
use crate::instance::admin::{Acting, Done, Now};
use crate::language::say;
use crate::{Exit, Failure};

/// How often `--follow` looks.
const FOLLOW_EVERY: Duration = Duration::from_secs(2);

/// Shows alerts, newest last, so that the newest stands above the prompt; or does something with one.
pub async fn alerts(places: &Places, args: cli::Alerts) -> Result<Exit, Failure> {
    let client = Client::connect(places, Purpose::look(&[Role::Alerts])).await?;
    let config = client.config().await?;
    match args.command {
        Some(command) => run(&client, &config, command).await?,
        None if args.follow => follow(&client, &config, args.all).await?,
        None => {
            let alerts = list(&client, args.all).await?;
            if args.json {
                print_json(&alerts)?;
            } else if alerts.is_empty() {
                println!("{}", say("Открытых тревог нет.", "There are no open alerts."));
            }
            for alert in alerts.iter().rev().filter(|_| !args.json) {
                println!("{}\n", ::alerts::text(alert, &config));
            }
        }
    }
    client.close().await;
    Ok(Exit::Done)
}

async fn list(client: &Client, all: bool) -> anyhow::Result<Vec<AlertView>> {
    client.get("/api/alerts", &serde_json::json!({ "all": all })).await
}

/// Shows each alert that is raised or changes, until it is interrupted.
async fn follow(client: &Client, config: &Config, all: bool) -> anyhow::Result<()> {
    if let Client::Here { .. } = client {
        return Err(anyhow!(
            "{}",
            say(
                "никто не работает на этой папке: следить не за чем",
                "nobody runs on this folder: there is nothing to follow"
            )
        ));
    }
    let mut shown: HashMap<String, (u64, String)> = HashMap::new();
    let mut tick = tokio::time::interval(FOLLOW_EVERY);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            _ = tokio::signal::ctrl_c() => return Ok(()),
        }
        for alert in list(client, all).await?.iter().rev() {
            let now = (alert.posts, alert.life.clone());
            if shown.get(&alert.id) != Some(&now) {
                println!("{}\n", ::alerts::text(alert, config));
                shown.insert(alert.id.clone(), now);
            }
        }
    }
}

async fn run(client: &Client, config: &Config, command: AlertCommand) -> Result<(), Failure> {
    let step = |alert, step, reason: String, to| Act::Step { alert, step, reason, to };
    let (act, by) = match command {
        AlertCommand::Show { id, by } => return show(client, config, &id, by.as_deref()).await,
        AlertCommand::Quiet { days, json } => return quiet(client, config, days, json).await,
        AlertCommand::Noisy { days, json } => return noisy(client, days, json).await,
        AlertCommand::Ack { id, by } => (step(id, Step::Ack, String::new(), None), by),
        AlertCommand::Work { id, by } => (step(id, Step::Work, String::new(), None), by),
        AlertCommand::Assign { id, by, to, reason } => (step(id, Step::Assign, reason, to), by),
        AlertCommand::Close { id, by, reason, is_false } => {
            (step(id, if is_false { Step::FalseAlarm } else { Step::Resolve }, reason, None), by)
        }
        AlertCommand::Answer { id, by, mark } => {
            (Act::Answer { alert: id, mark: mark.as_deref().and_then(Mark::parse) }, by)
        }
        AlertCommand::Move { post, by, to } => {
            let post = PostId::new(post).map_err(|error| Failure::usage(error.to_string()))?;
            (Act::Move { post, to }, by)
        }
        AlertCommand::Silence { which, by, reason, until } => {
            let until = parse(&until, End::To, config.timezone())?;
            (Act::Silence { matcher: matcher(which), reason, until }, by)
        }
        AlertCommand::Cause { which, by, reason, from, until, expected } => {
            let from = match from {
                Some(from) => parse(&from, End::From, config.timezone())?,
                None => client.get::<Now>("/own/now", &()).await?.now,
            };
            let until = parse(&until, End::To, config.timezone())?;
            (Act::Cause { matcher: matcher(which), reason, from, until, expected }, by)
        }
        AlertCommand::End { id, by } => (Act::End { id }, by),
    };
    println!("{}", acted(client, &act, &by.by).await?);
    Ok(())
}

async fn acted(client: &Client, act: &Act, by: &str) -> anyhow::Result<String> {
    let acting = Acting { by: by.to_owned(), act: serde_json::to_string(act)? };
    let done: Done = client.post("/own/act", &acting, Vec::new()).await?;
    Ok(done.done)
}

fn matcher(which: Which) -> Matcher {
    let Which { kind, topic, sector, place, rule } = which;
    Matcher { rules: rule, kinds: kind, topics: topic, sectors: sector, places: place }
}

async fn show(client: &Client, config: &Config, id: &str, by: Option<&str>) -> Result<(), Failure> {
    let alerts = list(client, true).await?;
    let Some(alert) = alerts.iter().find(|alert| alert.id == id) else {
        return Err(anyhow!("{} {id}", say("нет тревоги №", "there is no alert")).into());
    };
    if let Some(by) = by {
        acted(client, &Act::Seen { alert: id.to_owned() }, by).await?;
    }
    println!("{}", ::alerts::text(alert, config));
    for delivery in &alert.deliveries {
        println!("  → {delivery}");
    }
    let history: Vec<AuditEntry> = client.get("/api/audit", &serde_json::json!({ "subject": id })).await?;
    for entry in history {
        println!("  {}  {} {} {}", local(entry.at, config), entry.who, entry.what, entry.detail);
    }
    Ok(())
}

/// `/api/alerts/quiet`.
#[derive(Serialize, Deserialize)]
struct Quiet {
    silences: Vec<Silence>,
    causes: Vec<Cause>,
    suppressed: Vec<Suppressed>,
}

async fn quiet(client: &Client, config: &Config, days: u32, json: bool) -> Result<(), Failure> {
    let quiet: Quiet = client.get("/api/alerts/quiet", &serde_json::json!({ "days": days })).await?;
    if json {
        return Ok(print_json(&quiet)?);
    }
    let over = |ended: Option<Time>| match ended {
        Some(at) => format!(", {} {}", say("закончена", "ended"), local(at, config)),
        None => String::new(),
    };
    for silence in &quiet.silences {
        let until = local(silence.until, config);
        println!(
            "{}  {} → {until}  {} ({}){}",
            silence.id,
            say("тишина", "silence"),
            silence.reason,
            silence.by,
            over(silence.ended_at)
        );
    }
    for cause in &quiet.causes {
        let (from, until) = (local(cause.from, config), local(cause.until, config));
        let why = cause.ended_why.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
        println!(
            "{}  {} {from} → {until}  {} ({}){}{why}",
            cause.id,
            say("причина", "cause"),
            cause.reason,
            cause.by,
            over(cause.ended_at)
        );
    }
    for held in &quiet.suppressed {
        println!(
            "{}  {} № {}  {}: {}",
            local(held.at, config),
            say("сдержана", "held"),
            held.alert,
            held.headline,
            held.why
        );
    }
    Ok(())
}

/// A line of `/api/alerts/noisy`.
#[derive(Serialize, Deserialize)]
struct Noisy {
    rule: String,
    false_alarms: u64,
    alerts: u64,
}

async fn noisy(client: &Client, days: u32, json: bool) -> Result<(), Failure> {
    let rules: Vec<Noisy> = client.get("/api/alerts/noisy", &serde_json::json!({ "days": days })).await?;
    if json {
        return Ok(print_json(&rules)?);
    }
    println!("{:<24}{:>10}{:>10}", say("правило", "rule"), say("ложных", "false"), say("всего", "all"));
    for rule in rules {
        println!("{:<24}{:>10}{:>10}", rule.rule, rule.false_alarms, rule.alerts);
    }
    Ok(())
}

fn local(time: Time, config: &Config) -> String {
    time.to_zoned_datetime(config.timezone().clone()).strftime("%d.%m.%Y %H:%M").to_string()
}
