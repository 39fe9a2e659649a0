//! Telling people: the tasks that decide by the clock, deliver messages and hear which buttons are pressed.

use std::io::Write;
use std::sync::Arc;

use alerts::{Channels, LinkKey, Message};
use anyhow::{Context, Result};
use config::ChannelKind;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::instance::Instance;
use crate::terminal::Shown;

/// Starts these tasks, where the alerts are.
pub fn start_notifying(
    instance: &Arc<Instance>,
    tasks: &mut JoinSet<()>,
    stopped: &watch::Receiver<bool>,
) -> Result<()> {
    let Some(alerts) = instance.alerts.clone() else { return Ok(()) };
    let mut random = [0; 32];
    (ingest::os_random())(&mut random).context("no randomness")?;
    let key = LinkKey::open(&instance.folder.file("link-key"), random);
    alerts.sign_links(key.context("cannot open the key of the links in letters")?);
    let settings = &instance.config.channels;
    let channels = Arc::new(Channels::open(settings, Arc::clone(&instance.clock), Some(print_message)));
    for (kind, words) in channels.troubles() {
        tracing::error!(channel = kind.as_str(), error = words, "a channel cannot be used");
    }
    let asked = Arc::clone(instance);
    let health: alerts::HealthProbe = Arc::new(move || asked.health());
    let own = |name: &str| alerts.own_thread(name).context("no thread for the alerts");
    tasks.spawn(alerts::deliver(own("alerts-deliver")?, Arc::clone(&channels), health, stopped.clone()));
    for kind in ChannelKind::ALL.into_iter().filter(|kind| kind.has_buttons() && settings.has(*kind)) {
        let own = own(&format!("alerts-{}", kind.as_str()))?;
        tasks.spawn(alerts::listen(own, Arc::clone(&channels), kind, stopped.clone()));
    }
    if let Some(heartbeat) = instance.config.alerts.heartbeat.clone() {
        let client = reqwest::Client::builder().build().context("cannot prepare the heartbeat")?;
        tasks.spawn(alerts::heartbeat(heartbeat, client, stopped.clone()));
    }
    Ok(())
}

/// A message in full, on standard output.
fn print_message(message: &Message) {
    let mut out = Shown(std::io::stdout().lock());
    let _ = writeln!(out, "{}\n", message.text);
    let _ = out.flush();
}
