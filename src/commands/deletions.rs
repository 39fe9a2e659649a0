//! `otklik deletions`.

use model::Time;

use crate::cli;
use crate::client::Client;
use crate::commands::import::until_counted;
use crate::commands::output::print_json;
use crate::configuration::Locations;
use crate::exit::{Exit, Failure};
use crate::instance::OpenMode;
use crate::instance::operations::deletions::Deleted;
use crate::language::say;
use crate::roles::Role;

/// Lists deleted posts by id and time, and tells from where their text is gone.
pub async fn deletions(locations: &Locations, args: cli::Deletions) -> Result<Exit, Failure> {
    let mode = if args.purge { OpenMode::pipeline() } else { OpenMode::inspect(&[Role::Facts]) };
    let client = Client::connect(locations, mode).await?;
    if args.purge {
        until_counted(&client, say("Поиск и цифры", "Search and figures")).await?;
        client.post::<Option<Time>>("/own/purge", &(), Vec::new()).await?;
    }
    let deleted: Vec<Deleted> = client.get("/own/deletions", &serde_json::json!({ "limit": args.limit })).await?;
    let zone = client.config().await?.timezone().clone();
    client.close().await;
    if args.json {
        print_json(&deleted)?;
        return Ok(Exit::Done);
    }
    if deleted.is_empty() {
        println!("{}", say("Удалённых публикаций нет.", "No post was deleted."));
        return Ok(Exit::Done);
    }
    let time = |time: Time| time.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string();
    let later = say("при ночной очистке", "with the next purge");
    println!(
        "{:<34}{:<20}{:<22}{:<22}{}",
        say("публикация", "post"),
        say("источник", "source"),
        say("журнал и тревоги", "journal and alerts"),
        say("поиск", "index"),
        say("цифры", "figures")
    );
    for post in &deleted {
        let gone = |at: Option<Time>| at.map_or(later.to_owned(), time);
        println!("{:<34}{:<20}{:<22}{:<22}{}", post.id, post.source, time(post.at), gone(post.index), gone(post.facts));
    }
    Ok(Exit::Done)
}
