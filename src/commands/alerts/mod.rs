//! `otklik alerts`.

mod act;
mod quiet;
mod show;

use crate::cli;
use crate::client::Client;
use crate::configuration::Locations;
use crate::exit::{Exit, Failure};
use crate::instance::OpenMode;
use crate::roles::Role;

/// Shows alerts, or does something with one.
pub async fn alerts(locations: &Locations, args: cli::Alerts) -> Result<Exit, Failure> {
    let client = Client::connect(locations, OpenMode::inspect(&[Role::Alerts])).await?;
    let config = client.config().await?;
    match args.command {
        Some(command) => act::run(&client, &config, command).await?,
        None if args.follow => show::follow(&client, &config, args.all).await?,
        None => show::print_all(&client, &config, args.all, args.json).await?,
    }
    client.close().await;
    Ok(Exit::Done)
}
