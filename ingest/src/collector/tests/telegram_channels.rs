//! Telegram: paging, edits, deletions and counters of an invented channel.

use super::*;

/// Posts on a page of the invented preview; the real one shows about 20.
const PAGE: usize = 3;

#[derive(Clone)]
pub(super) struct Message {
    pub text: String,
    pub at: String,
    pub views: u64,
}

pub(super) type Channel = BTreeMap<u64, Message>;

pub(super) fn message(text: &str, at: &str) -> Message {
    Message { text: text.into(), at: at.into(), views: 10 }
}

pub(super) fn block(channel: &str, number: u64, message: &Message) -> String {
    let Message { text, at, views } = message;
    format!(
        r#"<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message js-widget_message" data-post="{channel}/{number}">
        <div class="tgme_widget_message_bubble"><div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>
        <div class="tgme_widget_message_footer js-message_footer"><div class="tgme_widget_message_info js-message_info">
        <span class="tgme_widget_message_views">{views}</span><span class="tgme_widget_message_meta">
        <a class="tgme_widget_message_date" href="https://t.me/{channel}/{number}"><time datetime="{at}" class="time">10:00</time></a>
        </span></div></div></div></div></div>"#
    )
}

pub(super) fn preview(channel: &mut Channel, asked: &Asked) -> Response<Body> {
    let page = if let Some(embed) = asked.target.strip_prefix("/gorod/") {
        let number = embed.split('?').next().and_then(|number| number.parse().ok()).unwrap();
        match channel.get(&number) {
            Some(message) => block("Gorod", number, message),
            None => r#"<div class="tgme_widget_message_error">Post not found</div>"#.to_owned(),
        }
    } else {
        let before = asked.target.split("before=").nth(1).map_or(u64::MAX, |before| before.parse().unwrap());
        let shown: Vec<_> = channel.range(..before).rev().take(PAGE).collect();
        let blocks: String = shown.iter().rev().map(|(number, message)| block("Gorod", **number, message)).collect();
        let oldest = shown.last().map_or(0, |(number, _)| **number);
        let more = if channel.range(..oldest).next().is_some() {
            format!(
                r#"<a class="tme_messages_more js-messages_more" data-before="{oldest}" href="/s/gorod?before={oldest}"></a>"#
            )
        } else {
            String::new()
        };
        format!(r#"<section class="tgme_channel_history js-message_history">{more}{blocks}</section>"#)
    };
    answer(
        200,
        &[("content-type", "text/html; charset=utf-8")],
        format!("<!DOCTYPE html><html><body>{page}</body></html>"),
    )
}

/// Eight posts, one an hour, the newest at 09:00.
fn eight() -> Channel {
    (1..=8)
        .map(|n| (n * 2, message(&format!("Сообщение {n}"), &format!("2026-11-01T0{}:00:00+00:00", n + 1))))
        .collect()
}

pub(super) fn address() -> [Address; 1] {
    [Address::Telegram("gorod".into())]
}

#[tokio::test]
async fn at_first_sight_a_channel_is_read_back_to_its_beginning_and_then_only_to_the_last_seen_post() {
    let (site, server) = Site::serve(eight(), preview).await;
    let world = World::new(&server, &address(), false);
    let first = world.poll().await;
    // The fourth page is empty: that nothing is before post 2 only an empty page proves.
    assert_eq!((first.pages, first.posts, first.new), (4, 8, 8));
    assert!(
        first.covers_from.unwrap() <= time("2026-10-17T10:00:00Z"),
        "before its first post there was nothing to miss"
    );
    world.wait(300);
    let world = world.restart();
    site.change(|channel| drop(channel.insert(18, message("Прорвало трубу", "2026-11-01T10:02:00+00:00"))));
    let second = world.poll().await;
    assert_eq!((second.pages, second.new, second.edited, second.covers_from), (1, 1, 0, Some(first.at)));
    let posts = world.journal.posts();
    assert_eq!((posts.len(), posts[8].id.as_str(), posts[8].seen_at), (9, "tg:gorod/18", Some(world.now())));
    assert_eq!(world.collector.status()[0].posts, 9);
}

#[tokio::test]
async fn the_newest_page_is_in_the_journal_before_the_backfill_is_read() {
    let (_site, server) = Site::serve((eight(), false), |(channel, _), asked| {
        if asked.target.contains("before=") { answer(500, &[], "") } else { preview(channel, asked) }
    })
    .await;
    let world = World::new(&server, &address(), false);
    let coverage = world.poll().await;
    assert_eq!((coverage.outcome.as_str(), coverage.new, coverage.covers_from), ("server_error", 3, None));
    assert_eq!(world.journal.posts().len(), 3);
}

#[tokio::test]
async fn numbers_that_nothing_on_the_pages_bears_are_gaps() {
    let server = Server::start(|_| {
        let posts = [10, 12, 17].map(|number| block("Gorod", number, &message("Текст", START))).concat();
        let picture =
            |number| format!("<a class=\"grouped_media_wrap\" href=\"https://t.me/Gorod/{number}?single\"></a>");
        let album = [12, 13, 14].map(picture).concat();
        let event = "<div class=\"tgme_widget_message service_message\" data-post=\"Gorod/15\"></div>";
        answer(200, &[], format!("<section class=\"tgme_channel_history\">{posts}{album}{event}</section>"))
    })
    .await;
    let coverage = World::new(&server, &address(), false).poll().await;
    assert_eq!((coverage.new, coverage.unparsed, coverage.id_gaps), (3, 0, 2), "11 and 16");
}

#[tokio::test]
async fn a_renamed_class_is_told_by_outcome_ledger_and_status() {
    let (site, server) = Site::serve((eight(), false), |(channel, renamed), asked| match renamed {
        false => preview(channel, asked),
        true => {
            let blocks = channel.iter().map(|(number, message)| block("Gorod", *number, message)).collect::<String>();
            let page = format!("<section class=\"tgme_channel_history\">{blocks}</section>");
            answer(200, &[], page.replace("message_text", "message_words"))
        }
    })
    .await;
    let world = World::new(&server, &address(), false);
    assert_eq!(world.poll().await.outcome, "ok");
    let status = &world.collector.status()[0];
    assert_eq!((status.blocks, status.blocks_unread), (8, 0));
    site.change(|(_, renamed)| *renamed = true);
    let coverage = world.poll().await;
    assert_eq!((coverage.outcome.as_str(), coverage.unparsed, coverage.covers_from), ("nothing_parsed", 8, None));
    assert_eq!(coverage.deleted, 0, "what cannot be read is not deleted");
    let status = &world.collector.status()[0];
    assert_eq!((status.blocks, status.blocks_unread, status.failures), (8, 8, 1));
}

#[tokio::test]
async fn backfill_ends_after_fifteen_days() {
    let mut channel = eight();
    for n in 1..=8 {
        channel.get_mut(&(n * 2)).unwrap().at = format!("2026-10-{:02}T10:00:00+00:00", 10 + n);
    }
    let (_site, server) = Site::serve(channel, preview).await;
    let coverage = World::new(&server, &address(), false).poll().await;
    assert_eq!((coverage.pages, coverage.covers_from), (1, Some(time("2026-10-17T10:00:00Z"))));
}

#[tokio::test]
async fn several_pages_are_read_after_a_long_silence() {
    let (site, server) = Site::serve(eight(), preview).await;
    let world = World::new(&server, &address(), false);
    let first = world.poll().await;
    world.wait(3000);
    site.change(|channel| {
        for n in 20..27 {
            channel.insert(n, message("Ещё", "2026-11-01T10:10:00+00:00"));
        }
    });
    let second = world.poll().await;
    assert_eq!((second.pages, second.new, second.covers_from), (3, 7, Some(first.at)));
}

#[tokio::test]
async fn a_poll_that_breaks_off_half_way_is_made_good_by_the_next() {
    let (site, server) = Site::serve((eight(), false), |(channel, down), asked| {
        if *down && asked.target.contains("before=") { answer(500, &[], "") } else { preview(channel, asked) }
    })
    .await;
    let world = World::new(&server, &address(), false);
    let first = world.poll().await;
    world.wait(3000);
    site.change(|(channel, down)| {
        *down = true;
        for n in 20..27 {
            channel.insert(n, message("Ещё", "2026-11-01T10:10:00+00:00"));
        }
    });
    let broken = world.poll().await;
    assert_eq!((broken.outcome.as_str(), broken.new, broken.covers_from), ("server_error", 3, None));
    site.change(|(_, down)| *down = false);
    let world = world.restart();
    let whole = world.poll().await;
    assert_eq!((whole.new, whole.covers_from), (4, Some(first.at)));
}

#[tokio::test]
async fn an_edit_is_a_later_version_and_views_alone_are_none() {
    let (site, server) = Site::serve(eight(), preview).await;
    let world = World::new(&server, &address(), false);
    world.poll().await;
    site.change(|channel| {
        channel.get_mut(&16).unwrap().text = "Исправлено".into();
        channel.get_mut(&14).unwrap().views = 500;
    });
    let second = world.poll().await;
    assert_eq!((second.new, second.edited), (0, 1));
    let posts = world.journal.posts();
    let versions: Vec<&Post> = posts.iter().filter(|post| post.id.as_str() == "tg:gorod/16").collect();
    assert_eq!((versions.len(), versions[1].text.as_str()), (2, "Исправлено"));
    assert!(versions[1].seen_at > versions[0].seen_at, "later than the first version even if the clock stood still");
    let counters: Vec<Counters> = world.journal.read(Stream::Counters);
    assert_eq!((counters.len(), counters[0].id.as_str(), counters[0].views), (1, "tg:gorod/14", Some(500)));
    world.poll().await;
    assert_eq!((world.journal.posts().len(), world.journal.read::<Counters>(Stream::Counters).len()), (9, 1));
}

#[tokio::test]
async fn a_deletion_becomes_one_tombstone_and_its_undoing_a_version() {
    let (site, server) = Site::serve(eight(), preview).await;
    let world = World::new(&server, &address(), false);
    world.poll().await;
    let mut gone = None;
    site.change(|channel| gone = channel.remove(&14));
    world.wait(300);
    assert_eq!(world.poll().await.deleted, 1);
    let records = world.journal.records.lock().unwrap()[&Stream::Posts].clone();
    let tombstone: Post = serde_json::from_slice(&records[8].payload).unwrap();
    assert!(records[8].tombstone && tombstone.is_deleted() && tombstone.text.is_empty(), "{tombstone:?}");
    assert_eq!((tombstone.id.as_str(), tombstone.published_at), ("tg:gorod/14", time("2026-11-01T08:00:00Z")));
    world.wait(7200);
    let world = world.restart();
    assert_eq!(world.poll().await.deleted, 0);
    site.change(|channel| drop(channel.insert(14, gone.unwrap())));
    assert_eq!(world.poll().await.edited, 1);
    let last = world.journal.posts().pop().unwrap();
    assert!(!last.is_deleted() && last.seen() > tombstone.seen());
}

#[tokio::test]
async fn a_deletion_on_an_older_page_is_found_when_its_turn_comes() {
    let (site, server) = Site::serve(eight(), preview).await;
    let world = World::new(&server, &address(), false);
    world.poll().await;
    site.change(|channel| drop(channel.remove(&4)));
    world.wait(300);
    assert_eq!(world.poll().await.deleted, 0);
    // A quarter of its age of ten hours.
    world.wait(3 * 3600);
    assert_eq!(world.poll().await.deleted, 1);
}

#[tokio::test]
async fn anything_but_not_found_is_no_deletion_and_is_not_asked_again_at_once() {
    let (site, server) = Site::serve((eight(), false), |(channel, down), asked| {
        if *down && asked.target.contains("embed") {
            answer(200, &[], "<html>Try again</html>")
        } else {
            preview(channel, asked)
        }
    })
    .await;
    let world = World::new(&server, &address(), false);
    world.poll().await;
    site.change(|(channel, down)| {
        channel.remove(&14);
        *down = true;
    });
    assert_eq!(world.poll().await.deleted, 0);
    world.wait(300);
    world.poll().await;
    assert_eq!(server.asked().iter().filter(|asked| asked.target.contains("embed")).count(), 1);
    site.change(|(_, down)| *down = false);
    world.wait(3600);
    assert_eq!(world.poll().await.deleted, 1);
}

#[tokio::test]
async fn a_page_whose_posts_cannot_be_read_is_not_an_empty_page() {
    let server = Server::start(|_| {
        let block = block("Gorod", 4, &message("Сообщение", "no date")).replace("datetime", "data-when");
        answer(200, &[], format!("<html><section class=\"tgme_channel_history\">{block}</section></html>"))
    })
    .await;
    let coverage = World::new(&server, &address(), false).poll().await;
    assert_eq!((coverage.outcome.as_str(), coverage.unparsed, coverage.covers_from), ("nothing_parsed", 1, None));
}

/// The preview, whose pages do not name the one before.
fn without_cursors(channel: &mut Channel, asked: &Asked) -> Response<Body> {
    let before = asked.target.split("before=").nth(1).map_or(u64::MAX, |before| before.parse().unwrap());
    let shown: Vec<_> = channel.range(..before).rev().take(PAGE).collect();
    let blocks: String = shown.iter().rev().map(|(number, message)| block("Gorod", **number, message)).collect();
    answer(200, &[], format!("<section class=\"tgme_channel_history\">{blocks}</section>"))
}

#[tokio::test]
async fn pages_that_do_not_name_the_one_before_are_read_on_all_the_same() {
    let (site, server) = Site::serve(eight(), without_cursors).await;
    let world = World::new(&server, &address(), false);
    let first = world.poll().await;
    assert_eq!((first.new, first.posts), (8, 8));
    world.wait(3600);
    site.change(|channel| {
        channel.extend((17..=23).map(|number| (number, message("Новое", "2026-11-01T10:30:00+00:00"))));
    });
    let second = world.poll().await;
    assert_eq!((second.new, second.covers_from), (7, Some(first.at)), "down to the last post seen");
}

const NOTHING: &str = "<section class=\"tgme_channel_history\"><div class=\"tgme_widget_message_wrap\"><div class=\"tme_no_messages_found\">No posts found</div></div></section>";

#[tokio::test]
async fn no_posts_found_is_neither_a_new_layout_nor_a_deletion_nor_vouches_for_anything() {
    let (site, server) = Site::serve((eight(), false), |(channel, throttled), asked| {
        if *throttled && asked.target.starts_with("/s/") { answer(200, &[], NOTHING) } else { preview(channel, asked) }
    })
    .await;
    let world = World::new(&server, &address(), false);
    let first = world.poll().await;
    world.wait(300);
    site.change(|(_, throttled)| *throttled = true);
    let nothing = world.poll().await;
    assert_eq!(
        (nothing.outcome.as_str(), nothing.unparsed, nothing.deleted, nothing.covers_from),
        ("empty", 0, 0, None)
    );
    assert_eq!(server.asked().iter().filter(|asked| asked.target.contains("embed")).count(), 0, "nothing was missed");
    world.wait(300);
    site.change(|(_, throttled)| *throttled = false);
    assert_eq!(world.poll().await.covers_from, Some(first.at), "all that was published since was on the page");
}

#[tokio::test]
async fn a_text_that_the_preview_does_not_show_is_asked_for_where_it_may_be() {
    let hidden = |number: u64| {
        let excuse = "<div class=\"message_media_not_supported_label\">Please open Telegram to view this post</div>";
        block("Gorod", number, &message("", START))
            .replace("<div class=\"tgme_widget_message_text js-message_text\" dir=\"auto\"></div>", excuse)
    };
    let server = Server::start(move |asked| {
        let page = match asked.target.as_str() {
            "/s/gorod" => {
                let about = "<div class=\"tgme_channel_info_description\">Новости города</div>";
                let blocks: String =
                    (1..=4)
                        .map(|number| {
                            if number == 1 {
                                block("Gorod", 1, &message("Первое", START))
                            } else {
                                hidden(number)
                            }
                        })
                        .collect();
                format!("<section class=\"tgme_channel_history\">{about}{blocks}</section>")
            }
            "/gorod/2?embed=1" => block("Gorod", 2, &message("Из виджета", START)),
            "/gorod/3" => {
                "<meta property=\"og:description\" content=\"Из описания\"><div class=\"tgme_page\"></div>".to_owned()
            }
            "/gorod/4" => {
                "<meta property=\"og:description\" content=\"Новости города\"><div class=\"tgme_page\"></div>"
                    .to_owned()
            }
            embed => hidden(embed.split(['/', '?']).nth(2).and_then(|number| number.parse().ok()).unwrap()),
        };
        answer(200, &[], page)
    })
    .await;
    let world = World::new(&server, &address(), false);
    let coverage = world.poll().await;
    assert_eq!((coverage.outcome.as_str(), coverage.unparsed, coverage.new, coverage.id_gaps), ("ok", 0, 3, 0));
    let texts: BTreeMap<String, String> =
        world.journal.posts().into_iter().map(|post| (post.id.to_string(), post.text)).collect();
    assert_eq!(texts["tg:gorod/2"], "Из виджета");
    assert_eq!(texts["tg:gorod/3"], "Из описания");
    assert_eq!(coverage.detail.as_deref(), Some("texts of 1 posts were not shown"));
    let dead: Vec<DeadLetter> = world.journal.read(Stream::Dead);
    assert_eq!((dead.len(), dead[0].position.as_str()), (1, "tg:gorod/4"));
    let asked = server.asked().len();
    world.wait(300);
    let again = world.poll().await;
    assert_eq!((again.edited, again.deleted, server.asked().len() - asked), (0, 0, 1), "each was asked for once");
}
