//! `otklik digest`.

use std::io::Write;

use anyhow::{Context, anyhow};
use jiff::civil::Date;

use crate::cli;
use crate::client::Client;
use crate::configuration::Locations;
use crate::exit::{Exit, Failure};
use crate::instance::OpenMode;
use crate::instance::http::admin::maintenance::Now;
use crate::language::say;
use crate::private;
use crate::roles::Role;
use crate::terminal::ShownJson;

/// Shows the digest of a day in words, as JSON, or writes its page.
pub async fn digest(locations: &Locations, args: cli::Digest) -> Result<Exit, Failure> {
    let client = Client::connect(locations, OpenMode::inspect(&[Role::Store, Role::Facts, Role::Alerts])).await?;
    let date = match args.date {
        Some(date) => date,
        None => yesterday(&client, client.config().await?.timezone()).await?,
    };
    let format = match (&args.out, args.json) {
        (Some(_), _) => "html",
        (None, true) => "json",
        (None, false) => "text",
    };
    let page = client.get_bytes("/api/digest", &serde_json::json!({ "date": date, "format": format })).await?;
    client.close().await;
    match &args.out {
        Some(path) => {
            private::create_as_usual(path)
                .and_then(|mut file| file.write_all(&page))
                .with_context(|| format!("cannot write {}", path.display()))?;
            println!("{} {date}: {}", say("Сводка за", "Digest of"), path.display());
        }
        None if args.json => ShownJson(std::io::stdout().lock()).write_all(&page).context("cannot write")?,
        None => println!("{}", String::from_utf8_lossy(&page).trim_end()),
    }
    Ok(Exit::Done)
}

async fn yesterday(client: &Client, timezone: &jiff::tz::TimeZone) -> anyhow::Result<Date> {
    let now: Now = client.get("/own/now", &()).await?;
    now.now
        .to_zoned_datetime(timezone.clone())
        .date()
        .yesterday()
        .map_err(|_| anyhow!("the instance's clock is out of range"))
}
