//! The preview of channels.

use super::*;

async fn telegram_pages(app: &axum::Router, channel: &str) -> Vec<(String, String, String)> {
    let mut posts = Vec::new();
    let mut path = format!("/tg/s/{channel}");
    loop {
        let page = get(app, &path).await.text();
        let mut on_page = Vec::new();
        for message in page.split("tgme_widget_message_wrap js-widget_message_wrap").skip(1) {
            let text = between(message, "js-message_text\" dir=\"auto\">", "</div>");
            on_page.push((
                between(message, "data-post=\"", "\"")[0].to_owned(),
                text.first().map_or_else(String::new, |html| text_of(html)),
                between(message, "datetime=\"", "\"")[0].to_owned(),
            ));
        }
        assert!(on_page.len() <= 20);
        on_page.extend(posts);
        posts = on_page;
        let more = between(&page, "data-before=\"", "\"");
        assert_eq!(more.len(), between(&page, "rel=\"prev\" href=\"/s/", "\"").len());
        match more.first() {
            Some(before) => path = format!("/tg/s/{channel}?before={before}"),
            None => return posts,
        }
    }
}

#[tokio::test]
async fn the_pages_of_each_channel_reach_every_post_once() {
    let world = world();
    for now in [hours_before_end(24), end()] {
        let app = app(&world, now);
        for source in world.sources() {
            let Address::Telegram { channel, .. } = &source.address else { continue };
            let read = telegram_pages(&app, channel).await;
            let expected = live(&world, &source.id, now);
            assert!(read.len() > 25, "{channel}: {}", read.len());
            assert_eq!(read.len(), expected.len(), "{channel}");
            for ((id, text, time), expected) in read.iter().zip(&expected) {
                assert_eq!(format!("tg:{id}"), expected.id.as_str());
                assert_eq!(*text, expected.text);
                assert_eq!(time.parse::<Time>().unwrap(), expected.published_at);
            }
        }
    }
}

#[tokio::test]
async fn a_single_post_is_there_or_is_not_found_and_an_unknown_name_has_a_landing_page() {
    let world = world();
    let deleted = world.posts().iter().find(|post| {
        post.deleted_at.is_some() && matches!(world.sources()[post.source].address, Address::Telegram { .. })
    });
    let deleted = deleted.unwrap();
    let Address::Telegram { channel, .. } = &world.sources()[deleted.source].address else { unreachable!() };
    let path = format!("/tg/{channel}/{}?embed=1&mode=tme", deleted.number);
    let there = get(&app(&world, deleted.published_at), &path).await.text();
    assert!(there.contains(&format!("data-post=\"{channel}/{}\"", deleted.number)));
    let gone = get(&app(&world, deleted.deleted_at.unwrap()), &path).await.text();
    assert!(gone.contains("<div class=\"tgme_widget_message_error\">Post not found</div>"));
    let landing = get(&app(&world, end()), "/tg/s/nobody_here").await.text();
    assert!(landing.contains("tgme_icon_user") && !landing.contains("tgme_channel_history"));
    assert!(get(&app(&world, end()), &format!("/tg/{channel}")).await.text().contains("Preview channel"));
}

#[tokio::test]
async fn the_preview_shows_replies_forwards_polls_edits_and_reactions() {
    let world = world();
    let app = app(&world, end());
    let mut all = String::new();
    for channel in ["sosedi_zarechny", "svetlorechensk_seichas"] {
        let mut before = String::new();
        loop {
            let page = get(&app, &format!("/tg/s/{channel}{before}")).await.text();
            before = match between(&page, "data-before=\"", "\"").first() {
                Some(number) => format!("?before={number}"),
                None => break,
            };
            all.push_str(&page);
        }
    }
    for part in [
        "tgme_widget_message_reply",
        "tgme_widget_message_forwarded_from_name",
        "tgme_widget_message_poll_question",
        "edited &nbsp;",
        "tgme_reaction",
        "tgme_widget_message_photo_wrap",
        "<i class=\"emoji\"",
        "K</span><span class=\"copyonly\"> views",
    ] {
        assert!(all.contains(part), "no {part}");
    }
}
