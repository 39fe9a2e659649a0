//! `otklik check`.

mod needs;
mod network;
mod tokens;

use std::sync::Arc;

use anyhow::{Context, anyhow};
use config::Config;
use store::search::SearchIndex;

use web::Status;

use crate::cli::Check;
use crate::client::Client;
use crate::commands::exposure;
use crate::commands::runtime::in_runtime;
use crate::configuration::{Locations, configuration};
use crate::exit::{Exit, Failure};
use crate::folder::Folder;
use crate::instance::OpenMode;
use crate::language::say;
use crate::roles::Role;

/// Validates the configuration and runs every rule against its examples.
pub fn check(locations: &Locations, args: &Check) -> Result<Exit, Failure> {
    let config = configuration(locations)?;
    let config = Arc::new(config);
    let problems = ::classify::check_examples(&config);
    if !problems.is_empty() {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        return Err(Failure::usage(lines.join("\n")));
    }
    if config.risks.is_empty() {
        eprintln!(
            "{}",
            say(
                "в папке настроек нет ни одного риска, тревог о рисках не будет; положите в неё папки taxonomy, risks и places из поставки",
                "the folder of configuration has no risk, so that none is told of; put the shipped folders taxonomy, risks and places into it",
            )
        );
    }
    if let Some(warning) = ingest::vk_warning(&config) {
        eprintln!("{warning}");
    }
    for warning in tokens::warnings(&config) {
        eprintln!("{warning}");
    }
    let mut problems = exposure::problems(&config.settings);
    problems.extend(tokens::one_bot_for_both(&config));
    if !problems.is_empty() {
        return Err(Failure::usage(problems.join("\n")));
    }
    for warning in exposure::warnings(&config.settings) {
        eprintln!("{warning}");
    }
    if !config.people.reaches_somebody() {
        eprintln!(
            "{}",
            say(
                "тревогу некому сообщить: ни у кого из цепочки нет адреса; укажите addresses в people.toml",
                "nobody can be told of an alert: no person of the chain has an address; fill in `addresses` in people.toml",
            )
        );
    }
    if let Some(year) = config.calendar.lacks(model::Time::now().to_zoned_datetime(config.timezone().clone()).date()) {
        eprintln!(
            "{}{year}{}",
            say(
                "в calendar.toml нет переносов выходных дней на ",
                "calendar.toml lacks the days off that were moved in "
            ),
            say(
                " год: рабочее время считается только по Трудовому кодексу; добавьте [[year]], когда выйдет постановление",
                ": working time is counted by the Labour Code alone; add a [[year]] once the decree is out",
            )
        );
    }
    for warning in alerts::channels::warnings(&config.channels) {
        eprintln!("{warning}");
    }
    name_rules(&config);
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
    if args.index {
        check_index(locations, config.timezone().clone())?;
    }
    let network = if args.network { in_runtime(network::check_network(&config))? } else { Exit::Done };
    let live = if args.live { in_runtime(check_live(locations))? } else { Exit::Done };
    Ok(if live == Exit::Done { network } else { live })
}

/// Names the rules that are valid and do nothing: tables of earlier releases, rows that no example reaches or that never decide.
fn name_rules(config: &Arc<Config>) {
    if config.events.rows.is_empty() && !config.risks.is_empty() {
        eprintln!(
            "{}",
            say(
                "в папке настроек нет ни одной строки [[row]], поэтому риски не распознаются; положите в неё папку risks из поставки",
                "the folder of configuration has no [[row]], so that no risk is told of; put the shipped folder risks into it",
            )
        );
    }
    let problems = config.outdated.iter().cloned();
    let problems = problems.chain(::classify::unreached_rows(config)).chain(::classify::shadowed_rows(config));
    problems.for_each(|problem| eprintln!("{problem}"));
}

/// Asks the installation whether anything stands in the way of an alert: for a monitoring that knows nothing but exit codes.
async fn check_live(locations: &Locations) -> Result<Exit, Failure> {
    let client = Client::connect(locations, OpenMode::inspect(&[Role::Alerts])).await?;
    let running = matches!(client, Client::Running(_));
    let status: Status = client.get("/api/status", &()).await?;
    client.close().await;
    let mut troubles = Vec::new();
    if !running {
        troubles.push(say("никто не работает на этой папке данных", "nobody runs on this data folder").to_owned());
    }
    if let Some(alerts) = &status.alerts {
        let words = say("не доставлено критических сообщений", "critical messages not delivered");
        troubles.extend((alerts.critical_late > 0).then(|| format!("{words}: {}", alerts.critical_late)));
        let words = say("не доставлено никуда", "delivered nowhere");
        troubles.extend((alerts.undelivered > 0).then(|| format!("{words}: {}", alerts.undelivered)));
    }
    troubles.extend(status.journal.error.iter().cloned());
    troubles.extend(status.roles.iter().filter_map(|role| Some(format!("{}: {}", role.role, role.error.as_ref()?))));
    let unreachable = status.hosts.iter().filter(|platform| platform.down_since.is_some());
    let words = say(
        "не ответил ни один узел, что открыть, скажет otklik check --network:",
        "none of its hosts answers, otklik check --network tells what to open:",
    );
    troubles.extend(unreachable.map(|platform| format!("{words} {}", platform.platform.name_ru())));
    let unseen = status.sources.iter().filter(|source| source.enabled && source.failing_since.is_some());
    let words = say("не виден источник", "a source is not seen:");
    troubles.extend(unseen.map(|source| format!("{words} {}", source.name)));
    for trouble in &troubles {
        println!("✗ {trouble}");
    }
    if troubles.is_empty() {
        println!("{}", say("Работает; ничто не мешает тревогам дойти", "It works; nothing keeps alerts from arriving"));
    }
    Ok(if troubles.is_empty() { Exit::Done } else { Exit::Failed })
}

/// Compares the checksums of the index's files. It may be done while an instance runs.
fn check_index(locations: &Locations, timezone: jiff::tz::TimeZone) -> Result<(), Failure> {
    let folder = Folder::find(locations.data.as_deref(), false).file("index");
    if !folder.exists() {
        let words = say(
            "нет поискового индекса; укажите папку данных ключом --data:",
            "no search index; give the data folder with --data:",
        );
        return Err(anyhow!("{words} {}", folder.display()).into());
    }
    let index = SearchIndex::open(&folder, timezone).map_err(anyhow::Error::from)?;
    index.damaged_files().with_context(|| format!("cannot read {}", folder.display()))?;
    if let Some(damage) = index.damage() {
        return Err(anyhow!("{damage}").into());
    }
    println!("{}", say("Поисковый индекс цел", "The search index is whole"));
    Ok(())
}
