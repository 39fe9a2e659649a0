//! Hosts as lists: a host that is held back, slowed down or gone, another that serves the same, and proxies likewise.

use super::telegram_channels::{self, Channel, message, preview};
use super::*;

/// A host of Telegram's preview that the test can make fail.
struct Host {
    channel: Channel,
    fails: bool,
}

/// So much comes through a slowed network before it stops.
const SLOWED: usize = 16 * 1024;

fn host(state: &mut Host, asked: &Asked) -> Response<Body> {
    if !state.fails {
        return preview(&mut state.channel, asked);
    }
    let first: Result<Vec<u8>, std::io::Error> = Ok(vec![b' '; SLOWED]);
    answer(200, &[], Body::from_stream(stream::iter([first]).chain(stream::pending())))
}

fn channel() -> Channel {
    [(1, message("Нет воды", "2026-11-01T09:00:00+00:00"))].into()
}

async fn serve(fails: bool) -> (Site<Host>, Server) {
    Site::serve(Host { channel: channel(), fails }, host).await
}

/// A collector of one channel at these hosts.
fn world(hosts: &[&str], servers: &[&Server]) -> World {
    World::configured(servers[0], &telegram_channels::address(), false, |config| {
        config.settings.telegram.preview = hosts.iter().map(|host| host.to_string()).collect();
        config.settings.fetch.allow_private = servers.iter().map(|server| server.host.clone()).collect();
        config.settings.fetch.timeout_s = 1;
    })
}

fn asked(server: &Server) -> usize {
    server.asked().len()
}

#[tokio::test]
async fn a_name_that_the_registry_holds_back_costs_no_poll() {
    let (_site, server) = serve(false).await;
    let world = world(&["http://t-me.invalid", &server.base], &[&server]);
    let coverage = world.poll().await;
    assert_eq!((coverage.outcome.as_str(), coverage.new, coverage.detail.as_deref()), ("ok", 1, None));
    assert_eq!(coverage.next_at.unwrap().duration_since(coverage.at).as_secs(), 300);
    let [telegram, _, _] = &world.collector.hosts()[..] else { panic!("three platforms have lists of hosts") };
    assert_eq!(telegram.asked, server.host);
    assert_eq!(telegram.hosts[0].reason.as_deref(), Some("the name does not resolve"));
    assert_eq!((telegram.hosts[1].failed_at, telegram.hosts[1].reason.as_deref()), (None, None));
}

#[tokio::test]
async fn a_host_that_is_slowed_down_gives_way_to_the_next_and_is_tried_again_after_a_while() {
    let (slowed, first) = serve(true).await;
    let (_site, second) = serve(false).await;
    let world = world(&[&first.base, &second.base], &[&first, &second]);
    assert_eq!(world.poll().await.outcome, "ok");
    assert_eq!((asked(&first), asked(&second)), (1, 1));
    let reason = world.collector.hosts()[0].hosts[0].reason.clone();
    assert_eq!(reason.as_deref(), Some("16384 bytes of the answer came and the rest not in time"));

    world.wait(300);
    let again = world.poll().await;
    assert_eq!((again.outcome.as_str(), again.new, again.edited), ("ok", 0, 0), "another host makes no version");
    assert_eq!((asked(&first), asked(&second)), (1, 2), "who answered last is asked first");

    slowed.change(|host| host.fails = false);
    world.wait(15 * 60);
    assert_eq!(world.poll().await.outcome, "ok");
    assert_eq!((asked(&first), asked(&second)), (2, 2), "the first is tried again");
    assert_eq!(world.collector.hosts()[0].asked, first.host);
    assert_eq!(world.journal.posts().len(), 1);
}

#[tokio::test]
async fn an_answer_is_an_answer_whatever_it_says() {
    let refusing = Server::start(|_| answer(404, &[], "")).await;
    let (_site, second) = serve(false).await;
    let world = world(&[&refusing.base, &second.base], &[&refusing, &second]);
    assert_eq!(world.poll().await.outcome, "not_found");
    assert_eq!(asked(&second), 0);
}

#[tokio::test]
async fn where_no_host_answers_the_entry_says_what_became_of_each() {
    let (_site, slowed) = serve(true).await;
    let world = world(&[&slowed.base, "http://telegram-me.invalid"], &[&slowed]);
    let coverage = world.poll().await;
    assert_eq!((coverage.outcome.as_str(), coverage.covers_from, coverage.new), ("timeout", None, 0));
    assert_eq!(
        coverage.detail.unwrap(),
        format!(
            "{}: 16384 bytes of the answer came and the rest not in time; telegram-me.invalid: the name does not resolve",
            slowed.host
        )
    );
}

#[tokio::test]
async fn vk_is_called_at_the_next_host_and_each_call_is_counted() {
    let server = Server::start(|_| {
        let post =
            serde_json::json!({"id": 1, "owner_id": -5, "date": time(START).as_second() - 60, "text": "Нет воды"});
        answer(200, &[], serde_json::json!({"response": {"count": 1, "items": [post]}}).to_string())
    })
    .await;
    let world = World::configured(&server, &[Address::Vk(-5)], true, |config| {
        config.settings.vk.api.insert(0, "http://api-vk-ru.invalid/method".into());
        config.settings.vk.limits.wall_get_per_day = 10;
    });
    let coverage = world.poll().await;
    // The page and the one past it; before them a call that nobody may have seen.
    assert_eq!((coverage.outcome.as_str(), coverage.new, coverage.quota_left), ("ok", 1, Some(7)));
    assert_eq!(world.collector.hosts()[1].asked, server.host);
}

#[tokio::test]
async fn proxies_are_tried_in_order_and_every_host_through_each() {
    let broken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (_site, proxy) = serve(false).await;
    let world = World::configured(&proxy, &telegram_channels::address(), false, |config| {
        let through = |url: String| config::Way::Through(config::Proxy { url, auth: None });
        config.settings.telegram.preview = vec!["http://t-me.invalid".into()];
        config.settings.telegram.ways = vec![through(format!("http://{broken}")), through(proxy.base.clone())];
    });
    let coverage = world.poll().await;
    assert_eq!((coverage.outcome.as_str(), coverage.new), ("ok", 1), "{:?}", coverage.detail);
    assert_eq!(proxy.asked()[0].target, "http://t-me.invalid/s/gorod");
    let telegram = &world.collector.hosts()[0];
    assert_eq!(telegram.asked, format!("t-me.invalid through {}", proxy.base));
    assert!(telegram.hosts[0].reason.as_deref().unwrap().starts_with("no connection"), "{telegram:?}");
}

#[tokio::test]
async fn portals_are_read_through_the_first_proxy_that_gets_through() {
    let broken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let proxy = Server::start(|_| answer(200, &[], feeds::rss(&[(1, START)]))).await;
    let feed = Address::Portal("http://portal.invalid/rss".into());
    let world = World::configured(&proxy, &[feed], false, |config| {
        let through = |url: String| config::Way::Through(config::Proxy { url, auth: None });
        config.settings.fetch.ways = vec![through(format!("http://{broken}")), through(proxy.base.clone())];
    });
    assert_eq!(world.poll().await.outcome, "ok");
    let asked: Vec<String> = proxy.asked().into_iter().map(|asked| asked.target).collect();
    assert_eq!(asked, ["http://portal.invalid/robots.txt", "http://portal.invalid/rss"]);
}
