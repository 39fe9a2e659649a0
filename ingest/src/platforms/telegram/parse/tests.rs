use super::*;
use crate::Budget;
use crate::parsing::Page;

const CHANNEL: &str = include_str!("../../../../fixtures/telegram/channel.html");

fn page(html: &str) -> Page {
    parse_page(html.as_bytes(), "source", &Budget::untimed()).unwrap()
}

#[test]
fn a_renamed_class_shows_as_blocks_not_read() {
    let whole = page(CHANNEL);
    assert_eq!((whole.blocks, whole.posts.len(), whole.unread()), (10, 8, 1));
    for (name, renamed) in [
        ("data-post", "data-record"),
        ("tgme_widget_message_text", "tgme_widget_msg_body"),
        ("datetime=", "data-time="),
        ("tgme_widget_message", "tgme_card"),
    ] {
        let page = page(&CHANNEL.replace(name, renamed).replace("js-message_text", "js-text"));
        assert!(page.blocks >= 10 && page.unread() >= 5, "{name}: {} blocks, {} unread", page.blocks, page.unread());
    }
}

#[test]
fn a_page_of_another_host_makes_the_same_posts() {
    for host in ["telegram.me", "telegram.dog"] {
        let other = page(&CHANNEL.replace("https://t.me/", &format!("https://{host}/")));
        assert_ne!(CHANNEL, CHANNEL.replace("https://t.me/", ""));
        assert_eq!(format!("{:?}", other.posts), format!("{:?}", page(CHANNEL).posts), "{host}");
    }
}

#[test]
fn nothing_of_a_private_person_is_kept() {
    let read = format!("{:?}", page(CHANNEL));
    for name in ["Вымышленная", "vymyshlennyj_zhitel", "Подпись"] {
        assert!(CHANNEL.contains(name) && !read.contains(name), "{name}");
    }
}

#[track_caller]
fn check_older(html: &str, older: Option<&str>) {
    assert_eq!(page(html).older.as_deref(), older);
}

#[test]
fn the_cursor_is_the_pages_own() {
    check_older(CHANNEL, Some("101"));
    let without_button = CHANNEL.replace(" data-before=\"101\"", "");
    check_older(&without_button, Some("101"));
}

#[test]
fn a_page_without_its_cursor_is_not_taken_for_the_first_one() {
    let without = CHANNEL.replace(" data-before=\"101\"", "").replace("rel=\"prev\"", "rel=\"next\"");
    let page = self::page(&without);
    assert_eq!((page.older.as_deref(), page.older_is_guessed), (Some("101"), true));
    check_older(&CHANNEL.replace("data-before=\"101\"", "data-before=\"1&amp;x=2\""), Some("101"));
    let first = self::page(&without.replace("/101\"", "/1\""));
    assert_eq!((first.older.as_deref(), first.older_is_guessed), (None, false), "post 1 has none before it");
}

/// A page with blocks of this content.
fn preview(blocks: &str) -> Page {
    page(&format!("<section class=\"tgme_channel_history js-message_history\">{blocks}</section>"))
}

/// A message of this content.
fn message_of(content: &str) -> String {
    format!(
        "<div class=\"tgme_widget_message_wrap js-widget_message_wrap\"><div class=\"tgme_widget_message js-widget_message\" data-post=\"Gorod/5\">{content}\
         <a class=\"tgme_widget_message_date\" href=\"https://t.me/Gorod/5\"><time datetime=\"2026-11-02T08:15:00+00:00\"></time></a></div></div>"
    )
}

#[test]
fn no_posts_found_is_no_message() {
    let page = preview(
        "<div class=\"tgme_widget_message_wrap js-widget_message_wrap\"><div class=\"tgme_widget_message_centered\">\
         <div class=\"tme_no_messages_found\">No posts found</div></div></div>",
    );
    assert_eq!((page.blocks, page.posts.len(), page.unread(), page.says_nothing_found), (0, 0, 0, true));
}

