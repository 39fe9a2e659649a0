//! `otklik dead-letters`.

use model::DeadLetter;

use crate::cli::{self, Places};
use crate::client::Client;
use crate::commands::print_json;
use crate::instance::Purpose;
use crate::language::say;
use crate::{Exit, Failure};

/// Shows what could not be understood, newest first. Payloads are shown only as JSON: they can be long and can name people.
pub async fn dead_letters(places: &Places, args: cli::DeadLetters) -> Result<Exit, Failure> {
    let client = Client::connect(places, Purpose::look(&[])).await?;
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
