//! `otklik digest`.

use anyhow::{Context, anyhow};
use jiff::civil::Date;

use crate::cli::{self, Places, Role};
use crate::client::Client;
use crate::instance::Purpose;
use crate::instance::admin::Now;
use crate::language::say;
use crate::{Exit, Failure};

/// Shows the digest of a day in words, as JSON, or writes its page.
pub async fn digest(places: &Places, args: cli::Digest) -> Result<Exit, Failure> {
    let client = Client::connect(places, Purpose::look(&[Role::Store, Role::Facts, Role::Alerts])).await?;
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
            std::fs::write(path, page).with_context(|| format!("cannot write {}", path.display()))?;
            println!("{} {date}: {}", say("Сводка за", "Digest of"), path.display());
        }
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
