//! `otklik search`.

use anyhow::Context;
use config::Config;
use jiff::tz::TimeZone;
use model::{Level, Platform, Sector, TaggedPost};
use store::search::{self, SearchRequest, SearchResult};

use crate::cli;
use crate::client::Client;
use crate::commands::output::print_json;
use crate::commands::time::{self, End};
use crate::configuration::Locations;
use crate::exit::{Exit, Failure};
use crate::instance::OpenMode;
use crate::language::say;
use crate::private;
use crate::roles::Role;
use crate::terminal::bold_line;

/// A hit shows this much of its text on a terminal.
const SHOWN_CHARS: usize = 280;

/// Searches the posts: a page of hits, or all of them as CSV.
pub async fn search(locations: &Locations, args: cli::Search) -> Result<Exit, Failure> {
    let client = Client::connect(locations, OpenMode::inspect(&[Role::Store])).await?;
    let config = client.config().await?;
    let request = request(&args, config.timezone())?;
    if let Some(path) = &args.csv {
        let mut file = std::io::BufWriter::new(
            private::create_as_usual(path).with_context(|| format!("cannot write {}", path.display()))?,
        );
        client.get_to("/api/search.csv", &request, &mut file).await?;
        std::io::Write::flush(&mut file).with_context(|| format!("cannot write {}", path.display()))?;
        client.close().await;
        return Ok(Exit::Done);
    }
    let result: SearchResult = client.get("/api/search", &request).await?;
    client.close().await;
    if args.json {
        print_json(&result)?;
    } else {
        print(&result, &config);
    }
    Ok(Exit::Done)
}

fn request(args: &cli::Search, timezone: &TimeZone) -> Result<SearchRequest, Failure> {
    let time = |text: &Option<String>, end| text.as_deref().map(|text| time::parse(text, end, timezone)).transpose();
    Ok(SearchRequest {
        query: args.query.clone(),
        from: time(&args.from, End::From)?,
        to: time(&args.to, End::To)?,
        sector: named("--sector", &args.sector, Sector::parse, &Sector::ALL.map(Sector::as_str))?,
        topic: args.topic.clone(),
        risk: args.risk.clone(),
        level: named("--level", &args.level, Level::parse, &Level::ALL.map(Level::as_str))?,
        place: args.place.clone(),
        object: args.object.clone(),
        state: args.state.clone(),
        source: args.source.clone(),
        platform: named("--platform", &args.platform, Platform::parse, &Platform::ALL.map(Platform::as_str))?,
        sort: match args.sort {
            cli::Sort::Time => search::Sort::Time,
            cli::Sort::Relevance => search::Sort::Relevance,
            cli::Sort::Views => search::Sort::Views,
        },
        limit: args.limit,
        offset: args.offset,
    })
}

fn named<T>(
    option: &str,
    value: &Option<String>,
    parse: fn(&str) -> Option<T>,
    known: &[&str],
) -> Result<Option<T>, Failure> {
    let Some(value) = value else { return Ok(None) };
    let found = parse(value).ok_or_else(|| {
        Failure::usage(format!("{option} {value}: {} {}", say("бывает", "is one of"), known.join(", ")))
    })?;
    Ok(Some(found))
}

fn print(result: &SearchResult, config: &Config) {
    for hit in &result.hits {
        bold_line(&heading(hit, config));
        let text: String = hit
            .post
            .title
            .iter()
            .chain([&hit.post.text])
            .flat_map(|part| part.split_whitespace())
            .collect::<Vec<_>>()
            .join(" ");
        let cut: String = text.chars().take(SHOWN_CHARS).collect();
        println!("  {cut}{}", if cut.len() < text.len() { "…" } else { "" });
        if let Some(url) = &hit.post.url {
            println!("  {url}");
        }
        println!();
    }
    println!("{}: {} ({} {})", say("Найдено", "Found"), result.total, say("показано", "shown"), result.hits.len());
}

fn heading(hit: &TaggedPost, config: &Config) -> String {
    let local = hit.post.published_at.to_zoned_datetime(config.timezone().clone()).strftime("%d.%m.%Y %H:%M");
    let mut parts =
        vec![local.to_string(), config.source_name(&hit.post.source).to_owned(), hit.tags.sector.name_ru().to_owned()];
    parts.extend(hit.tags.topics.iter().map(|topic| config.topic_name(topic).to_owned()));
    parts.extend(
        hit.tags.risks.iter().map(|risk| format!("⚠ {} ({})", config.risk_name(&risk.kind), risk.level.name_ru())),
    );
    parts.extend(hit.tags.places.iter().map(|place| config.place_name(place).to_owned()));
    parts.join(" · ")
}
