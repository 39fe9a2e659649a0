//! From the outbox to people, and from their buttons back.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use config::{ChannelKind, Person};
use tokio::sync::watch;

use crate::act::Act;
use crate::channels::{Channels, Press};
use crate::life::Step;
use crate::outbox::Delivery;
use crate::watch::Vitals;
use crate::{AlertError, Alerts};

/// How often the outbox is looked at; an alert waits no longer than this for its first try.
const TICK: Duration = Duration::from_millis(200);

/// How long a bot that does not answer is left alone.
const BOT_PAUSE: Duration = Duration::from_secs(10);

/// A heartbeat that takes longer is missed; the next one comes soon.
const HEARTBEAT_TIMEOUT: Duration = Duration::from_secs(10);

/// How the installation is doing, asked at every tick.
pub type AskVitals = Arc<dyn Fn() -> Vitals + Send + Sync>;

/// Decides what time brings and sends what is due, until `stop` turns true.
pub async fn deliver(alerts: Alerts, channels: Arc<Channels>, vitals: AskVitals, mut stop: watch::Receiver<bool>) {
    let mut tick = tokio::time::interval(TICK);
    let mut failed = false;
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            _ = stop.changed() => return,
        }
        let (book, mut now) = (alerts.clone(), vitals());
        let troubles = channels.troubles().into_iter();
        now.troubles.extend(troubles.map(|(kind, words)| (format!("channel:{}", kind.as_str()), words)));
        let ticked = tokio::task::spawn_blocking(move || book.tick(Some(&now))).await;
        let done = match ticked {
            Ok(Ok(())) => round(&alerts, &channels).await,
            Ok(Err(error)) => Err(error),
            Err(panicked) => Err(AlertError::Stored(format!("state: {panicked}"))),
        };
        match done {
            Ok(()) => failed = false,
            Err(error) if !failed => {
                failed = true;
                tracing::error!(%error, "alerts cannot be decided or sent; tried again until they can");
            }
            Err(_) => {}
        }
    }
}

/// Tries each message whose time has come. Messages to different channels do not wait for one another; to one they go in order.
async fn round(alerts: &Alerts, channels: &Channels) -> Result<(), AlertError> {
    let due = alerts.due(alerts.now())?;
    if due.is_empty() {
        return Ok(());
    }
    let kinds: HashSet<ChannelKind> = due.iter().map(|delivery| delivery.contact.channel).collect();
    let by_kind = kinds.into_iter().map(|kind| {
        let own: Vec<&Delivery> = due.iter().filter(|delivery| delivery.contact.channel == kind).collect();
        async move {
            for delivery in own {
                attempt(alerts, channels, delivery).await?;
            }
            Ok::<(), AlertError>(())
        }
    });
    for done in futures_util::future::join_all(by_kind).await {
        done?;
    }
    Ok(())
}

async fn attempt(alerts: &Alerts, channels: &Channels, delivery: &Delivery) -> Result<(), AlertError> {
    let contact = &delivery.contact;
    if channels.wait(contact.channel, &contact.to).is_some() {
        // The channel's own limits: its turn comes within a tick or a few.
        return Ok(());
    }
    alerts.note_attempt(&delivery.key, alerts.now())?;
    let message = delivery.message();
    let outcome = match (&delivery.message_id, delivery.purpose.starts_with("update")) {
        (Some(id), true) => channels.update(contact.channel, id, &message).await,
        _ => channels.send(contact.channel, &message).await,
    };
    if let Some(reason) = outcome.reason() {
        let (key, attempts) = (&delivery.key, delivery.attempts + 1);
        tracing::warn!(key, attempts, outcome = reason.name, "message not accepted");
    }
    alerts.note_outcome(delivery, &outcome, alerts.now())?;
    Ok(())
}

