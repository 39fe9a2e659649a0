//! Feeds: outcomes, conditional requests, gaps, dead letters, and a journal that fails.

use super::*;

/// A feed of items by number and date.
pub(super) fn rss(items: &[(u32, &str)]) -> String {
    let items: String = items
        .iter()
        .map(|(number, date)| {
            let date = jiff::fmt::rfc2822::to_string(&time(date).to_zoned_datetime(jiff::tz::TimeZone::UTC)).unwrap();
            format!(
                "<item><guid isPermaLink=\"false\">{number}</guid><title>Новость {number}</title>\
                 <description>Перекрыто движение, участок {number}</description><pubDate>{date}</pubDate></item>"
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\"><channel><title>Вести</title>{items}</channel></rss>"
    )
}

fn feed(server: &Server) -> [Address; 1] {
    [Address::Portal(format!("{}/rss", server.base))]
}

#[tokio::test]
async fn failures_in_a_row_wait_longer_and_a_success_ends_them() {
    let (site, server) =
        Site::serve(true, |down, _| if *down { answer(500, &[], "") } else { answer(200, &[], rss(&[(1, START)])) })
            .await;
    let world = World::new(&server, &feed(&server), false);
    for wait in [60, 120, 240] {
        let coverage = world.poll().await;
        assert_eq!(coverage.next_at.unwrap().as_second() - world.now().as_second(), wait);
    }
    site.change(|down| *down = false);
    assert_eq!(world.poll().await.outcome, "ok");
    assert_eq!(world.collector.status()[0].failures, 0);
}

#[tokio::test]
async fn an_unchanged_feed_is_not_sent_again_and_still_counts_as_seen() {
    let server = Server::start(|asked| match asked.header("if-none-match") {
        Some("\"7\"") => answer(304, &[], ""),
        _ => answer(200, &[("etag", "\"7\"")], rss(&[(1, START)])),
    })
    .await;
    let world = World::new(&server, &feed(&server), false);
    let first = world.poll().await;
    assert_eq!((first.outcome.as_str(), first.new), ("ok", 1));
    world.wait(300);
    let world = world.restart();
    let second = world.poll().await;
    assert_eq!((second.outcome.as_str(), second.covers_from), ("not_modified", Some(first.at)));
    world.wait(300);
    assert_eq!(world.poll().await.covers_from, Some(second.at));
    assert_eq!(world.journal.posts().len(), 1);
}

#[tokio::test]
async fn a_feed_that_moved_on_past_what_was_seen_has_a_gap() {
    let items = vec![(1, "2026-11-01T08:00:00Z"), (2, "2026-11-01T09:00:00Z")];
    let (site, server) = Site::serve(items, |items, _| answer(200, &[], rss(items))).await;
    let world = World::new(&server, &feed(&server), false);
    let first = world.poll().await;
    assert_eq!((first.covers_from, first.detail), (Some(time("2026-11-01T08:00:00Z")), None));
    world.wait(3600);
    site.change(|items| items.push((3, "2026-11-01T10:30:00Z")));
    let second = world.poll().await;
    assert_eq!((second.new, second.covers_from), (1, Some(first.at)));
    world.wait(86_400);
    site.change(|items| *items = vec![(8, "2026-11-02T10:00:00Z"), (9, "2026-11-02T10:30:00Z")]);
    let third = world.poll().await;
    assert_eq!((third.new, third.covers_from), (2, Some(time("2026-11-02T10:00:00Z"))));
    assert!(third.detail.unwrap().starts_with("gap"));
    let world = world.restart();
    assert_eq!(world.poll().await.covers_from, Some(third.at));
}

#[tokio::test]
async fn an_item_dated_ahead_of_the_clock_is_kept_and_dated_by_first_sight() {
    let server = Server::start(|_| answer(200, &[], rss(&[(1, START), (2, "2061-01-01T00:00:00Z")]))).await;
    let world = World::new(&server, &feed(&server), false);
    assert_eq!(world.poll().await.new, 2);
    world.wait(300);
    let world = world.restart();
    assert_eq!(world.poll().await.new, 0);
    assert!(world.journal.posts().iter().all(|post| post.published_at == time(START)));
    assert!(world.journal.read::<DeadLetter>(Stream::Dead).is_empty());
}

#[tokio::test]
async fn the_cursor_moves_only_after_the_journal_has_the_posts() {
    let server = Server::start(|asked| match asked.header("if-none-match") {
        Some(_) => answer(304, &[], ""),
        None => answer(200, &[("etag", "\"1\"")], rss(&[(1, START)])),
    })
    .await;
    let world = World::new(&server, &feed(&server), false);
    world.journal.broken.store(true, Ordering::Relaxed);
    let failed = world.poll().await;
    assert_eq!((failed.outcome.as_str(), failed.covers_from, failed.new), ("journal_failed", None, 0));
    world.journal.broken.store(false, Ordering::Relaxed);
    let world = world.restart();
    assert_eq!(world.poll().await.new, 1);
    assert_eq!(world.journal.posts().len(), 1);
}

#[tokio::test]
async fn a_full_journal_stops_fetching_until_it_takes_messages_again() {
    let server = Server::start(|_| answer(200, &[], rss(&[(1, START)]))).await;
    let world = World::new(&server, &feed(&server), false);
    world.journal.full.store(true, Ordering::Relaxed);
    for _ in 0..3 {
        assert_eq!(world.poll().await.outcome, "journal_full");
    }
    assert_eq!(server.asked().len(), 1, "what cannot be kept is not fetched");
    assert_eq!(world.collector.status()[0].outcome.as_deref(), Some("journal_full"));
    world.journal.full.store(false, Ordering::Relaxed);
    assert_eq!(world.poll().await.new, 1);
}

#[tokio::test]
async fn a_source_that_moved_begins_anew() {
    let server = Server::start(|_| answer(200, &[("etag", "\"1\"")], rss(&[(1, START)]))).await;
    let mut world = World::new(&server, &feed(&server), false);
    world.poll().await;
    let mut config = Config::clone(&world.config);
    config.sources[0].address = Address::Portal(format!("{}/other", server.base));
    world.config = Arc::new(config);
    let world = world.restart();
    assert_eq!(world.poll().await.new, 1);
    assert_eq!(server.asked()[1].header("if-none-match"), None);
}

#[tokio::test]
async fn trying_a_site_finds_its_feed_and_suggests_lines() {
    let server = Server::start(|asked| match asked.target.as_str() {
        "/feed.xml" => answer(200, &[], rss(&[(1, START)])),
        _ => answer(
            200,
            &[("content-type", "text/html")],
            "<html><head><link rel=alternate type=\"application/rss+xml\" href=\"/feed.xml\"></head><body>Город</body></html>",
        ),
    })
    .await;
    let world = World::new(&server, &[], false);
    let clock: Clock = Arc::new(|| time(START));
    let tried = crate::try_source(&server.base, &world.config.settings, "0.1.0", clock).await.unwrap();
    assert_eq!((tried.outcome, tried.posts.len(), tried.name.as_deref()), (PollOutcome::Ok, 1, Some("Вести")));
    let url = format!("url = \"{}/feed.xml\"", server.base);
    assert!(tried.toml.unwrap().contains(&url));
}

#[tokio::test]
async fn a_feed_too_long_for_one_poll_is_read_on_by_the_next_ones_and_says_so() {
    const ITEMS: u32 = 6000;
    let feed_of = |newest: u32| {
        let item = |number: u32| format!("<item><guid>n{number}</guid><title>Новость {number}</title></item>");
        format!("<rss><channel>{}</channel></rss>", (1..=newest).rev().map(item).collect::<String>())
    };
    let (site, server) = Site::serve(ITEMS, move |newest, asked| {
        assert_eq!(asked.header("if-none-match"), None, "«nothing has changed» is no answer to it");
        answer(200, &[("etag", "\"7\"")], feed_of(*newest))
    })
    .await;
    let world = World::new(&server, &feed(&server), false);
    let first = world.poll().await;
    assert_eq!((first.outcome.as_str(), first.new, first.unparsed, first.covers_from), ("items_left", 5000, 0, None));
    assert_eq!(first.detail.as_deref(), Some("1000 items of the feed are left for the next polls, 5000 were read"));
    assert_eq!(first.next_at.unwrap().as_second() - world.now().as_second(), 300, "at the usual pace");
    // What is new meanwhile stands at the top and waits for nothing; a restart does not begin anew.
    site.change(|newest| *newest += 1);
    world.wait(300);
    let world = world.restart();
    let second = world.poll().await;
    assert_eq!((second.outcome.as_str(), second.new), ("ok", 1001));
    let ids: std::collections::HashSet<String> = world.journal.posts().iter().map(|post| post.id.to_string()).collect();
    assert_eq!((world.journal.posts().len(), ids.len()), (6001, 6001), "each once");
}

#[tokio::test]
async fn what_is_older_than_what_is_kept_is_left_out_and_counted() {
    let old = "2026-09-30T20:00:00Z";
    let server = Server::start(move |_| answer(200, &[], rss(&[(1, old), (2, START)]))).await;
    let keeping = |config: &mut Config| config.settings.archive.keep_months = Some(1);
    let world = World::configured(&server, &feed(&server), false, keeping);
    for new in [1, 0] {
        let coverage = world.poll().await;
        assert_eq!((coverage.posts, coverage.new, coverage.dropped), (2, new, 1));
        world.wait(300);
    }
    let posts: Vec<String> = world.journal.posts().into_iter().map(|post| post.id.to_string()).collect();
    assert_eq!(posts.len(), 1);
    assert!(posts[0].ends_with("/2"), "{posts:?}");
}

/// A feed of items by number, title and what stands for its date.
fn dated(items: &[(u32, &str, &str)]) -> String {
    let item = |(number, title, date): &(u32, &str, &str)| {
        format!(
            "<item><guid isPermaLink=\"false\">{number}</guid><title>{title}</title><pubDate>{date}</pubDate></item>"
        )
    };
    format!(
        "<rss version=\"2.0\"><channel><title>Вести</title>{}</channel></rss>",
        items.iter().map(item).collect::<String>()
    )
}

#[tokio::test]
async fn what_has_no_date_rings_nobody_unless_it_is_seen_to_be_new() {
    let items = vec![
        (1, "Пожар", ""),
        (2, "Взрыв", "Thu, 01 Jan 1970 00:00:00 +0000"),
        (3, "Мост", "2026-11-01T09:00:00Z"),
        (4, "Авария", "2099-01-01"),
    ];
    let (site, server) = Site::serve(items, |items, _| answer(200, &[], dated(items))).await;
    let world = World::new(&server, &feed(&server), false);
    let first = world.poll().await;
    assert_eq!((first.new, first.unparsed), (4, 0));
    assert!(first.detail.unwrap().starts_with("dates of 2 posts could not be read"));
    let origins = |world: &World| -> BTreeMap<String, model::Origin> {
        world.journal.posts().into_iter().map(|post| (post.title.unwrap(), post.origin)).collect()
    };
    let (old, live) = (model::Origin::Found, model::Origin::Live);
    let expect = [("Авария", old), ("Взрыв", old), ("Мост", live), ("Пожар", old)];
    assert_eq!(origins(&world), expect.map(|(title, origin)| (title.to_owned(), origin)).into());
    assert!(world.journal.posts().iter().all(|post| post.published_at <= world.now()));
    world.wait(300);
    site.change(|items| {
        items[0].1 = "Пожар, уточнено";
        items.push((5, "Прорыв", ""));
    });
    let second = world.poll().await;
    assert_eq!((second.new, second.edited), (1, 1));
    assert_eq!(origins(&world)["Пожар, уточнено"], old, "an edit says nothing of when it was published");
    assert_eq!(origins(&world)["Прорыв"], live, "it was not there five minutes ago");
    world.wait(86_400);
    site.change(|items| *items = vec![(8, "Другое", ""), (9, "Третье", "")]);
    world.poll().await;
    assert_eq!(origins(&world)["Другое"], old, "nobody saw when it came");
}

#[tokio::test]
async fn a_date_by_its_distance_is_kept_as_it_was_read_first() {
    let (site, server) = Site::serve("Вода", |title, _| {
        let page = format!("<li><a href=\"/1\">{title}</a><b>3 часа назад</b></li>");
        answer(200, &[("content-type", "text/html")], page)
    })
    .await;
    let world = World::configured(&server, &feed(&server), false, |config| {
        let css = |text: &str| Some(text.to_owned());
        config.sources[0].list = Some(config::ListSelectors {
            item: "li".into(),
            title: None,
            link: "a".into(),
            date: css("b"),
            text: None,
        });
    });
    world.poll().await;
    let first = world.journal.posts()[0].published_at;
    assert_eq!(first, time("2026-11-01T07:00:00Z"));
    world.wait(1800);
    site.change(|title| *title = "Вода, уточнено");
    assert_eq!(world.poll().await.edited, 1);
    assert_eq!(world.journal.posts()[1].published_at, first);
}
