//! What a run is made of: the configuration in force, the other roles, and the sample with its clock.

use std::collections::BTreeSet;
use std::sync::Arc;

use config::{AlertRules, ChannelKind, Config, Contact, Files};
use model::{Clock, Time};

use crate::cli;
use crate::configuration::{self, Locations};
use crate::exit::Failure;
use crate::folder::Folder;
use crate::instance::peers::Peers;
use crate::instance::sample::{self, Sample};
use crate::roles::Role;

/// What a run is made of.
pub struct Setup {
    /// The files of the configuration in force.
    pub files: Files,
    /// The configuration in force.
    pub config: Config,
    /// The other roles, where this process does not run them all.
    pub peers: Option<Peers>,
    /// The sample, where it is run.
    pub sample: Option<Sample>,
    /// The sample's clock, or the machine's.
    pub clock: Clock,
}

impl Setup {
    /// Reads the configuration, and starts or joins the sample, whose own configuration lies over it.
    pub async fn read(
        locations: &Locations,
        args: &cli::Run,
        folder: &Folder,
        roles: &BTreeSet<Role>,
    ) -> Result<Setup, Failure> {
        let mut files = configuration::files(locations, Vec::new())?;
        let mut config = configuration::valid(&files)?;
        let peers = other_roles(&config, roles)?;
        let sample = match (args.sample, &peers) {
            (false, _) => None,
            (true, Some(peers)) if !roles.contains(&Role::Ingest) => Some(Sample::join(folder, peers).await?),
            (true, _) => Some(Sample::start(folder).await?),
        };
        if let Some(sample) = &sample {
            let overlay = overlay(sample, &files, &config)?;
            files = files.overlay(overlay);
            config = configuration::valid(&files)?;
        }
        let clock = sample.as_ref().map_or_else(|| Arc::new(Time::now) as Clock, |sample| Arc::clone(&sample.clock));
        Ok(Setup { files, config, peers, sample, clock })
    }
}

/// The sample's files, which keep what the given ones say of Kafka, ClickHouse and the roles.
fn overlay(sample: &Sample, files: &Files, config: &Config) -> Result<Vec<(String, String)>, Failure> {
    let mut overlay = sample.files.clone();
    for (_, text) in overlay.iter_mut().filter(|(path, _)| path == "otklik.toml") {
        *text = sample::with_places(text, files.get("otklik.toml").unwrap_or_default())?;
    }
    if config.alerts.webhook.is_some() {
        // A webhook that is configured is there to receive the sample's alerts.
        overlay.retain(|(path, _)| path != "alerts.toml");
    }
    Ok(overlay)
}

/// Who is told of every alert, whatever the routes say: the terminal, and the webhook.
pub fn standing_contacts(config: &Config) -> Vec<Contact> {
    let mut contacts = vec![Contact { channel: ChannelKind::Terminal, to: String::new() }];
    if config.alerts.webhook.is_some() {
        contacts.push(Contact { channel: ChannelKind::Webhook, to: AlertRules::WEBHOOK.to_owned() });
    }
    contacts
}

/// The other roles, where this process does not run them all. An embedded journal is open in one process alone.
fn other_roles(config: &Config, roles: &BTreeSet<Role>) -> Result<Option<Peers>, Failure> {
    if *roles == Role::all() {
        return Ok(None);
    }
    let settings = &config.settings;
    let Some(addresses) = settings.roles.as_ref().filter(|_| settings.kafka.is_some()) else {
        return Err(Failure::usage(
            "роли по отдельности работают только через Kafka: встроенный журнал открывает один процесс. Заполните в otklik.toml \
             разделы [kafka] и [roles] или запустите все роли вместе, без --role",
        ));
    };
    Ok(Some(Peers::new(addresses, roles)?))
}
