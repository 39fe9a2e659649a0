//! `otklik audit`.

use alerts::{AuditCheck, AuditEntry};

use crate::cli::{self, AuditCommand, Places, Role};
use crate::client::Client;
use crate::commands::print_json;
use crate::instance::Purpose;
use crate::language::say;
use crate::{Exit, Failure};

/// Shows the newest entries, or checks the chain.
pub async fn audit(places: &Places, args: cli::Audit) -> Result<Exit, Failure> {
    let client = Client::connect(places, Purpose::look(&[Role::Alerts])).await?;
    let exit = match args.command {
        Some(AuditCommand::Verify { json }) => verify(&client, json).await?,
        None => {
            let query = serde_json::json!({ "subject": args.subject, "limit": args.limit });
            let entries: Vec<AuditEntry> = client.get("/api/audit", &query).await?;
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
