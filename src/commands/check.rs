//! `otklik check`.

use std::sync::Arc;

use crate::cli::Places;
use crate::commands::configuration;
use crate::language::say;
use crate::{Exit, Failure};

/// Validates the configuration and runs every rule against its examples.
pub fn check(places: &Places) -> Result<Exit, Failure> {
    let config = configuration(places)?;
    let config = Arc::new(config);
    let problems = ::classify::check_examples(&config);
    if !problems.is_empty() {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        return Err(Failure::usage(lines.join("\n")));
    }
    if let Some(warning) = ingest::vk_warning(&config) {
        eprintln!("{warning}");
    }
    let topics: usize = config.taxonomy.iter().map(|sector| sector.topics.len()).sum();
    let enabled = config.sources.iter().filter(|source| source.enabled).count();
    println!(
        "{}: {} {enabled}/{}, {} {topics}, {} {}, {} {}",
        say("Настройки верны", "Configuration is valid"),
        say("источников включено", "sources enabled"),
        config.sources.len(),
        say("тем", "topics"),
        say("рисков", "risks"),
        config.risks.len(),
        say("мест", "places"),
        config.places.len(),
    );
    Ok(Exit::Done)
}
