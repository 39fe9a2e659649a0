//! `otklik status`.

use jiff::tz::TimeZone;
use model::Time;
use web::{AlertsStatus, ArchiveStatus, PlatformHosts, RebuildingStatus, SourceStatus, Status};

use crate::cli;
use crate::client::Client;
use crate::commands::output::{print_json, rebuilding};
use crate::configuration::Locations;
use crate::exit::{Exit, Failure};
use crate::instance::OpenMode;
use crate::language::{named, say};
use crate::roles::Role;

/// Shows every role, source, position, lag and size.
pub async fn status(locations: &Locations, args: cli::Status) -> Result<Exit, Failure> {
    let parts = [Role::Store, Role::Facts, Role::Alerts];
    let client = Client::connect(locations, OpenMode::inspect(&parts)).await?;
    let status: Status = client.get("/api/status", &()).await?;
    // The whole configuration of the owner, with all its rules, would take longer to read than the answer to make.
    let zone = match status.timezone.as_deref().and_then(|name| TimeZone::get(name).ok()) {
        Some(zone) => zone,
        None => client.config().await?.timezone().clone(),
    };
    client.close().await;
    if args.json {
        print_json(&status)?;
    } else {
        print(&status, &zone);
    }
    Ok(Exit::Done)
}

fn print(status: &Status, zone: &TimeZone) {
    println!(
        "otklik {} · {} · {} {}",
        status.version,
        local(status.now, zone),
        say("набор правил", "rule set"),
        status.rules
    );
    print_parts(status, zone);
    print_roles(status);
    println!(
        "\n{:<24}{:<10}{:<21}{:<21}{:<14}{}",
        say("источник", "source"),
        say("площадка", "platform"),
        say("опрошен", "polled"),
        say("следующий", "next"),
        say("увидит за", "seen within"),
        say("исход", "outcome")
    );
    status.sources.iter().for_each(|source| print_source(source, zone));
    status.hosts.iter().for_each(|platform| print_hosts(platform, zone));
}

fn local(time: Time, zone: &TimeZone) -> String {
    time.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Sizes of the parts, and what is not delivered.
fn print_parts(status: &Status, zone: &TimeZone) {
    let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
    let bytes = status.journal.bytes.map_or(String::new(), megabytes);
    println!("{:<16}{:>10}  {bytes}", say("журнал", "journal"), status.journal.posts);
    if let Some(index) = &status.index {
        println!("{:<16}{:>10}  {}", say("поиск", "index"), index.docs, megabytes(index.bytes));
        if let Some(RebuildingStatus { done, total }) = index.rebuilding {
            println!("  {}: {done}/{total}", rebuilding());
        }
    }
    if let Some(facts) = &status.facts {
        let posts = facts.posts.map_or("—".into(), |posts| posts.to_string());
        println!("{:<16}{posts:>10}  {}", say("цифры", "facts"), facts.error.as_deref().unwrap_or(""));
    }
    status.alerts.iter().for_each(print_alerts);
    if let Some(ArchiveStatus { before, at }) = status.archive {
        let since = before.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d");
        println!(
            "{:<16}{since:>10}  {} {}",
            say("архив с", "kept since"),
            say("прежнее убрано", "older removed"),
            local(at, zone)
        );
    }
    println!("{:<16}{:>10}", say("не понято", "dead letters"), status.dead_letters);
}

fn print_alerts(alerts: &AlertsStatus) {
    println!(
        "{:<16}{:>10}  {} {}, {} {}",
        say("тревоги", "alerts"),
        alerts.open,
        say("не доставлено", "pending"),
        alerts.pending,
        say("доставлено", "sent"),
        alerts.sent
    );
    if alerts.critical_late > 0 {
        println!(
            "‼ {}: {}",
            say("НЕ ДОСТАВЛЕНО критических сообщений", "CRITICAL MESSAGES NOT DELIVERED"),
            alerts.critical_late
        );
    }
    if alerts.undelivered + alerts.unconfirmed > 0 {
        println!(
            "  {}: {}, {}: {}",
            say("никуда не ушло", "undelivered"),
            alerts.undelivered,
            say("доставка не подтверждена", "unconfirmed"),
            alerts.unconfirmed
        );
    }
}

fn print_roles(status: &Status) {
    println!(
        "\n{:<16}{:>12}{:>8}{:>10}{:>9}",
        say("роль", "role"),
        say("место", "position"),
        say("отстаёт", "lag"),
        say("сделано", "done"),
        say("отказов", "refused")
    );
    for role in &status.roles {
        let error = role.error.as_deref().unwrap_or("");
        let node = role.node.as_deref().unwrap_or("");
        println!(
            "{:<16}{:>12}{:>8}{:>10}{:>9}  {node}  {error}",
            role.role, role.position, role.lag, role.done, role.refused
        );
    }
}

/// Which hosts of a platform do not answer, where there is anything to say.
fn print_hosts(platform: &PlatformHosts, zone: &TimeZone) {
    let failed = platform.hosts.iter().filter_map(|host| Some((host, host.failed_at?, host.reason.as_deref()?)));
    let failed: Vec<_> = failed.collect();
    if failed.is_empty() {
        return;
    }
    match platform.down_since {
        Some(since) => {
            let words = say("не отвечает ни один узел с", "none of its hosts answers since");
            let network =
                say("что открыть, скажет otklik check --network", "otklik check --network tells what to open");
            println!("\n‼ {}: {words} {}; {network}", platform.platform, local(since, zone));
        }
        None => println!("\n{}: {} {}", platform.platform, say("спрашивается", "asked is"), platform.asked),
    }
    for (host, at, reason) in failed {
        println!("    {} {}: {reason}", local(at, zone), host.host);
    }
}

fn print_source(source: &SourceStatus, zone: &TimeZone) {
    let outcome = match (source.enabled, &source.outcome) {
        (false, _) => say("выключен", "off"),
        (true, None) => say("ещё нет", "not yet"),
        (true, Some(outcome)) => named(outcome),
    };
    let time = |time: Option<Time>| time.map_or(String::new(), |time| local(time, zone));
    let latency = source.latency_s.map(|seconds| format!("{} {}", seconds.div_ceil(60), say("мин", "min")));
    let since =
        source.failing_since.map(|since| format!("  {} {}", say("не читается с", "failing since"), time(Some(since))));
    println!(
        "{:<24}{:<10}{:<21}{:<21}{:<14}{outcome}{}",
        source.id,
        source.platform,
        time(source.last_at),
        time(source.next_at),
        latency.unwrap_or_default(),
        since.unwrap_or_default()
    );
    // What the source said is the only clue to an outcome that nobody foresaw.
    if let Some(detail) = source.detail.as_deref().filter(|_| source.enabled && source.failing_since.is_some()) {
        println!("    {detail}");
    }
    if source.blocks_unread > 0 {
        let words = say("не понято записей на странице", "blocks of the page not understood");
        println!("    {words}: {}/{}", source.blocks_unread, source.blocks);
    }
}