/// Takes the presses of a bot's buttons until `stop` turns true.
pub async fn listen(alerts: Alerts, channels: Arc<Channels>, kind: ChannelKind, mut stop: watch::Receiver<bool>) {
    let mut failed = false;
    loop {
        let asked = async {
            let after = alerts.bot_position(kind)?;
            match channels.presses(kind, after).await {
                Ok((presses, next)) => {
                    for press in &presses {
                        let words = alerts.pressed(press);
                        channels.answer(press, &words).await;
                    }
                    if let Some(next) = next {
                        alerts.note_bot_position(kind, next)?;
                    }
                    Ok(None)
                }
                Err(error) => Ok(Some(error)),
            }
        };
        let asked: Result<_, AlertError> = tokio::select! {
            asked = asked => asked,
            _ = stop.changed() => return,
        };
        let pause = match asked {
            Ok(None) => {
                failed = false;
                continue;
            }
            Ok(Some(error)) => {
                if !failed {
                    tracing::warn!(channel = kind.as_str(), %error, "buttons are not heard; tried again until they are");
                }
                error.after.unwrap_or(BOT_PAUSE)
            }
            Err(error) => {
                tracing::error!(channel = kind.as_str(), %error, "presses cannot be stored");
                BOT_PAUSE
            }
        };
        failed = true;
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => return,
        }
    }
}

/// Asks an address outside, so that somebody notices when this stops.
pub async fn heartbeat(settings: config::Heartbeat, client: reqwest::Client, mut stop: watch::Receiver<bool>) {
    let mut tick = tokio::time::interval(settings.every);
    let mut failed = false;
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            _ = stop.changed() => return,
        }
        let answer = client.get(&settings.url).timeout(HEARTBEAT_TIMEOUT).send().await;
        let error = match answer.and_then(reqwest::Response::error_for_status) {
            Ok(_) => None,
            Err(error) => Some(error.without_url()),
        };
        if let Some(error) = error.as_ref().filter(|_| !failed) {
            tracing::warn!(%error, "the heartbeat is not heard");
        }
        failed = error.is_some();
    }
}

impl Alerts {
    /// Does what a button says, if the one who pressed it may; returns the answer in Russian.
    pub fn pressed(&self, press: &Press) -> String {
        let Some(person) = self.who_pressed(press) else {
            return match press.action.starts_with('/') {
                true => format!("Ваш номер чата: {}. Администратор впишет его в people.toml.", press.chat),
                false => "Вас нет в people.toml: отметить тревогу может тот, кому она пришла".into(),
            };
        };
        let Some((step, alert)) = press.action.split_once(':').and_then(|(step, id)| Some((Step::parse(step)?, id)))
        else {
            return "Бот присылает тревоги; отметить их можно кнопками под сообщением".into();
        };
        let reason = match step {
            Step::FalseAlarm | Step::Resolve => format!("кнопкой, {}", press.kind.name_ru()),
            Step::Ack | Step::Work | Step::Assign => String::new(),
        };
        let act = Act::Step { alert: alert.to_owned(), step, reason, to: None };
        self.act(&act, &person.name).unwrap_or_else(|error| error.to_string())
    }

    /// The person whose address the press came from.
    fn who_pressed(&self, press: &Press) -> Option<&Person> {
        let own = |person: &&Person| {
            person
                .addresses
                .iter()
                .any(|address| address.channel == press.kind && (address.to == press.from || address.to == press.chat))
        };
        // In a group everybody may press: who is known by name is named, else whose group it is.
        let persons = &self.config().people.persons;
        let by_name = persons.iter().find(|person| {
            person.addresses.iter().any(|address| address.channel == press.kind && address.to == press.from)
        });
        by_name.or_else(|| persons.iter().find(own))
    }

    fn bot_position(&self, kind: ChannelKind) -> Result<Option<i64>, AlertError> {
        let stored = crate::book::meta(&self.database(), &format!("bot:{}", kind.as_str()))?;
        Ok(stored.and_then(|at| at.parse().ok()))
    }

    fn note_bot_position(&self, kind: ChannelKind, at: i64) -> Result<(), AlertError> {
        crate::book::set_meta(&self.database(), &format!("bot:{}", kind.as_str()), &at.to_string())
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::routing::get;
    use tokio::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn the_heart_beats_until_it_is_stopped_whatever_the_answer() {
        let (beats, mut heard) = mpsc::unbounded_channel();
        let router = Router::new().route(
            "/ping",
            get(move || {
                let _ = beats.send(());
                async { axum::http::StatusCode::INTERNAL_SERVER_ERROR }
            }),
        );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/ping", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let (stop, stopped) = watch::channel(false);
        let settings = config::Heartbeat { url, every: Duration::from_millis(10) };
        let beating = tokio::spawn(heartbeat(settings, reqwest::Client::new(), stopped));
        for _ in 0..3 {
            heard.recv().await.unwrap();
        }
        stop.send(true).unwrap();
        beating.await.unwrap();
    }
}
