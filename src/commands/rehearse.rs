//! `otklik rehearse`.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use classify::Classifier;
use config::Config;
use jiff::ToSpan;
use model::{Level, wire};
use text::Query;

use crate::cli::{self, Places, Role};
use crate::client::Client;
use crate::commands::{self, print_json};
use crate::instance::Purpose;
use crate::instance::admin::Now;
use crate::instance::archive::Range;
use crate::language::say;
use crate::rehearsal::{Outcome, Rehearsal, Rule};
use crate::{Exit, Failure};

/// Columns of the longest bar.
const BAR: u64 = 50;

/// Shown of each list on a terminal; `--json` has all.
const SHOWN: usize = 10;

/// Tries a rule on the posts of the last days.
pub async fn rehearse(places: &Places, args: cli::Rehearse) -> Result<Exit, Failure> {
    let client = Client::connect(places, Purpose::look(&[Role::Store])).await?;
    let config = client.config().await?;
    let rule = rule(places, &args, &config)?;
    let now: Now = client.get("/own/now", &()).await?;
    let (from, to) = (now.now.checked_sub((24 * i64::from(args.days)).hours()).context("too many days")?, now.now);
    let mut rehearsal = Posts { rehearsal: Rehearsal::new(rule, Arc::clone(&config)), line: Vec::new() };
    client.get_to("/own/archive", &Range { from, to }, &mut rehearsal).await?;
    client.close().await;
    let outcome = rehearsal.rehearsal.finish(from, to)?;
    if args.json {
        print_json(&outcome)?;
    } else {
        print(&outcome, &config);
    }
    Ok(Exit::Done)
}

/// What `RULE` names: a file, a kind or topic in force, or else a query.
fn rule(places: &Places, args: &cli::Rehearse, config: &Arc<Config>) -> Result<Rule, Failure> {
    let named = args.rule.as_str();
    if named.ends_with(".toml") {
        return of_file(places, Path::new(named));
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
fn of_file(places: &Places, path: &Path) -> Result<Rule, Failure> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the rule file {}", path.display()))
        .map_err(|error| Failure::usage(format!("{error:#}")))?;
    if text.contains("[[rule]]") {
        let config = commands::valid(&commands::files(places, vec![("alerts.toml".to_owned(), text)])?)?;
        return Ok(Rule::Alerts { config: Arc::new(config) });
    }
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("rehearsed.toml");
    let folder = if text.contains("[[topic]]") { "taxonomy" } else { "risks" };
    let file = format!("{folder}/{name}");
    let alone = commands::files(places, vec![(file.clone(), text)])?;
    let config = Arc::new(commands::valid(&alone)?);
    let kinds: Vec<String> =
        config.risks.iter().filter(|risk| risk.examples.file == file).map(|risk| risk.kind.clone()).collect();
    let topics = config.taxonomy.iter().flat_map(|sector| &sector.topics);
    let topics: Vec<String> =
        topics.filter(|topic| topic.examples.file == file).map(|topic| topic.id.clone()).collect();
    if kinds.is_empty() && topics.is_empty() {
        return Err(anyhow!("{}: there is no [[risk]], no [[topic]] and no [[rule]] in it", path.display()).into());
    }
    Ok(Rule::Tags { kinds, topics, classifier: Box::new(Classifier::new(config, 0)) })
}

/// Takes the archive as it comes, line by line.
struct Posts {
    rehearsal: Rehearsal,
    /// The beginning of a line whose end has not come.
    line: Vec<u8>,
}

impl Write for Posts {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(piece);
            if self.line.ends_with(b"\n") {
                let tagged = wire::read_tagged(&self.line).map_err(|error| io::Error::other(error.to_string()))?;
                self.rehearsal.take(tagged);
                self.line.clear();
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
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
