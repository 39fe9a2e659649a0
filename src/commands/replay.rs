//! `otklik replay`.

use anyhow::{Context, Result, anyhow};

use crate::cli;
use crate::client::Client;
use crate::commands::import::{bar, until_counted};
use crate::commands::lines::Lines;
use crate::commands::time::{self, End};
use crate::configuration::Locations;
use crate::exit::{Exit, Failure};
use crate::instance::OpenMode;
use crate::instance::operations::replay::{ReplayLine, Replayed};
use crate::language::say;

/// Classifies again what came into the journal since a time, and of the archive what was read since; ends when search and figures have it.
pub async fn replay(locations: &Locations, args: cli::Replay) -> Result<Exit, Failure> {
    let client = Client::connect(locations, OpenMode::pipeline()).await?;
    let from = time::parse(&args.from, End::From, client.config().await?.timezone())?;
    let (bar, mut end) = (bar(0, say("Журнал", "Journal")), None);
    let take = |line: &[u8]| {
        match serde_json::from_slice(line).context("what the replay tells is not understood")? {
            ReplayLine::Progress { archive, done, of } => {
                bar.set_message(if archive { say("Архив", "Archive") } else { say("Журнал", "Journal") });
                bar.set_length(of);
                bar.set_position(done);
            }
            ReplayLine::Replayed(replayed) => end = Some(Ok(replayed)),
            ReplayLine::Failed(error) => end = Some(Err(error)),
        }
        Ok(())
    };
    let query = serde_json::json!({ "from": from.to_string() });
    let asked = client.post_to("/own/replay", &query, &mut Lines::to(take)).await;
    bar.finish_and_clear();
    let replayed: Result<Replayed> = match (asked, end) {
        (Ok(()), Some(end)) => end.map_err(|error| anyhow!(error)),
        (Ok(()), None) => Err(anyhow!("the replay ended early; start it once more, and it goes on from there")),
        (Err(error), _) => Err(error),
    };
    if replayed.is_ok() {
        until_counted(&client, say("Поиск и цифры", "Search and figures")).await?;
    }
    client.close().await;
    let replayed = replayed?;
    println!(
        "{}: {}, {} {}",
        say("Размечено заново публикаций", "Posts classified again"),
        replayed.posts,
        say("набор правил №", "rule set no."),
        replayed.rules
    );
    Ok(Exit::Done)
}
