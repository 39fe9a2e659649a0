//! From the outbox to people.

use std::time::Duration;

use tokio::sync::watch;

use crate::{Alerts, Delivery};

/// A receiver that takes longer is treated as down: the next message must not wait behind it.
const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(10);

/// How often the outbox is looked at; an alert waits no longer than this for its first try.
const TICK: Duration = Duration::from_millis(200);

/// Where alerts go.
#[derive(Clone)]
pub enum Channel {
    /// A URL that receives the alert as JSON with an `Idempotency-Key` header; any 2xx answer is acceptance.
    Webhook(String),
    /// Whatever prints for the running instance.
    Terminal(fn(&Alerts, &Delivery)),
}

impl Channel {
    /// Name in keys, in `deliveries` and in logs.
    pub fn name(&self) -> &'static str {
        match self {
            Channel::Webhook(_) => "webhook",
            Channel::Terminal(_) => "terminal",
        }
    }
}

/// Sends what is due until `stop` turns true. A failure is tried again with growing pauses under the same key.
pub async fn deliver(alerts: Alerts, client: reqwest::Client, mut stop: watch::Receiver<bool>) {
    let mut tick = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            _ = stop.changed() => return,
        }
        if let Err(error) = round(&alerts, &client).await {
            tracing::error!(%error, "outbox cannot be read or written; alerts are not sent until it can");
        }
    }
}

async fn round(alerts: &Alerts, client: &reqwest::Client) -> Result<(), crate::AlertError> {
    for delivery in alerts.due(alerts.now())? {
        let Some(channel) = alerts.channels().iter().find(|channel| channel.name() == delivery.channel) else {
            continue;
        };
        alerts.note_attempt(&delivery.key, alerts.now())?;
        let outcome = match channel {
            Channel::Terminal(print) => {
                print(alerts, &delivery);
                Ok(())
            }
            Channel::Webhook(url) => post(client, url, &delivery).await,
        };
        if let Err(reason) = &outcome {
            tracing::warn!(key = delivery.key, attempts = delivery.attempts + 1, reason, "alert not accepted");
        }
        alerts.note_outcome(&delivery.key, outcome.as_ref().map(|_| ()).map_err(String::as_str))?;
    }
    Ok(())
}

async fn post(client: &reqwest::Client, url: &str, delivery: &Delivery) -> Result<(), String> {
    let body = serde_json::json!({ "version": 1, "event": "alert", "alert": delivery.alert });
    let request = client.post(url).header("Idempotency-Key", &delivery.key).json(&body).timeout(WEBHOOK_TIMEOUT);
    let answer = request.send().await.map_err(|error| error.without_url().to_string())?;
    if answer.status().is_success() { Ok(()) } else { Err(format!("HTTP {}", answer.status().as_u16())) }
}
