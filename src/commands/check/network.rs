//! `otklik check --network`: tries every host and port that the configuration needs, and prints what is to be asked of the firewall's owner.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use config::{Config, Settings};
use futures_util::stream::{StreamExt, iter};
use model::Time;
use tokio::net::TcpStream;

use super::needs::{Need, TryBy, needs};
use crate::exit::{Exit, Failure};
use crate::language::{named, say};

/// Tried at a time: a firewall that drops packets makes each wait for its timeout.
const AT_A_TIME: usize = 16;

/// What became of trying one; the words for people where it failed.
type Tried = Result<(), String>;

/// Tries all and prints the table. Fails where something has nobody that answers.
pub async fn check_network(config: &Config) -> Result<Exit, Failure> {
    let needs = needs(config);
    if needs.is_empty() {
        let words = (
            "Сеть не нужна: нет ни включённых источников, ни каналов",
            "The network is not needed: no source and no channel is enabled",
        );
        println!("{}", say(words.0, words.1));
        return Ok(Exit::Done);
    }
    let tries = iter(&needs).map(|need| attempt(need, &config.settings));
    let tried: Vec<Tried> =
        tries.buffered(AT_A_TIME).collect::<Vec<_>>().await.into_iter().collect::<anyhow::Result<_>>()?;
    for line in table(&needs, &tried) {
        println!("{line}");
    }
    let closed = closed(&needs, &tried);
    if closed.is_empty() {
        println!("\n{}", say("Всё нужное отвечает", "All that is needed answers"));
        return Ok(Exit::Done);
    }
    let words = say(
        "Не отвечает; попросите владельца межсетевого экрана открыть узлы и порты таблицы, у которых нет «отвечает», или укажите proxy",
        "No answer; ask the owner of the firewall to open the hosts and ports of the table that do not answer, or give a proxy",
    );
    println!("\n✗ {words}: {}", closed.join(", "));
    Ok(Exit::Failed)
}

async fn attempt(need: &Need, settings: &Settings) -> anyhow::Result<Tried> {
    match &need.try_by {
        TryBy::Asking(url, answerer) => {
            let version = env!("CARGO_PKG_VERSION");
            let probed = ingest::probe(url, &need.way, *answerer, settings, version, Arc::new(Time::now)).await?;
            Ok(probed.map_err(|(outcome, detail)| {
                let detail = detail.filter(|_| !outcome.says_all()).map(|detail| format!(" ({detail})"));
                format!("{}{}", named(outcome.name()), detail.unwrap_or_default())
            }))
        }
        TryBy::Connecting => {
            let time = Duration::from_secs(settings.fetch.connect_timeout_s.into());
            let connecting = TcpStream::connect((need.host.as_str(), need.port));
            Ok(match tokio::time::timeout(time, connecting).await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(error)) => Err(error.to_string()),
                Err(_) => Err(named("timeout").to_owned()),
            })
        }
    }
}

/// The lines of the table: host, port, way, what for, and what became of it.
fn table(needs: &[Need], tried: &[Tried]) -> Vec<String> {
    let head = [say("узел", "host"), say("порт", "port"), say("через", "through"), say("для чего", "what for")];
    let mut rows = vec![(head.map(str::to_owned), say("итог", "result").to_owned())];
    for (need, tried) in needs.iter().zip(tried) {
        let through =
            need.way.proxy().map_or_else(|| say("напрямую", "directly").to_owned(), |proxy| proxy.url.clone());
        let result = match tried {
            Ok(()) => say("отвечает", "answers").to_owned(),
            Err(words) => format!("✗ {words}"),
        };
        rows.push(([need.host.clone(), need.port.to_string(), through, need.what.join(", ")], result));
    }
    let widths: [usize; 4] =
        std::array::from_fn(|n| rows.iter().map(|(cells, _)| cells[n].chars().count()).max().unwrap_or(0));
    let line = |(cells, result): &([String; 4], String)| {
        let cells = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}  "));
        cells.collect::<String>() + result
    };
    rows.iter().map(line).collect()
}

/// What nothing answers for. Of several hosts and ways to the same one is enough.
fn closed(needs: &[Need], tried: &[Tried]) -> Vec<String> {
    let mut open: BTreeMap<&str, bool> = BTreeMap::new();
    for (need, tried) in needs.iter().zip(tried) {
        for what in &need.what {
            *open.entry(what).or_default() |= tried.is_ok();
        }
    }
    open.into_iter().filter(|(_, open)| !open).map(|(what, _)| what.to_owned()).collect()
}
