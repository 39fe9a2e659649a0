use jiff::tz::TimeZone;
use url::Url;

use super::feed::MAX_TTL_MINUTES;
use super::*;
use crate::parsing::{Budget, Page};

const ITEM: &str = "<title>Нет воды</title><link>https://a.example/1</link><guid>g</guid><pubDate>2026-11-02</pubDate>";

fn feed(items: &str) -> String {
    format!("<rss version=\"2.0\"><channel><title>t</title>{items}</channel></rss>")
}

fn read(xml: &str) -> Page {
    parse_feed(xml.as_bytes(), None, "s").unwrap()
}

#[track_caller]
fn refused(document: &[u8], reason: &str) {
    let error = parse_feed(document, None, "s").unwrap_err().to_string();
    assert!(error.starts_with(reason), "{error}");
}

#[test]
fn what_is_no_feed_is_refused() {
    refused(b"", "broken");
    refused(b"  \n", "broken");
    refused(b"\xff\xfe", "broken");
    refused(b"plain words", "not_this_format");
    refused(b"<!DOCTYPE html><html><body>", "not_this_format");
    refused(b"{\"ok\":true}", "not_this_format");
    refused(b"{\"items\":[", "broken");
    refused(b"<!-- never closed", "broken");
}

#[test]
fn a_feed_without_items_is_a_page() {
    assert_eq!(read(&feed("")).blocks, 0);
}

static UTC: TimeZone = TimeZone::UTC;

fn reading(identity: Identity, address: Option<&Url>) -> Reading<'_> {
    Reading { identity, address, zone: &UTC, now: None, source: "s", go_on: 0 }
}

fn by(identity: Identity, xml: &str) -> Page {
    let how = reading(identity, None);
    parse_feed_by(how, xml.as_bytes(), None, &Budget::untimed()).unwrap()
}

/// The id of the only item under each identity.
#[track_caller]
fn check_id(item: &str, guid: &str, link: &str) {
    for (identity, expect) in [(Identity::Guid, guid), (Identity::Link, link)] {
        let xml = feed(&format!("<item>{item}</item>"));
        let page = by(identity, &xml);
        assert_eq!(page.posts[0].post.id.as_str(), expect, "{identity:?}");
    }
}

#[test]
fn identity_falls_back_from_what_is_missing() {
    check_id(ITEM, "portal:s/g", "portal:s/https://a.example/1");
    check_id("<link>https://a.example/1</link>", "portal:s/https://a.example/1", "portal:s/https://a.example/1");
    check_id("<guid>g</guid><title>t</title>", "portal:s/g", "portal:s/g");
    let hash = "portal:s/sha256:a6f86b734550a7d57f3cf98846230dd9";
    check_id("<title>t</title><pubDate>2026-11-02</pubDate>", hash, hash);
}

#[test]
fn an_id_too_long_becomes_a_stable_hash() {
    let xml = feed(&format!("<item><guid>{}</guid></item>", "x".repeat(2000)));
    let id = |xml: &str| read(xml).posts[0].post.id.clone();
    assert_eq!(id(&xml), id(&xml));
    assert!(id(&xml).as_str().starts_with("portal:s/sha256:"));
    assert_ne!(id(&xml), id(&xml.replacen("xx", "yy", 1)));
}

/// The ids of a feed's items, each given as guid, link and title.
fn ids(items: &[(&str, &str, &str)]) -> Vec<String> {
    let item = |(guid, link, title): &(&str, &str, &str)| {
        format!(
            "<item><guid isPermaLink='false'>{guid}</guid><link>{link}</link><title>{title}</title><pubDate>2026-11-02</pubDate></item>"
        )
    };
    let site = "<link>https://a.example/</link>";
    let page = read(&feed(&format!("{site}{}", items.iter().map(item).collect::<String>())));
    page.posts.iter().map(|parsed| parsed.post.id.to_string().replace("portal:s/", "")).collect()
}

#[test]
fn what_several_items_have_alike_tells_none_of_them() {
    let (one, two, three) = ("https://a.example/1", "https://a.example/2", "https://a.example/3");
    assert_eq!(ids(&[("g", one, "Вода"), ("g", two, "Свет"), ("g", three, "Газ")]), [one, two, three]);
    assert_eq!(ids(&[("", one, "Вода"), ("", two, "Свет")]), [one, two]);
    assert_eq!(ids(&[("https://a.example", one, "Вода")]), [one], "the site is no item");
    assert_eq!(ids(&[("g", one, "Вода"), ("h", one, "Свет")]), ["g", "h"]);
    assert_eq!(ids(&[("g", one, "Вода"), ("g", two, "Вода")]), ["g"], "one article in two sections");
    let by_words = ids(&[("g", one, "Вода"), ("g", one, "Свет"), ("g", one, "Вода")]);
    assert!(by_words.len() == 2 && by_words.iter().all(|id| id.starts_with("sha256:")), "{by_words:?}");
}

#[test]
fn title_and_date_tell_apart_what_shares_a_guid() {
    let second = ITEM.replace("Нет воды", "Нет света");
    let xml = feed(&format!("<item>{ITEM}</item><item>{second}</item><item>{ITEM}</item>"));
    for identity in [Identity::Guid, Identity::Link, Identity::TitleDate] {
        let page = by(identity, &xml);
        assert_eq!((page.posts.len(), page.unread()), (2, 0), "{:?}", page.problems);
    }
}

