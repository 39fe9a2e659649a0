//! `otklik correct`.

use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Context;
use journal::Stream;
use model::{Correction, PostId, SaidLevel, Sector};

use crate::cli;
use crate::client::Client;
use crate::commands::by::user;
use crate::commands::import::until_done;
use crate::commands::output::print_json;
use crate::configuration::Locations;
use crate::exit::{Exit, Failure};
use crate::instance::OpenMode;
use crate::instance::http::admin::correct::Saying;
use crate::instance::operations::corrections::{Correcting, Label};
use crate::language::say;
use crate::private;
use crate::roles::Role;

/// Says something of a post, and ends when search, figures and alerts have it; or shows what is said.
pub async fn correct(locations: &Locations, args: cli::Correct) -> Result<Exit, Failure> {
    if args.list {
        return list(locations, args.json).await;
    }
    if let Some(file) = &args.labels {
        return labels(locations, file).await;
    }
    let asked = asked(args)?;
    let client = Client::connect(locations, OpenMode::pipeline()).await?;
    let saying = Saying { said: serde_json::to_string(&asked).context("not representable")? };
    let said: Result<Correction, _> = client.post("/own/correct", &saying, Vec::new()).await;
    if said.is_ok() {
        until_done(&client, Stream::Corrections, say("Поиск, цифры и тревоги", "Search, figures and alerts")).await?;
    }
    client.close().await;
    println!("{}", words(&said?));
    Ok(Exit::Done)
}

fn asked(args: cli::Correct) -> Result<Correcting, Failure> {
    let id = PostId::new(args.id.unwrap_or_default()).map_err(|error| Failure::usage(error.to_string()))?;
    let topics = (!args.topic.is_empty()).then(|| args.topic.into_iter().filter(|topic| topic != "none").collect());
    Ok(Correcting {
        id,
        by: args.by.unwrap_or_else(user),
        sector: args.sector.as_deref().and_then(Sector::parse),
        level: args.level.as_deref().and_then(SaidLevel::parse),
        kind: args.kind,
        topics,
        note: args.note,
        withdraw: args.withdraw,
    })
}

/// What is in force of a post from now on.
fn words(said: &Correction) -> String {
    if said.withdrawn {
        return format!(
            "{}: {}",
            said.id,
            say("исправление отменено, считаются правила", "withdrawn; the rules count")
        );
    }
    format!("{}: {}; {}", said.id, codes(said), say("так и останется, пока не отменят", "until it is withdrawn"))
}

fn codes(said: &Correction) -> String {
    let topics = said.topics.as_ref().map(|topics| match topics.is_empty() {
        true => "none".to_owned(),
        false => topics.join(", "),
    });
    let parts = [
        (say("сектор", "sector"), said.sector.map(|sector| sector.to_string())),
        (say("уровень", "level"), said.level.map(|level| level.to_string())),
        (say("вид", "kind"), said.kind.clone()),
        (say("темы", "topics"), topics),
    ];
    let said = parts.into_iter().filter_map(|(name, value)| Some(format!("{name} {}", value?)));
    said.collect::<Vec<_>>().join(", ")
}

async fn list(locations: &Locations, json: bool) -> Result<Exit, Failure> {
    let client = Client::connect(locations, OpenMode::inspect(&[])).await?;
    let said: Vec<Correction> = client.get("/own/correct", &()).await?;
    let zone = client.config().await?.timezone().clone();
    client.close().await;
    if json {
        print_json(&said)?;
        return Ok(Exit::Done);
    }
    if said.is_empty() {
        println!("{}", say("Исправлений нет.", "Nothing is corrected."));
    }
    for said in said {
        let at = said.at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M");
        let note = said.note.as_deref().map(|note| format!(" — {note}")).unwrap_or_default();
        println!("{at}  {}  {}  {}{note}", said.id, said.by, codes(&said));
    }
    Ok(Exit::Done)
}

async fn labels(locations: &Locations, file: &Path) -> Result<Exit, Failure> {
    let client = Client::connect(locations, OpenMode::inspect(&[Role::Store])).await?;
    let labels: Vec<Label> = client.get("/own/labels", &()).await?;
    client.close().await;
    write(&labels, file).with_context(|| format!("cannot write {}", file.display()))?;
    println!("{}: {}", say("Записано размеченных текстов", "Labelled texts written"), labels.len());
    Ok(Exit::Done)
}

fn write(labels: &[Label], file: &Path) -> std::io::Result<()> {
    let mut out = BufWriter::new(private::create_as_usual(file)?);
    writeln!(out, "id\tsector\tlevel\tkind\ttext")?;
    for Label { id, sector, level, kind, text } in labels {
        writeln!(out, "{id}\t{sector}\t{level}\t{kind}\t{text}")?;
    }
    out.flush()
}
