//! `otklik dead-letters`.

use model::DeadLetter;

use crate::cli;
use crate::client::Client;
use crate::commands::output::print_json;
use crate::configuration::Locations;
use crate::exit::{Exit, Failure};
use crate::instance::OpenMode;
use crate::instance::operations::dead_letters::Retried;
use crate::language::say;

/// Shows what could not be understood, newest first. Payloads are shown only as JSON: they can be long and can name people.
pub async fn dead_letters(locations: &Locations, args: cli::DeadLetters) -> Result<Exit, Failure> {
    let client = Client::connect(locations, OpenMode::inspect(&[])).await?;
    if args.retry {
        let retried: Retried = client.post("/own/dead-letters", &(), Vec::new()).await?;
        client.close().await;
        println!("{}: {}", say("Возвращено в работу", "Taken up again"), retried.again);
        if retried.stay > 0 {
            let why = say("остались: целого сообщения в них нет", "stay: they hold no whole message");
            println!("{}: {}", why, retried.stay);
        }
        return Ok(Exit::Done);
    }
    let letters: Vec<DeadLetter> = client.get("/own/dead-letters", &serde_json::json!({ "limit": args.limit })).await?;
    client.close().await;
    if args.json {
        print_json(&letters)?;
        return Ok(Exit::Done);
    }
    if letters.is_empty() {
        println!("{}", say("Непонятых сообщений нет.", "There are no dead letters."));
    }
    for letter in &letters {
        println!("{}  {}  {}  {}  {}", letter.at, letter.stage, letter.source, letter.position, letter.reason);
    }
    Ok(Exit::Done)
}
