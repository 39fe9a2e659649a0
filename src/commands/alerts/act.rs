//! What people do with alerts.

use ::alerts::{Action, ActionRequest, AnswerMark, Matcher};
use config::Config;
use model::PostId;

use super::{quiet, show};
use crate::cli::{AlertCommand, Which};
use crate::client::Client;
use crate::commands::time::{End, parse};
use crate::exit::Failure;
use crate::instance::http::admin::act::{Acting, Done};
use crate::instance::http::admin::maintenance::Now;

/// Runs a subcommand.
pub async fn run(client: &Client, config: &Config, command: AlertCommand) -> Result<(), Failure> {
    let on = |alert, action, reason: String, to| ActionRequest::Alert { alert, action, reason, to };
    let (act, by) = match command {
        AlertCommand::Show { id, by, forward } => return show::show(client, config, &id, by.as_deref(), forward).await,
        AlertCommand::Quiet { days, json } => return quiet::quiet(client, config, days, json).await,
        AlertCommand::Noisy { days, json } => return quiet::noisy(client, days, json).await,
        AlertCommand::Ack { id, by } => (on(id, Action::Ack, String::new(), None), by),
        AlertCommand::Work { id, by } => (on(id, Action::Work, String::new(), None), by),
        AlertCommand::Assign { id, by, to, reason } => (on(id, Action::Assign, reason, to), by),
        AlertCommand::Close { id, by, reason, is_false } => {
            (on(id, if is_false { Action::FalseAlarm } else { Action::Resolve }, reason, None), by)
        }
        AlertCommand::Answer { id, by, mark } => {
            (ActionRequest::Answer { alert: id, mark: mark.as_deref().and_then(AnswerMark::parse) }, by)
        }
        AlertCommand::Move { post, by, to } => {
            let post = PostId::new(post).map_err(|error| Failure::usage(error.to_string()))?;
            (ActionRequest::Move { post, to }, by)
        }
        AlertCommand::Silence { which, by, reason, until } => {
            let until = parse(&until, End::To, config.timezone())?;
            (ActionRequest::Silence { matcher: matcher(which), reason, until }, by)
        }
        AlertCommand::Cause { which, by, reason, from, until, expected } => {
            let from = match from {
                Some(from) => parse(&from, End::From, config.timezone())?,
                None => client.get::<Now>("/own/now", &()).await?.now,
            };
            let until = parse(&until, End::To, config.timezone())?;
            (ActionRequest::Cause { matcher: matcher(which), reason, from, until, expected }, by)
        }
        AlertCommand::End { id, by } => (ActionRequest::End { id }, by),
    };
    println!("{}", perform(client, &act, &by.by).await?);
    Ok(())
}

/// Asks for it, and returns what was done in words.
pub async fn perform(client: &Client, act: &ActionRequest, by: &str) -> anyhow::Result<String> {
    let acting = Acting { by: by.to_owned(), act: serde_json::to_string(act)? };
    let done: Done = client.post("/own/act", &acting, Vec::new()).await?;
    Ok(done.done)
}

fn matcher(which: Which) -> Matcher {
    let Which { kind, topic, sector, place, rule } = which;
    Matcher { rules: rule, kinds: kind, topics: topic, sectors: sector, places: place }
}
