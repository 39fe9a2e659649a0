//! `otklik audit`.

use alerts::{AuditCheck, AuditEntry};

use crate::cli::{self, AuditCommand};
use crate::client::Client;
use crate::commands::output::print_json;
use crate::configuration::Locations;
use crate::exit::{Exit, Failure};
use crate::instance::OpenMode;
use crate::language::say;
use crate::roles::Role;

/// Shows the newest entries, or checks the chain.
pub async fn audit(locations: &Locations, args: cli::Audit) -> Result<Exit, Failure> {
    let client = Client::connect(locations, OpenMode::inspect(&[Role::Alerts])).await?;
    let exit = match args.command {
        Some(AuditCommand::Verify { json }) => verify(&client, json).await?,
        None => {
            let entries = newest(&client, args.subject.as_deref(), args.limit).await?;
            let config = client.config().await?;
            if args.json {
                print_json(&entries)?;
            }
            for entry in entries.iter().filter(|_| !args.json) {
                let at = entry.at.to_zoned_datetime(config.timezone().clone()).strftime("%d.%m.%Y %H:%M:%S");
                let detail = if entry.detail.is_empty() { String::new() } else { format!("  {}", entry.detail) };
                println!("{:>6}  {at}  {:<16} {:<16} {}{detail}", entry.n, entry.who, entry.what, entry.subject);
            }
            Exit::Done
        }
    };
    client.close().await;
    Ok(exit)
}

/// The newest entries, oldest first, in as many pages as they take.
async fn newest(client: &Client, subject: Option<&str>, limit: usize) -> Result<Vec<AuditEntry>, Failure> {
    let (mut entries, mut before) = (Vec::new(), None::<u64>);
    while entries.len() < limit {
        let query = serde_json::json!({ "subject": subject, "limit": limit - entries.len(), "before": before });
        let mut page: Vec<AuditEntry> = client.get("/api/audit", &query).await?;
        let Some(first) = page.first() else { break };
        before = Some(first.n);
        page.append(&mut entries);
        entries = page;
    }
    Ok(entries)
}

async fn verify(client: &Client, json: bool) -> Result<Exit, Failure> {
    let check: AuditCheck = client.get("/api/audit/verify", &()).await?;
    if json {
        print_json(&check)?;
    } else {
        match check.broken_at {
            None => println!("{}: {}; {}", say("Записи целы", "The record is whole"), check.entries, check.last_hash),
            Some(n) => println!(
                "{} {n}: {}",
                say("Цепочка нарушена на записи", "The chain is broken at entry"),
                say(
                    "её или одну из прежних меняли в обход программы; сравните с резервной копией",
                    "it or an earlier one was changed past the program; compare with a backup"
                )
            ),
        }
    }
    Ok(if check.broken_at.is_none() { Exit::Done } else { Exit::Failed })
}
