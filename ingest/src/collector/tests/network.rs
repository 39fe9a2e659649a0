//! No host of a platform can be reached: one outcome of the network, shared by all its sources, and no source's failure.

use super::telegram_channels::{Channel, message, preview};
use super::*;

/// A host that is reached or not, and says in the second case whatever the network says.
struct Line {
    channel: Channel,
    cut: bool,
}

fn answer_or_not(line: &mut Line, asked: &Asked) -> Response<Body> {
    if line.cut {
        answer(200, &[], "<title>Доступ ограничен</title>")
    } else {
        preview(&mut line.channel, asked)
    }
}

async fn world(channels: &[&str]) -> (Site<Line>, Server, World) {
    let channel = [(2, message("Нет воды", "2026-11-01T09:00:00+00:00"))].into();
    let (site, server) = Site::serve(Line { channel, cut: false }, answer_or_not).await;
    let addresses: Vec<Address> = channels.iter().map(|name| Address::Telegram(name.to_string())).collect();
    let world = World::new(&server, &addresses, false);
    (site, server, world)
}

async fn poll(world: &World, source: &str) -> Coverage {
    world.collector.poll(source).await.unwrap()
}

fn seconds_to_next(coverage: &Coverage) -> i64 {
    coverage.next_at.unwrap().duration_since(coverage.at).as_secs()
}

#[tokio::test]
async fn an_outage_of_the_network_is_one_outcome_and_no_channel_is_blamed() {
    let (site, server, world) = world(&["gorod", "selo", "posad"]).await;
    for source in ["s0", "s1", "s2"] {
        assert_eq!(poll(&world, source).await.outcome, "ok");
    }
    site.change(|line| line.cut = true);
    world.wait(300);
    assert_eq!(poll(&world, "s0").await.outcome, "foreign_page", "one channel alone is its own matter");
    assert_eq!(world.collector.status()[0].failures, 1);

    world.wait(5);
    let second = poll(&world, "s1").await;
    assert_eq!((second.outcome.as_str(), second.covers_from, seconds_to_next(&second)), ("network_down", None, 60));
    let detail = "a page that is not the platform's, titled «Доступ ограничен»";
    let detail = format!("no host answers since 2026-11-01T10:05:00Z: {}: {detail}", server.host);
    assert_eq!(second.detail.as_deref(), Some(detail.as_str()));

    // The third is told so without a request.
    let before = server.asked().len();
    world.wait(10);
    let third = poll(&world, "s2").await;
    assert_eq!((third.outcome.as_str(), seconds_to_next(&third), server.asked().len()), ("network_down", 50, before));
    for status in world.collector.status() {
        assert_eq!((status.failures, status.failing_since), (0, None), "{}", status.id);
        assert_eq!(
            (status.outcome.as_deref(), status.next_at),
            (Some("network_down"), second.next_at),
            "{}",
            status.id
        );
    }
    let entries: Vec<Coverage> = world.journal.read(Stream::Coverage);
    let last: Vec<&str> = entries[3..].iter().map(|entry| entry.outcome.as_str()).collect();
    assert_eq!(last, ["foreign_page", "network_down", "network_down"], "the ledger says that nothing was seen");
    let telegram = &world.collector.hosts()[0];
    assert_eq!((telegram.down_since, telegram.next_at), (Some(time("2026-11-01T10:05:00Z")), second.next_at));

    // Still down: the pause grows, for all of them.
    world.wait(50);
    assert_eq!(seconds_to_next(&poll(&world, "s0").await), 120);
    assert_eq!(seconds_to_next(&poll(&world, "s1").await), 120);
    assert_eq!(server.asked().len(), before + 1, "one request tries for all");

    site.change(|line| line.cut = false);
    world.wait(120);
    for source in ["s2", "s0", "s1"] {
        let mended = poll(&world, source).await;
        assert_eq!((mended.outcome.as_str(), mended.covers_from.is_some()), ("ok", true), "{source}");
        assert_eq!(seconds_to_next(&mended), 300, "{source}");
    }
    assert_eq!(world.collector.hosts()[0].down_since, None);
}

#[tokio::test]
async fn all_that_come_when_the_pause_is_over_wait_for_the_one_that_tries() {
    let (site, server, world) = world(&["gorod", "selo", "posad"]).await;
    site.change(|line| line.cut = true);
    poll(&world, "s0").await;
    poll(&world, "s1").await;
    world.wait(60);
    let before = server.asked().len();
    let all = futures_util::future::join_all(["s0", "s1", "s2"].map(|source| poll(&world, source))).await;
    assert!(all.iter().all(|coverage| coverage.outcome == "network_down"), "{all:?}");
    assert_eq!(server.asked().len(), before + 1);

    site.change(|line| line.cut = false);
    world.wait(120);
    let all = futures_util::future::join_all(["s0", "s1", "s2"].map(|source| poll(&world, source))).await;
    assert!(all.iter().all(|coverage| coverage.outcome == "ok"), "{all:?}");
}

#[tokio::test]
async fn a_channel_that_alone_gets_no_answer_keeps_its_own_failures_and_delays_no_other() {
    let server = Server::start(|asked| {
        let channel = &mut [(2, message("Нет воды", "2026-11-01T09:00:00+00:00"))].into();
        if asked.target.contains("selo") { answer(200, &[], "нет") } else { preview(channel, asked) }
    })
    .await;
    let addresses = ["gorod", "selo"].map(|name| Address::Telegram(name.into()));
    let world = World::new(&server, &addresses, false);
    for failures in 1..=4 {
        assert_eq!(poll(&world, "s1").await.outcome, "foreign_page");
        assert_eq!(poll(&world, "s0").await.outcome, "ok");
        assert_eq!(world.collector.status()[1].failures, failures);
    }
}

#[tokio::test]
async fn vks_walls_share_an_outage_too_and_it_costs_no_calls() {
    let server = Server::start(|_| answer(200, &[], "<p>Нет доступа</p>")).await;
    let world = World::new(&server, &[Address::Vk(-5), Address::Vk(-6), Address::Vk(-7)], true);
    assert_eq!(poll(&world, "s0").await.outcome, "foreign_page");
    assert_eq!(poll(&world, "s1").await.outcome, "network_down");
    let asked = server.asked().len();
    let third = poll(&world, "s2").await;
    assert_eq!((third.outcome.as_str(), server.asked().len()), ("network_down", asked));
    assert!(world.collector.status().iter().all(|status| status.failures == 0));
}
