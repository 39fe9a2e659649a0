//! `otklik replay`.

use crate::cli::{self, Places};
use crate::client::Client;
use crate::commands::import::until_counted;
use crate::commands::time::{self, End};
use crate::instance::Purpose;
use crate::instance::replay::Replayed;
use crate::language::say;
use crate::{Exit, Failure};

/// Classifies again what came into the journal since a time, and ends when search and figures have it.
pub async fn replay(places: &Places, args: cli::Replay) -> Result<Exit, Failure> {
    let client = Client::connect(places, Purpose::pipeline()).await?;
    let from = time::parse(&args.from, End::From, client.config().await?.timezone())?;
    let replayed: Replayed =
        client.post("/own/replay", &serde_json::json!({ "from": from.to_string() }), Vec::new()).await?;
    until_counted(&client, say("Поиск и цифры", "Search and figures")).await?;
    client.close().await;
    println!(
        "{}: {}, {} {}",
        say("Размечено заново публикаций", "Posts classified again"),
        replayed.posts,
        say("набор правил №", "rule set no."),
        replayed.rules
    );
    Ok(Exit::Done)
}
