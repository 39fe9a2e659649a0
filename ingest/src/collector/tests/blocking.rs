//! Pages of a provider or of the regulator, and certificates of others, in place of what was asked for.

use super::telegram_channels::{self, Channel, message, preview};
use super::*;
use crate::test_server::tls;

const NOTICE: &str = "<html><head><title>Доступ ограничен</title></head><body>Доступ к информационному ресурсу ограничен на \
                      основании 149-ФЗ. Канала с таким именем нет.</body></html>";

/// Whoever stands in between answers in one of these ways, each known by its path.
fn in_between(way: &str, elsewhere: &str) -> Response<Body> {
    let html = [("content-type", "text/html")];
    match way {
        "notice" => answer(200, &html, NOTICE),
        "notice-in-1251" => answer(200, &html, encoding_rs::WINDOWS_1251.encode(NOTICE).0.into_owned()),
        "any-words" => answer(200, &html, "<p>Оплатите доступ в Интернет</p>"),
        "plain" => answer(200, &[], "t.me: blocked"),
        "nothing" => answer(200, &[], "\n"),
        "403" => answer(403, &html, NOTICE),
        "451" => answer(451, &html, NOTICE),
        "redirect" => answer(302, &[("location", elsewhere)], ""),
        _ => panic!("{way}"),
    }
}

const WAYS: [(&str, &str, &str); 8] = [
    ("notice", "foreign_page", "a page that is not the platform's, titled «Доступ ограничен»"),
    ("notice-in-1251", "foreign_page", "a page that is not the platform's, titled «Доступ ограничен»"),
    ("any-words", "foreign_page", "a page that is not the platform's"),
    ("plain", "foreign_page", "a page that is not the platform's"),
    ("nothing", "body_broken", "an empty answer"),
    ("403", "forbidden", "HTTP 403"),
    ("451", "foreign_page", "HTTP 451, closed by order of an authority"),
    ("redirect", "foreign_page", "redirected to another host, localhost"),
];

fn channel() -> Channel {
    [(2, message("Нет воды", "2026-11-01T09:00:00+00:00"))].into()
}

#[tokio::test]
async fn whoever_answers_in_telegrams_place_is_named_and_is_neither_silence_nor_a_missing_channel() {
    let (_site, genuine) = Site::serve(channel(), preview).await;
    for (way, outcome, words) in WAYS {
        let server = Server::start(move |_| in_between(way, "http://localhost:1/blocked")).await;
        let world = World::new(&server, &telegram_channels::address(), false);
        let coverage = world.poll().await;
        assert_eq!((coverage.outcome.as_str(), coverage.detail.as_deref()), (outcome, Some(words)), "{way}");
        assert_eq!((coverage.covers_from, coverage.new, coverage.deleted), (None, 0, 0), "{way}");
        let next = if outcome == "forbidden" { 600 } else { 60 };
        assert_eq!(coverage.next_at.unwrap().duration_since(coverage.at).as_secs(), next, "{way}");
        assert_eq!(world.journal.read::<Coverage>(Stream::Coverage), [coverage], "{way}: one entry a poll");

        let world = World::configured(&server, &telegram_channels::address(), false, |config| {
            config.settings.telegram.preview.push(genuine.base.clone());
            config.settings.fetch.allow_private.push(genuine.host.clone());
        });
        let coverage = world.poll().await;
        assert_eq!((coverage.outcome.as_str(), coverage.new), ("ok", 1), "{way}: the next host answers");
        assert_eq!(world.collector.hosts()[0].hosts[0].reason.as_deref(), Some(words), "{way}");
    }
}

#[tokio::test]
async fn a_certificate_of_another_name_is_no_answer() {
    let (_site, genuine) = Site::serve(channel(), preview).await;
    let other = tls::of_another_name().await;
    for (with_genuine, outcome, new) in [(false, "certificate", 0), (true, "ok", 1)] {
        let world = World::configured(&genuine, &telegram_channels::address(), false, |config| {
            config.settings.fetch.allow_private.push(other.trim_start_matches("https://").to_owned());
            config.settings.telegram.preview.insert(0, other.clone());
            config.settings.telegram.preview.truncate(1 + usize::from(with_genuine));
        });
        let coverage = world.poll().await;
        assert_eq!((coverage.outcome.as_str(), coverage.new), (outcome, new), "{:?}", coverage.detail);
        let reason = world.collector.hosts()[0].hosts[0].reason.clone().unwrap();
        assert!(reason.starts_with("the certificate is not to be trusted for this host"), "{reason}");
    }
}

#[tokio::test]
async fn whoever_answers_in_vks_place_is_named() {
    for (way, outcome, words) in WAYS {
        let server = Server::start(move |_| in_between(way, "http://localhost:1/blocked")).await;
        let world = World::new(&server, &[Address::Vk(-5)], true);
        let coverage = world.poll().await;
        assert_eq!((coverage.outcome.as_str(), coverage.detail.as_deref()), (outcome, Some(words)), "{way}");
        let next = if outcome == "forbidden" { 600 } else { 60 };
        assert_eq!(coverage.next_at.unwrap().duration_since(coverage.at).as_secs(), next, "{way}");
        assert_eq!(server.asked().len(), 1, "{way}");
    }
}

#[tokio::test]
async fn a_notice_in_a_portals_place_and_another_site_after_a_redirect_are_named() {
    let provider =
        Server::start(|_| answer(200, &[], "<html><title>Провайдер</title><p>Услуга недоступна</p></html>")).await;
    let port = provider.host.rsplit(':').next().unwrap().to_owned();
    let elsewhere = format!("http://localhost:{port}/blocked");
    let server = Server::start(move |asked| in_between(asked.target.trim_start_matches('/'), &elsewhere)).await;
    for (way, outcome, next) in [
        ("notice", "foreign_page", 60),
        ("notice-in-1251", "foreign_page", 60),
        ("redirect", "foreign_page", 60),
        // Any site may say any words: only what is known to be a notice is called one.
        ("any-words", "not_this_format", 600),
    ] {
        let address = Address::Portal(format!("{}/{way}", server.base));
        let world = World::configured(&server, &[address], false, |config| {
            config.settings.fetch.allow_private.push(format!("localhost:{port}"));
        });
        let coverage = world.poll().await;
        assert_eq!((coverage.outcome.as_str(), coverage.covers_from), (outcome, None), "{way}: {:?}", coverage.detail);
        assert_eq!(coverage.next_at.unwrap().duration_since(coverage.at).as_secs(), next, "{way}");
    }
}
