//! Telegram: comments through the discussion widget, older pages read again, and blocks that are no longer understood.

use super::telegram_channels::{Channel, message, preview};
use super::*;

/// A channel, and the comments under its posts: none where the widget shows no discussion.
pub(super) struct Talk {
    pub channel: Channel,
    pub comments: BTreeMap<u64, Vec<(u64, &'static str)>>,
    /// The widget says that there are more.
    more: bool,
}

fn comment(post: u64, (number, text): (u64, &str)) -> String {
    format!(
        r#"<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message js-widget_message" data-post-id="{number}">
        <div class="tgme_widget_message_author"><a class="tgme_widget_message_author_name" href="https://t.me/chastnoe_lico"><span>Частное Лицо</span></a></div>
        <div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>
        <a class="tgme_widget_message_date" href="https://t.me/Gorod/{post}?comment={number}"><time datetime="{START}" class="time">10:00</time></a></div></div>"#
    )
}

fn serve(site: &mut Talk, asked: &Asked) -> Response<Body> {
    let Some((path, _)) = asked.target.split_once("?embed=1&discussion=1") else {
        return preview(&mut site.channel, asked);
    };
    let post: u64 = path.rsplit('/').next().unwrap().parse().unwrap();
    let body = match site.comments.get(&post) {
        None => r#"<div class="tme_no_messages_found">Discussion is not available at the moment.</div>"#.to_owned(),
        Some(comments) => {
            let more = if site.more { r#"<a class="js-messages_more" data-before="1"></a>"# } else { "" };
            let blocks: String = comments.iter().map(|shown| comment(post, *shown)).collect();
            let count = comments.len() + usize::from(site.more) * 50;
            format!(
                r#"<div class="tgme_post_discussion_header_wrap"><h3 class="tgme_post_discussion_header"><span class="js-header">{count} comments</span></h3></div>
                <div class="tgme_post_discussion js-message_history">{more}{blocks}</div>"#
            )
        }
    };
    answer(200, &[], format!("<!DOCTYPE html><html><body>{body}</body></html>"))
}

pub(super) fn three(comments: impl IntoIterator<Item = (u64, Vec<(u64, &'static str)>)>) -> Talk {
    let channel = (1..=3).map(|number| (number, message("Запись", &format!("2026-11-01T09:0{number}:00Z")))).collect();
    Talk { channel, comments: comments.into_iter().collect(), more: false }
}

pub(super) async fn world(site: Talk) -> (Site<Talk>, Server, World) {
    let (site, server) = Site::serve(site, serve).await;
    let address = [Address::Telegram("gorod".into())];
    let world = World::configured(&server, &address, false, |config| config.sources[0].comments = true);
    (site, server, world)
}

fn asked_for_comments(server: &Server) -> usize {
    server.asked().iter().filter(|asked| asked.target.contains("discussion=1")).count()
}

#[tokio::test]
async fn comments_come_in_and_their_edits_and_deletions_too() {
    let (site, server, world) =
        world(three((1..=3).map(|post| (post, vec![(10 + post, "раз"), (20 + post, "два")])))).await;
    let first = world.poll().await;
    assert_eq!(
        (first.new, asked_for_comments(&server)),
        (3 + 2, 1),
        "whether there are comments is tried with one post"
    );
    world.wait(300);
    assert_eq!((world.poll().await.new, asked_for_comments(&server)), (4, 3));
    let posts = world.journal.posts();
    let comment = posts.iter().find(|post| post.id.as_str() == "tg:gorod/3?comment=13").unwrap();
    assert_eq!(
        (comment.in_reply_to.as_deref(), comment.author.as_ref().map(String::len)),
        (Some("tg:gorod/3"), Some(16))
    );
    let everything = world.journal.everything();
    assert!(!everything.contains("chastnoe_lico") && !everything.contains("Частное"));
    site.change(|site| {
        site.comments.insert(3, vec![(13, "раз, уже течёт меньше")]);
    });
    world.wait(2100);
    let later = world.poll().await;
    assert_eq!((later.edited, later.deleted, later.detail), (1, 1, None));
}

#[tokio::test]
async fn a_channel_without_comments_is_asked_once_a_day() {
    let (_site, server, world) = world(three([])).await;
    let first = world.poll().await;
    assert_eq!((first.outcome.as_str(), first.detail), ("ok", None), "no channel must have comments");
    for _ in 0..3 {
        world.wait(3600);
        world.poll().await;
    }
    assert_eq!(asked_for_comments(&server), 1);
    world.wait(24 * 3600);
    world.poll().await;
    assert_eq!(asked_for_comments(&server), 2);
}

#[tokio::test]
async fn threads_that_are_not_shown_count_as_not_seen() {
    let (site, _server, world) = world(three((1..=3).map(|post| (post, vec![(10 + post, "раз")])))).await;
    world.poll().await;
    site.change(|site| {
        site.comments.remove(&2);
        site.comments.remove(&1);
    });
    world.wait(300);
    let coverage = world.poll().await;
    assert_eq!(
        (coverage.outcome.as_str(), coverage.detail.as_deref()),
        ("ok", Some("comments of 2 posts were not shown"))
    );
    assert_eq!(coverage.deleted, 0);
    site.change(|site| site.more = true);
    world.wait(3000);
    let coverage = world.poll().await;
    assert!(coverage.detail.is_some_and(|detail| detail.contains("not shown")), "the older comments of a long thread");
    assert_eq!(coverage.deleted, 0);
}

#[tokio::test]
async fn an_edit_on_an_older_page_is_found_when_its_time_has_come() {
    let mut site = three([]);
    for number in 4..=30 {
        site.channel.insert(number, message("Запись", &format!("2026-11-01T09:{number:02}:00Z")));
    }
    let (site, server, world) = world(site).await;
    world.poll().await;
    site.change(|site| site.channel.get_mut(&10).unwrap().text = "Запись, исправлено".into());
    world.wait(300);
    let before = server.asked().len();
    assert_eq!((world.poll().await.edited, server.asked().len() - before), (0, 1));
    world.wait(2400);
    assert_eq!(world.poll().await.edited, 1);
}

#[tokio::test]
async fn a_share_of_blocks_that_is_no_longer_understood_is_no_good_poll() {
    let (site, _server, world) = world(three([])).await;
    let first = world.poll().await;
    site.change(|site| {
        site.channel.insert(4, message("Запись", "no date"));
        site.channel.insert(5, message("Запись", "2026-11-01T10:01:00Z"));
    });
    world.wait(300);
    let coverage = world.poll().await;
    assert_eq!((coverage.outcome.as_str(), coverage.unparsed, coverage.new), ("partly_parsed", 1, 1));
    assert_eq!((coverage.covers_from, first.covers_from.is_some()), (None, true));
    assert_eq!(coverage.detail.as_deref(), Some("1 of 3 blocks were not understood"));
    assert_eq!(world.collector.status()[0].failing_since, Some(coverage.at));
}
