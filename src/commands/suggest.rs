//! `otklik sources suggest`.

use crate::client::Client;
use crate::commands::output::print_json;
use crate::configuration::Locations;
use crate::exit::{Exit, Failure};
use crate::instance::OpenMode;
use crate::instance::operations::suggestions::{Query, Suggestion};
use crate::language::say;
use crate::roles::Role;

/// A sample shows this much of its text.
const SHOWN_CHARS: usize = 120;

/// Shows channels and communities that posts lead to and that no source reads, with the lines to paste.
pub async fn suggest(locations: &Locations, query: Query, json: bool) -> Result<Exit, Failure> {
    let client = Client::connect(locations, OpenMode::inspect(&[Role::Facts])).await?;
    let suggestions: Vec<Suggestion> = client.get("/own/suggest", &query).await?;
    client.close().await;
    if json {
        print_json(&suggestions)?;
        return Ok(Exit::Done);
    }
    if suggestions.is_empty() {
        println!(
            "{}",
            say("Незнакомых каналов и сообществ не найдено.", "No unknown channels or communities were found.")
        );
    }
    for suggestion in &suggestions {
        println!(
            "# {}: {} {}, {} {}",
            suggestion.address,
            say("публикаций", "posts"),
            suggestion.posts,
            say("из источников", "of sources"),
            suggestion.sources
        );
        for sample in &suggestion.samples {
            let words: Vec<&str> = sample.text.split_whitespace().collect();
            let text: String = words.join(" ").chars().take(SHOWN_CHARS).collect();
            println!("#   {}  {text}", sample.url.as_deref().unwrap_or(&sample.id));
        }
        println!("{}", suggestion.toml);
    }
    Ok(Exit::Done)
}
