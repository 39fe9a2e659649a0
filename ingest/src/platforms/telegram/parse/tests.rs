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
    check_older(&without_button.replace("rel=\"prev\"", "rel=\"next\""), None);
    check_older(&CHANNEL.replace("data-before=\"101\"", "data-before=\"1&amp;x=2\""), None);
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
