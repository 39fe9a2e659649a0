//! `otklik sources`.

use jiff::civil::Date;
use web::{Ledger, LedgerLine};

use crate::client::Client;
use crate::commands::output::print_json;
use crate::configuration::Locations;
use crate::exit::{Exit, Failure};
use crate::instance::OpenMode;
use crate::language::{named, say};
use crate::roles::Role;

/// Shows what was seen of every source on a day, and what could not be seen.
pub async fn sources(locations: &Locations, day: Option<Date>, json: bool) -> Result<Exit, Failure> {
    let client = Client::connect(locations, OpenMode::inspect(&[Role::Facts])).await?;
    let ledger: Ledger = client.get("/api/sources", &serde_json::json!({ "day": day })).await?;
    client.close().await;
    if json {
        print_json(&ledger)?;
        return Ok(Exit::Done);
    }
    if ledger.sources.is_empty() {
        println!("{}", say("Включённых источников нет.", "No source is switched on."));
        return Ok(Exit::Done);
    }
    println!(
        "{}\n{:<24}{:>9}{:>7}{:>9}{:>7}{:>8}{:>10}{:>10}{:>8}  {}",
        ledger.day,
        say("источник", "source"),
        say("опросов", "polls"),
        say("стр.", "pages"),
        say("записей", "posts"),
        say("новых", "new"),
        say("дыр", "id gaps"),
        say("не понято", "unparsed"),
        say("не видели", "blind"),
        say("квота", "quota"),
        say("отказы", "refusals")
    );
    ledger.sources.iter().for_each(print_line);
    Ok(Exit::Done)
}

fn print_line(line: &LedgerLine) {
    let seen = &line.seen;
    let mut refusals: Vec<String> =
        seen.refusals.iter().map(|(outcome, times)| format!("{} ×{times}", named(outcome))).collect();
    if seen.dropped > 0 {
        refusals.push(format!("{} ×{}", say("не взято намеренно", "left out on purpose"), seen.dropped));
    }
    // «No posts» and «nobody looked» must not look alike.
    let said = match (seen.polls, refusals.is_empty()) {
        (0, _) => say("не опрашивался", "not polled").to_owned(),
        (_, true) => "—".to_owned(),
        (_, false) => refusals.join(", "),
    };
    println!(
        "{:<24}{:>9}{:>7}{:>9}{:>7}{:>8}{:>10}{:>10}{:>8}  {said}",
        line.source,
        seen.polls,
        seen.pages,
        seen.posts,
        seen.new,
        seen.id_gaps,
        seen.unparsed,
        duration(seen.longest_blind_s),
        seen.quota_left.map_or("—".to_owned(), |left| left.to_string())
    );
}

/// `2h05m`, `7m`, `—`.
fn duration(seconds: u64) -> String {
    match (seconds / 3600, seconds / 60 % 60) {
        (0, 0) if seconds == 0 => "—".to_owned(),
        (0, 0) => format!("{seconds}s"),
        (0, minutes) => format!("{minutes}m"),
        (hours, minutes) => format!("{hours}h{minutes:02}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_are_short() {
        for (seconds, text) in [(0, "—"), (59, "59s"), (60, "1m"), (7500, "2h05m"), (86_400, "24h00m")] {
            assert_eq!(duration(seconds), text);
        }
    }
}
