//! `check --network`: the table for the owner of the firewall, from the real binary against servers of ours.

use axum::Router;
use axum::extract::Request;

use crate::support::{Place, Site};

const SOURCES: &str = "[[source]]\nid = 'gorod'\nname = 'Город'\nchannel = 'gorod_news'\n\
                       [[source]]\nid = 'wall'\nname = 'Стена'\nowner = -5\n";

/// A host that answers as Telegram, as VK, and as a provider in somebody's place.
fn host() -> Site {
    Site::new(Router::new().fallback(async |request: Request| match request.uri().path() {
        "/tg/s/gorod_news" => "<section class=\"tgme_channel_history\"></section>",
        "/vk/method/utils.getServerTime" => "{\"error\":{\"error_code\":5}}",
        _ => "<title>Доступ ограничен</title>",
    }))
}

/// Runs the check with these hosts. Returns its exit code, what it says in the end, and the lines of its table as their words.
fn check(telegram: &[String], vk: &[String], portal: &str) -> (i32, String, Vec<String>) {
    let place = Place::new();
    let settings = format!(
        "[fetch]\nallow_private = [\"127.0.0.1\"]\nconnect_timeout_s = 2\n[telegram]\npreview = {telegram:?}\n[vk]\napi = {vk:?}\n"
    );
    let sources = format!("{SOURCES}[[source]]\nid = 'portal'\nname = 'Портал'\nurl = '{portal}'\n");
    let config = place.config(&[("otklik.toml", &settings), ("sources.toml", &sources)]);
    let checked = place.run(&["check", "--network", "--config", &config]);
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines = checked.out.lines().map(words).filter(|line| !line.is_empty());
    let mut lines: Vec<String> = lines.skip_while(|line| !line.starts_with("host port")).skip(1).collect();
    let end = lines.pop().unwrap_or_else(|| panic!("no table: {} {}", checked.out, checked.err));
    (checked.code, end, lines)
}

#[test]
fn every_host_is_tried_and_one_that_answers_is_enough_for_what_it_is_needed_for() {
    let host = host();
    let (base, port) = (host.url(), host.address.port());
    let telegram = ["http://t-me.invalid".to_owned(), format!("{base}/tg")];
    let (code, end, lines) = check(&telegram, &[format!("{base}/vk/method")], &format!("{base}/rss"));
    assert_eq!((code, end.as_str()), (0, "All that is needed answers"));
    assert_eq!(
        lines,
        [
            "t-me.invalid 80 directly Telegram ✗ dns_failed".to_owned(),
            // What several things need is tried once.
            format!("127.0.0.1 {port} directly Telegram, VK, portal answers"),
        ]
    );
}

#[test]
fn whoever_answers_in_anothers_place_and_who_does_not_answer_are_named() {
    let (host, other) = (host(), host());
    let (telegram, vk) = ([format!("{}/elsewhere", host.url())], [format!("{}/vk/method", other.url())]);
    let (code, end, lines) = check(&telegram, &vk, "http://127.0.0.1:1/rss");
    let words = "foreign_page (a page that is not the platform's, titled «Доступ ограничен»)";
    assert_eq!(lines[0], format!("127.0.0.1 {} directly Telegram ✗ {words}", host.address.port()));
    assert_eq!(lines[1], format!("127.0.0.1 {} directly VK answers", other.address.port()));
    assert!(lines[2].starts_with("127.0.0.1 1 directly portal ✗ connect_failed"), "{}", lines[2]);
    assert!(code == 1 && end.starts_with("✗ No answer; ask the owner") && end.ends_with(": Telegram, portal"), "{end}");
}