#[test]
fn an_item_whose_date_cannot_be_one_is_kept_and_told() {
    let dates =
        ["Mon, 01 Jan 0001 00:00:00 +0000", "1970-01-01", "Wed, 30 Nov -0001 00:00:00 +0000", "0000-00-00", "скоро"];
    let items = dates.map(|date| format!("<item><title>{date}</title><pubDate>{date}</pubDate></item>")).concat();
    let page = read(&feed(&format!("{items}<item><title>t</title></item>")));
    assert_eq!((page.posts.len(), page.unread(), page.notes.len()), (6, 0, 5), "{:?}", page.problems);
    assert!(page.posts.iter().all(|parsed| parsed.undated));
}

#[test]
fn dates_without_a_zone_are_of_the_zone_given() {
    let zone = TimeZone::get("Asia/Yekaterinburg").unwrap();
    let xml = feed("<item><title>t</title><pubDate>2 ноября 2026, 10:15</pubDate></item>");
    let how = Reading { zone: &zone, ..reading(Identity::Guid, None) };
    let page = parse_feed_by(how, xml.as_bytes(), None, &Budget::untimed()).unwrap();
    assert_eq!(page.posts[0].post.published_at.to_string(), "2026-11-02T05:15:00Z");
}

#[test]
fn texts_that_a_site_encoded_twice_are_read() {
    let twice = encoding_rs::WINDOWS_1251.decode_without_bom_handling("Июньский ремонт: «Шпиль»".as_bytes()).0;
    let page = read(&feed(&format!(
        "<item><title>{twice}</title><description><![CDATA[<p>{twice}</p>]]></description></item>"
    )));
    let post = &page.posts[0].post;
    assert_eq!(
        (post.title.as_deref(), post.text.as_str()),
        (Some("Июньский ремонт: «Шпиль»"), "Июньский ремонт: «Шпиль»")
    );
    let json = br#"{"items": [{"id": "1", "title": "No water \ud83d", "content_text": "a\x0Cb"}]}"#;
    assert_eq!(parse_feed(json, None, "s").unwrap().posts[0].post.title.as_deref(), Some("No water \u{fffd}"));
}

#[test]
fn words_in_brackets_are_words_in_titles_and_texts() {
    let page = read(&feed(
        "<item><title>Если p &lt;c, насос &lt;b&gt;встанет&lt;/b&gt;</title><description>&lt;HVS&gt;</description></item>",
    ));
    let post = &page.posts[0].post;
    assert_eq!((post.title.as_deref(), post.text.as_str()), (Some("Если p <c, насос встанет"), "<HVS>"));
}

#[test]
fn damage_costs_what_is_damaged_and_no_more() {
    let junk = format!("\n<br />\n<b>Warning</b>: include() in <b>x</b>\n{}", feed(&format!("<item>{ITEM}</item>")));
    assert_eq!(read(&junk).posts.len(), 1);
    let cut = feed(&format!("<item>{ITEM}</item><item>{ITEM}"));
    let page = read(&cut[..cut.len() - "</pubDate></channel></rss>".len()]);
    assert_eq!((page.posts.len(), page.unread()), (1, 1), "{:?}", page.problems);
}

#[test]
fn links_that_are_no_address_are_not_offered_to_anybody() {
    let page = read(&feed("<item><title>t</title><link>javascript:alert(1)</link></item>"));
    assert_eq!(page.posts[0].post.url, None);
}

#[test]
fn a_relative_link_is_to_the_nearest_address_that_is_told() {
    let address = Url::parse("https://city.example/export/rss.xml").unwrap();
    let read = |channel: &str, link: &str| {
        let xml = feed(&format!("{channel}<item><title>t</title><link>{link}</link></item>"));
        let page = {
            let how = reading(Identity::Guid, Some(&address));
            parse_feed_by(how, xml.as_bytes(), None, &Budget::untimed()).unwrap()
        };
        page.posts[0].post.url.clone()
    };
    assert_eq!(read("", "/news/1").as_deref(), Some("https://city.example/news/1"));
    assert_eq!(read("", "news/1").as_deref(), Some("https://city.example/export/news/1"));
    assert_eq!(
        read("<link>https://www.city.example/</link>", "/news/1").as_deref(),
        Some("https://www.city.example/news/1")
    );
    assert_eq!(read("", "https://a.example/1").as_deref(), Some("https://a.example/1"));
    assert_eq!(read("", "javascript:alert(1)"), None);
}

#[test]
fn a_text_beyond_the_limit_is_cut_at_a_character() {
    let page = read(&feed(&format!("<item><title>t</title><description>{}</description></item>", "я".repeat(200_000))));
    let post = &page.posts[0].post;
    assert!(post.text.len() < model::wire::MAX_TEXT_BYTES && post.text.len() > model::wire::MAX_TEXT_BYTES - 8);
}

#[test]
fn the_pause_a_feed_asks_for_is_bounded() {
    assert_eq!(read(&feed("<ttl>15</ttl>")).ttl_minutes, Some(15));
    assert_eq!(read(&feed("<ttl>999999999</ttl>")).ttl_minutes, Some(MAX_TTL_MINUTES));
    assert_eq!(read(&feed("<ttl>0</ttl>")).ttl_minutes, None);
    assert_eq!(read(&feed("<ttl>soon</ttl>")).ttl_minutes, None);
}