#[test]
fn a_post_whose_text_is_not_shown_is_told_and_none_of_the_posts() {
    let excuse = |words: &str| {
        format!(
            "<div class=\"message_media_not_supported_wrap\"><div class=\"message_media_not_supported_label\">{words}</div></div>"
        )
    };
    let text = "<div class=\"tgme_widget_message_text js-message_text\">Вода</div>";
    let hidden = message_of(&excuse("Please open Telegram to view this post"));
    let page = preview(&hidden);
    assert_eq!((page.posts.len(), page.hidden.len(), page.blocks, page.unread()), (0, 1, 1, 0));
    assert!(page.problems[0].is_text_not_shown() && page.problems[0].position == "Gorod/5", "{:?}", page.problems);
    assert!(matches!(embed(hidden.as_bytes()), EmbeddedPost::Other), "it would be an edit that empties the post");
    let written = message_of(
        "<div class=\"tgme_widget_message_text js-message_text\">Please open Telegram to view this post</div>",
    );
    assert_eq!(preview(&written).hidden.len(), 1);
    for shown in [format!("{text}{}", excuse("Please open Telegram to view this post")), excuse("Media is too big")] {
        assert_eq!(preview(&message_of(&shown)).posts.len(), 1, "{shown}");
    }
}

#[test]
fn the_text_of_a_post_is_told_by_the_page_that_links_to_it() {
    let page = |text: &str| {
        format!(
            "<html><head><meta property=\"og:description\" content=\"{text}\"></head><body class=\"tgme_page\"></body></html>"
        )
    };
    let read = |text: &str| parse_described_post(page(text).as_bytes(), Some("Новости\nгорода"), &Budget::untimed());
    assert_eq!(read("Нет воды\nна Мира &amp; Лесной").as_deref(), Some("Нет воды\nна Мира & Лесной"));
    for other in ["", "Новости города", "Please open Telegram to view this post"] {
        assert_eq!(read(other), None, "{other}");
    }
    assert_eq!(parse_described_post(b"", None, &Budget::untimed()), None);
}

#[test]
fn a_place_is_a_message_and_stands_below_a_text() {
    let place = "<a class=\"tgme_widget_message_location_wrap\"><div class=\"tgme_widget_message_location\"></div><div class=\"tgme_widget_message_location_title\">\
                 Провал во дворе</div><div class=\"tgme_widget_message_location_address\">ул. Мира, 5</div></a>";
    let text = "<div class=\"tgme_widget_message_text js-message_text\"><a href=\"https://telegra.ph/1\">&#8203;</a>Осторожно</div>";
    assert_eq!(preview(&message_of(place)).posts[0].post.text, "Провал во дворе\nул. Мира, 5");
    assert_eq!(
        preview(&message_of(&format!("{place}{text}"))).posts[0].post.text,
        "Осторожно\nПровал во дворе\nул. Мира, 5"
    );
}

#[test]
fn the_numbers_of_an_albums_pictures_are_told() {
    assert_eq!(page(CHANNEL).album_parts, [107, 108]);
}

#[test]
fn an_empty_channel_is_a_page_without_blocks() {
    let empty = page("<main><section class=\"tgme_channel_history js-message_history\"></section></main>");
    assert_eq!((empty.blocks, empty.posts.len()), (0, 0));
}

fn embed(html: &[u8]) -> EmbeddedPost {
    parse_post_embed(html, "s", &Budget::untimed())
}

#[test]
fn only_post_not_found_is_a_deletion() {
    let not_found = include_str!("../../../../fixtures/telegram/embed_not_found.html");
    assert!(matches!(embed(not_found.as_bytes()), EmbeddedPost::NotFound));
    for other in ["Channel not found", "Post is not available", ""] {
        let html = not_found.replace("Post not found", other);
        assert!(matches!(embed(html.as_bytes()), EmbeddedPost::Other), "{other}");
    }
    assert!(matches!(embed(b"<p>Post not found</p>"), EmbeddedPost::Other));
    let post = include_bytes!("../../../../fixtures/telegram/embed_post.html");
    let EmbeddedPost::Post(parsed) = embed(post) else { panic!("no post") };
    assert_eq!((parsed.post.id.as_str(), parsed.post.text.as_str()), ("tg:zarechie_online/101", "Нет воды"));
}

#[track_caller]
fn refused(html: &str, reason: &str) {
    let error = parse_page(html.as_bytes(), "s", &Budget::untimed()).unwrap_err().to_string();
    assert!(error.starts_with(reason), "{error}");
}

#[test]
fn what_is_no_page_of_telegram_is_refused() {
    refused("", "not_this_format");
    refused("{\"ok\":true}", "not_this_format");
    refused("<html><body><h1>Доступ ограничен</h1></body></html>", "not_this_format");
    refused(&"<div>".repeat(400_000), "broken");
    refused(&"<div></p>".repeat(200_000), "broken");
}
