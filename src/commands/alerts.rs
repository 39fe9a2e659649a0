//! `otklik alerts`.

use ::alerts::AlertView;

use crate::cli::{self, Places, Role};
use crate::client::Client;
use crate::commands::print_json;
use crate::instance::Purpose;
use crate::language::say;
use crate::{Exit, Failure};

/// Shows alerts, newest last, so that the newest stands above the prompt.
pub async fn alerts(places: &Places, args: cli::Alerts) -> Result<Exit, Failure> {
    let client = Client::connect(places, Purpose::look(&[Role::Alerts])).await?;
    let config = client.config().await?;
    let alerts: Vec<AlertView> = client.get("/api/alerts", &serde_json::json!({ "all": args.all })).await?;
    client.close().await;
    if args.json {
        print_json(&alerts)?;
        return Ok(Exit::Done);
    }
    if alerts.is_empty() {
        println!("{}", say("Открытых тревог нет.", "There are no open alerts."));
    }
    for alert in alerts.iter().rev() {
        println!("{}\n", ::alerts::text(alert, &config));
    }
    Ok(Exit::Done)
}
