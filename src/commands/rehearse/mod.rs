//! `otklik rehearse`.

mod rehearsal;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use classify::Classifier;
use config::Config;
use jiff::ToSpan;
use model::{Level, wire};
use text::Query;

use crate::cli;
use crate::client::Client;
use crate::commands::lines::Lines;
use crate::commands::output::print_json;
use crate::configuration;
use crate::configuration::Locations;
use crate::exit::{Exit, Failure};
use crate::instance::OpenMode;
use crate::instance::http::admin::maintenance::Now;
use crate::instance::http::archive::Range;
use crate::language::say;
use crate::roles::Role;
use rehearsal::{Outcome, Rehearsal, Rule};

/// Columns of the longest bar.
const BAR: u64 = 50;

/// Shown of each list on a terminal; `--json` has all.
const SHOWN: usize = 10;

/// The tables of `risks/*.toml` that change which events are found.
const EVENT_WORDS: [&str; 6] = ["[[object]]", "[[says]]", "[[when]]", "[[scale]]", "[[harm]]", "[[aside]]"];

/// Tries a rule on the posts of the last days.
pub async fn rehearse(locations: &Locations, args: cli::Rehearse) -> Result<Exit, Failure> {
    let client = Client::connect(locations, OpenMode::inspect(&[Role::Store])).await?;
    let config = client.config().await?;
    let rule = rule(locations, &args, &config)?;
    let now: Now = client.get("/own/now", &()).await?;
    let (from, to) = (now.now.checked_sub((24 * i64::from(args.days)).hours()).context("too many days")?, now.now);
    let mut rehearsal = Rehearsal::new(rule, Arc::clone(&config));
    let take = |line: &[u8]| {
        rehearsal.take(wire::read_tagged(line)?);
        Ok(())
    };
    client.get_to("/own/archive", &Range { from, to }, &mut Lines::to(take)).await?;
    client.close().await;
    let outcome = rehearsal.finish(from, to)?;
    if args.json {
        print_json(&outcome)?;
    } else {
        print(&outcome, &config);
    }
    Ok(Exit::Done)
}

/// What `RULE` names: a file, a kind or topic in force, or else a query.
fn rule(locations: &Locations, args: &cli::Rehearse, config: &Arc<Config>) -> Result<Rule, Failure> {
    let named = args.rule.as_str();
    if named.ends_with(".toml") {
        return of_file(locations, Path::new(named));
    }
    let tags = |kinds: Vec<String>, topics: Vec<String>| {
        let classifier = Box::new(Classifier::new(Arc::clone(config), 0));
        Ok(Rule::Tags { kinds, topics, classifier })
    };
    if config.risks.iter().any(|risk| risk.kind == named) {
        return tags(vec![named.to_owned()], Vec::new());
    }
    if config.taxonomy.iter().flat_map(|sector| &sector.topics).any(|topic| topic.id == named) {
        return tags(Vec::new(), vec![named.to_owned()]);
    }
    let level = Level::parse(&args.level).ok_or_else(|| {
        Failure::usage(format!("--level {}: {} low, medium, high, critical", args.level, say("бывает", "is one of")))
    })?;
    let query = Query::parse(named).map_err(|error| Failure::usage(error.to_string()))?;
    Ok(Rule::Query { query, level })
}

/// The risks, topics or rules of alerts of a file laid over the configuration in force.
fn of_file(locations: &Locations, path: &Path) -> Result<Rule, Failure> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the rule file {}", path.display()))
        .map_err(|error| Failure::usage(format!("{error:#}")))?;
    if text.contains("[[rule]]") {
        let config = configuration::valid(&configuration::files(locations, vec![("alerts.toml".to_owned(), text)])?)?;
        return Ok(Rule::Alerts { config: Arc::new(config) });
    }
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("rehearsed.toml");
    let folder = if text.contains("[[topic]]") { "taxonomy" } else { "risks" };
    let file = format!("{folder}/{name}");
    let alone = configuration::files(locations, vec![(file.clone(), text.clone())])?;
    let config = Arc::new(configuration::valid(&alone)?);
    let rows = config.events.rows.iter().filter(|row| row.file == file);
    let mut kinds: Vec<String> = rows.filter_map(|row| row.kind.clone()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let topics = config.taxonomy.iter().flat_map(|sector| &sector.topics);
    let topics: Vec<String> =
        topics.filter(|topic| topic.examples.file == file).map(|topic| topic.id.clone()).collect();
    let outdated: Vec<String> =
        config.outdated.iter().filter(|problem| problem.file == file).map(ToString::to_string).collect();
    if !outdated.is_empty() {
        return Err(Failure::usage(outdated.join("\n")));
    }
    // Words may serve every kind.
    if kinds.is_empty() && EVENT_WORDS.iter().any(|table| text.contains(table)) {
        kinds.extend(config.risks.iter().map(|risk| risk.kind.clone()));
    }
    if kinds.is_empty() && topics.is_empty() {
        let tables = "there is no [[row]], no words of events, no [[topic]] and no [[rule]] in it";
        return Err(anyhow!("{}: {tables}", path.display()).into());
    }
    Ok(Rule::Tags { kinds, topics, classifier: Box::new(Classifier::new(config, 0)) })
}

fn print(outcome: &Outcome, config: &Config) {
    println!("{}: {} {} {}\n", say("Совпадений", "Hits"), outcome.hits, say("из", "of"), outcome.posts);
    let most = outcome.by_day.iter().map(|day| day.hits).max().unwrap_or(0).max(1);
    for day in &outcome.by_day {
        let bar = "█".repeat((day.hits * BAR).div_ceil(most) as usize);
        println!("{}  {bar} {}", day.day.strftime("%d.%m.%Y"), day.hits);
    }
    println!(
        "\n{}: {}",
        say("Тревоги, которые были бы подняты", "Alerts that it would have raised"),
        outcome.alerts.len()
    );
    for alert in outcome.alerts.iter().rev().take(SHOWN).rev() {
        let at = alert.at.to_zoned_datetime(config.timezone().clone()).strftime("%d.%m.%Y %H:%M");
        let (level, posts) = (alert.level.name_ru(), alert.posts);
        println!("  {at}  {} ({level}), {} {posts}", alert.headline, say("публикаций:", "posts:"));
    }
    println!("\n{}:", say("Эти же публикации уже отмечены", "The same posts already carry"));
    for overlap in outcome.overlap.iter().take(SHOWN) {
        let name = match config.risk_name(&overlap.rule) {
            id if id == overlap.rule => config.topic_name(&overlap.rule),
            name => name,
        };
        println!("  {name} ({}): {}", overlap.rule, overlap.posts);
    }
    println!("\n{}:", say("Последние совпадения", "The newest hits"));
    for sample in outcome.samples.iter().take(SHOWN) {
        let at = sample.published_at.to_zoned_datetime(config.timezone().clone()).strftime("%d.%m.%Y %H:%M");
        println!("  {at}  {}: {}", config.source_name(&sample.source), sample.text);
        if !sample.why.is_empty() {
            println!("      {}", sample.why.join("; "));
        }
    }
}
