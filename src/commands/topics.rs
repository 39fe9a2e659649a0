//! `otklik topics`.

use anyhow::{Context, Result};
use journal::Kafka;

use crate::cli;
use crate::configuration::{self, Locations};
use crate::exit::{Exit, Failure};
use crate::instance::backend::kafka_settings;
use crate::language::say;

/// Makes the topics that are missing, unless it only checks, and says of each whether it is as the configuration asks.
pub fn topics(locations: &Locations, args: &cli::Topics) -> Result<Exit, Failure> {
    let config = configuration::configuration(locations)?;
    let settings = kafka_settings(&config)?.ok_or_else(|| {
        Failure::usage(say(
            "в otklik.toml нет раздела [kafka]: журнал встроенный, топики ему не нужны",
            "there is no [kafka] in otklik.toml: the journal is embedded and needs no topics",
        ))
    })?;
    let brokers = settings.brokers.clone();
    let kafka = Kafka::open(settings).context("cannot prepare the connection to Kafka")?;
    let asked = || format!("cannot ask the brokers {brokers}; are they running, and is [kafka] right?");
    if !args.check {
        kafka.make_topics().with_context(asked)?;
    }
    let mut exit = Exit::Done;
    for topic in kafka.topics().with_context(asked)? {
        let state = if topic.problems.is_empty() {
            say("в порядке", "ok").to_owned()
        } else {
            topic.problems.join("; ")
        };
        println!("{:<24}{:>6}  {state}", topic.name, topic.partitions);
        if !topic.problems.is_empty() {
            exit = Exit::Failed;
        }
    }
    Ok(exit)
}
