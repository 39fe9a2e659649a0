//! `otklik forget`.

use std::path::Path;

use anyhow::Context;
use ingest::privacy::PersonOnPlatform;
use jiff::tz::TimeZone;
use model::{PostId, Time};

use crate::cli;
use crate::client::Client;
use crate::commands::by::user;
use crate::commands::import::until_counted;
use crate::commands::output::print_json;
use crate::configuration::Locations;
use crate::exit::{Exit, Failure};
use crate::instance::OpenMode;
use crate::instance::http::admin::forget::Forgetting;
use crate::instance::operations::forget::{Asked, Found};
use crate::language::say;
use crate::roles::Role;

/// Lists what one person asks to have removed; with `--yes` removes it, and ends when search, figures, alerts and their files are without
/// it.
pub async fn forget(locations: &Locations, args: cli::Forget) -> Result<Exit, Failure> {
    let mut mode = OpenMode::pipeline();
    // It has the keys of authors, and what was forgotten before.
    mode.roles.insert(Role::Ingest);
    let (yes, json, list) = (args.yes, args.json, args.list);
    let by = args.by.clone().unwrap_or_else(user);
    let asked = asked(args)?;
    let client = Client::connect(locations, mode).await?;
    if list {
        let ids: anyhow::Result<Vec<String>> = client.get("/own/forget", &()).await;
        client.close().await;
        return print_ids(&ids?, json);
    }
    let done = if yes { remove(&client, asked, by).await } else { find(&client, &asked).await };
    let zone = client.config().await.map(|config| config.timezone().clone());
    client.close().await;
    let found = done?;
    if json {
        let Found { posts, unknown } = &found;
        print_json(&serde_json::json!({ "forgotten": yes, "posts": posts, "unknown": unknown }))?;
    } else {
        print(&found, yes, &zone?);
    }
    Ok(Exit::Done)
}

async fn find(client: &Client, asked: &Asked) -> anyhow::Result<Found> {
    client.post("/own/forget/find", &(), body(asked)?).await
}

async fn remove(client: &Client, asked: Asked, by: String) -> anyhow::Result<Found> {
    // What is on its way is found too.
    until_counted(client, say("Поиск и цифры", "Search and figures")).await?;
    let found: Found = client.post("/own/forget", &(), body(&Forgetting { asked, by })?).await?;
    until_counted(client, say("Поиск, цифры и тревоги", "Search, figures and alerts")).await?;
    client.post::<Option<Time>>("/own/purge", &(), Vec::new()).await?;
    Ok(found)
}

fn body(of: &impl serde::Serialize) -> anyhow::Result<Vec<u8>> {
    serde_json::to_vec(of).context("not representable")
}

fn asked(args: cli::Forget) -> Result<Asked, Failure> {
    let listed = args.ids.as_deref().map(ids_of).transpose()?.unwrap_or_default();
    let ids = args.posts.into_iter().chain(listed);
    let ids = ids.map(|id| PostId::new(id).map_err(|error| Failure::usage(error.to_string())));
    if let Some(author) = &args.author {
        PersonOnPlatform::parse(author).map_err(Failure::usage)?;
    }
    Ok(Asked { ids: ids.collect::<Result<_, _>>()?, author: args.author, query: args.query })
}

fn ids_of(file: &Path) -> anyhow::Result<Vec<String>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

fn print_ids(ids: &[String], json: bool) -> Result<Exit, Failure> {
    if json {
        print_json(&ids)?;
    } else {
        ids.iter().for_each(|id| println!("{id}"));
    }
    Ok(Exit::Done)
}

fn print(found: &Found, forgotten: bool, zone: &TimeZone) {
    for post in &found.posts {
        let at = post.published_at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M");
        println!("{at}  {:<34} {:<20} {}", post.id, post.source, post.words);
    }
    for id in &found.unknown {
        println!("{:<18}{:<34} {}", "", id, say("в архиве нет", "not in the archive"));
    }
    let count = found.posts.len() + found.unknown.len();
    let words = match (count, forgotten) {
        (0, _) => say("Ничего не найдено.", "Nothing found."),
        (_, false) => say(
            "Ничего не удалено: проверьте список и повторите с --yes.",
            "Nothing was removed: look through the list, and repeat with --yes.",
        ),
        (_, true) => say(
            "Удалено из журнала, поиска, цифр, тревог и их файлов, и больше не возьмётся. Старые резервные копии удалите сами.",
            "Removed from journal, search, figures, alerts and their files, and not taken in again. Remove old backups yourself.",
        ),
    };
    println!("{}: {count}. {words}", say("Публикаций", "Posts"));
}
