//! Alerts in words.

use std::collections::HashMap;
use std::time::Duration;

use ::alerts::{ActionRequest, AlertView, AuditEntry};
use anyhow::anyhow;
use config::Config;
use model::Time;

use super::act::perform;
use crate::client::Client;
use crate::commands::output::print_json;
use crate::exit::Failure;
use crate::language::say;

/// How often `--follow` looks.
const FOLLOW_EVERY: Duration = Duration::from_secs(2);

/// Prints alerts, newest last, so that the newest stands above the prompt.
pub async fn print_all(client: &Client, config: &Config, all: bool, json: bool) -> anyhow::Result<()> {
    let alerts = list(client, all).await?;
    if json {
        return print_json(&alerts);
    }
    if alerts.is_empty() {
        println!("{}", say("Открытых тревог нет.", "There are no open alerts."));
    }
    for alert in alerts.iter().rev() {
        println!("{}\n", ::alerts::text(alert, config));
    }
    Ok(())
}

async fn list(client: &Client, all: bool) -> anyhow::Result<Vec<AlertView>> {
    let (mut alerts, query) = (Vec::new(), serde_json::json!({ "all": all }));
    client.get_pages("/api/alerts", &query, |page: Vec<AlertView>| alerts.extend(page)).await?;
    Ok(alerts)
}

/// Shows each alert that is raised or changes, until it is interrupted.
pub async fn follow(client: &Client, config: &Config, all: bool) -> anyhow::Result<()> {
    if let Client::InProcess { .. } = client {
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

/// One alert with its deliveries and its history, or only its text to forward; with `by` the audit notes who has seen it.
pub async fn show(client: &Client, config: &Config, id: &str, by: Option<&str>, forward: bool) -> Result<(), Failure> {
    let alerts: Vec<AlertView> = client.get("/api/alerts", &serde_json::json!({ "id": id })).await?;
    let Some(alert) = alerts.first() else {
        return Err(anyhow!("{} {id}", say("нет тревоги №", "there is no alert")).into());
    };
    if let Some(by) = by {
        perform(client, &ActionRequest::Seen { alert: id.to_owned() }, by).await?;
    }
    if forward {
        let text = alert.forward.as_ref().ok_or_else(|| {
            anyhow!(
                "{}",
                say(
                    "у тревоги нет публикаций: пересылать нечего",
                    "the alert has no posts: there is nothing to forward"
                )
            )
        })?;
        println!("{text}");
        return Ok(());
    }
    println!("{}", ::alerts::text(alert, config));
    for delivery in &alert.deliveries {
        println!("  → {delivery}");
    }
    let (mut history, query) = (Vec::new(), serde_json::json!({ "subject": id }));
    client.get_pages("/api/audit", &query, |page: Vec<AuditEntry>| history.extend(page.into_iter().rev())).await?;
    for entry in history.iter().rev() {
        println!("  {}  {} {} {}", local(entry.at, config), entry.who, entry.what, entry.detail);
    }
    Ok(())
}

/// A time in the configured zone.
pub fn local(time: Time, config: &Config) -> String {
    time.to_zoned_datetime(config.timezone().clone()).strftime("%d.%m.%Y %H:%M").to_string()
}
