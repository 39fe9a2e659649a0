//! Silences, known causes, and rules by their false alarms.

use ::alerts::{KnownCause, Silence, Suppressed};
use config::Config;
use model::Time;
use serde::{Deserialize, Serialize};

use super::show::local;
use crate::client::Client;
use crate::commands::output::print_json;
use crate::exit::Failure;
use crate::language::say;

/// `/api/alerts/quiet`.
#[derive(Default, Serialize, Deserialize)]
struct Quiet {
    silences: Vec<Silence>,
    causes: Vec<KnownCause>,
    suppressed: Vec<Suppressed>,
}

/// Silences and known causes, and what they held back in the last days.
pub async fn quiet(client: &Client, config: &Config, days: u32, json: bool) -> Result<(), Failure> {
    let mut quiet = Quiet::default();
    let add = |page: Quiet| {
        quiet.silences.extend(page.silences);
        quiet.causes.extend(page.causes);
        quiet.suppressed.extend(page.suppressed);
    };
    client.get_pages("/api/alerts/quiet", &serde_json::json!({ "days": days }), add).await?;
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

/// Rules by how many of their alerts were false in the last days.
pub async fn noisy(client: &Client, days: u32, json: bool) -> Result<(), Failure> {
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
